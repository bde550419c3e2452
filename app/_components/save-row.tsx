import type { ReactNode } from "react";
import { Button } from "./button.tsx";

type Props = {
  /** What the form's `useAction` gave. */
  save: { pending: boolean; done: boolean };
  /** What is to be said in place of "Saved.", such as that there was nothing to save. */
  said?: string | false;
  variant?: "primary" | "plain";
  /** The button's words. */
  children: ReactNode;
};

/** The end of a form that stays open: its button, and beside it whether it was saved. */
export function SaveRow({ save, said, variant = "plain", children }: Props) {
  return (
    <div className="flex items-center gap-3">
      <Button type="submit" variant={variant} pending={save.pending}>
        {children}
      </Button>
      <span role="status" className="text-13 text-soft">
        {said || (save.done && !save.pending ? "Saved." : "")}
      </span>
    </div>
  );
}
