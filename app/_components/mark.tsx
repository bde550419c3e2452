/** The city's mark: a street-grid A. Decorative beside the name. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} fill="none" aria-hidden="true" className="shrink-0">
      <path
        d="M1 7.5h22M1 12h22M7.5 1v22M12 1v22M16.5 1v22"
        stroke="currentColor"
        strokeWidth="0.75"
        className="opacity-20"
      />
      <path d="M3 22 12 2l9 20" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" />
      <path d="M6.6 15.5h10.8" stroke="var(--accent)" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}

export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2 text-16 font-semibold tracking-tight">
      <Mark size={22} />
      AI City
    </span>
  );
}
