"use client";
import type { MouseEvent, ReactNode } from "react";
import { classNames } from "./class-names.ts";

/**
 * A word that tells more on hover. In a row that opens something it lies above the link that covers the row, so a press
 * on it is handed to that link; whoever uses a keyboard has the link itself.
 */
export function Hint({ tells, className, children }: { tells: string; className?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it does nothing of its own, see above.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the same.
    <span title={tells} className={classNames("hint", className)} onClick={handToRow}>
      {children}
    </span>
  );
}

function handToRow(event: MouseEvent<HTMLElement>): void {
  const link = event.currentTarget.closest("tr")?.querySelector("a.row-link");
  link?.dispatchEvent(new globalThis.MouseEvent("click", event.nativeEvent));
}
