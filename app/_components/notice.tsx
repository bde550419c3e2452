import { CircleCheck, CircleX, Clock, Info } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

const TONES = {
  info: { icon: Info, look: "border-line bg-sunken text-ink" },
  good: { icon: CircleCheck, look: "border-line bg-good-wash text-good" },
  wait: { icon: Clock, look: "border-line bg-wait-wash text-wait" },
  wrong: { icon: CircleX, look: "border-line bg-wrong-wash text-wrong" },
} as const;

/** A sentence that matters now. Wrong ones are announced to screen readers at once. */
export function Notice({ tone = "info", children }: { tone?: keyof typeof TONES; children: ReactNode }) {
  const { icon: Icon, look } = TONES[tone];
  return (
    <div
      role={tone === "wrong" ? "alert" : "status"}
      className={classNames("flex animate-appear gap-2 rounded-control border px-3 py-2 text-13", look)}
    >
      <Icon aria-hidden="true" className="mt-0.5 size-4 shrink-0" strokeWidth={1.75} />
      <div className="min-w-0 wrap-anywhere">{children}</div>
    </div>
  );
}
