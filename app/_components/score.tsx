/** A score as a bar with its interval behind it. */
export function ScoreBar({
  label,
  value,
  max,
  interval,
}: {
  label: string;
  value: number;
  max: number;
  interval?: { low: number; high: number };
}) {
  const percent = (part: number) => `${Math.max(0, Math.min(100, (part / max) * 100))}%`;
  return (
    <div>
      <div className="flex justify-between text-13">
        <span className="text-soft">{label}</span>
        <span className="figure">
          {value}
          <span className="text-faint">/{max}</span>
        </span>
      </div>
      <div className="relative mt-1 h-1.5 rounded-full bg-line" aria-hidden="true">
        {interval && (
          <span
            className="absolute inset-y-0 rounded-full bg-line"
            style={{ left: percent(interval.low), right: `calc(100% - ${percent(interval.high)})` }}
          />
        )}
        <span className="absolute inset-y-0 left-0 rounded-full bg-soft" style={{ width: percent(value) }} />
      </div>
    </div>
  );
}
