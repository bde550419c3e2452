import { formatCents } from "#server/kernel/money.ts";
import { classNames } from "./class-names.ts";

type Props = {
  cents: number | null | undefined;
  /** Writes a plus before money that came in, in the colour for it. */
  signed?: boolean;
  className?: string;
};

/** Money is written one way everywhere: `$12.34`, cents never lost, a minus sign for what left. */
export function Money({ cents, signed = false, className }: Props) {
  if (cents === null || cents === undefined) return <span className="text-faint">–</span>;
  const text = formatCents(cents).replace("-", "\u2212");
  return (
    <span className={classNames("figure whitespace-nowrap", signed && cents > 0 && "text-good", className)}>
      {signed && cents > 0 ? `+${text}` : text}
    </span>
  );
}

/** Money inside a sentence or a button. */
export function moneyText(cents: number): string {
  return formatCents(cents).replace("-", "\u2212");
}
