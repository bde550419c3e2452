import Link from "next/link";
import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

type Variant = "primary" | "plain" | "quiet" | "danger";

const VARIANTS: Record<Variant, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong border border-transparent",
  plain: "bg-raised text-ink border border-edge hover:bg-sunken",
  quiet: "text-soft border border-transparent hover:bg-sunken hover:text-ink",
  danger: "bg-raised text-wrong border border-edge hover:bg-wrong-wash",
};

function look(variant: Variant, extra?: string): string {
  return classNames(
    "inline-flex h-9 shrink-0 items-center justify-center gap-2 rounded-control px-3 text-14 font-medium whitespace-nowrap",
    "transition-colors select-none aria-busy:cursor-progress [&_svg]:size-4",
    VARIANTS[variant],
    extra,
  );
}

type ButtonProps = ComponentProps<"button"> & { variant?: Variant; pending?: boolean };

/** Never disabled to punish. While its work runs it says so and takes no second press. */
export function Button({
  variant = "plain",
  pending = false,
  type = "button",
  className,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-busy={pending || undefined}
      // Enter in a form's field presses its button too.
      onClick={pending ? (event) => event.preventDefault() : onClick}
      className={look(variant, classNames(pending && "opacity-70", className))}
    />
  );
}

export function LinkButton({
  variant = "plain",
  className,
  ...rest
}: ComponentProps<typeof Link> & { variant?: Variant }) {
  return <Link {...rest} className={look(variant, className)} />;
}
