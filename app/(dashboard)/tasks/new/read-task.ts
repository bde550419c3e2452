import { parseDollars } from "../../../_components/amount.ts";
import type { Inputs } from "../../../_trpc/client.ts";

export type Submission = Inputs["tasks"]["submit"];

/** The form as the API takes it; null when the budget is not an amount of money. */
export function readTask(form: FormData, agentId: string | undefined): Submission | null {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const optional = (name: string) => (text(name) ? { [name]: text(name) } : {});
  const maxBudget = parseDollars(text("maxBudget"));
  if (maxBudget === null) return null;
  const source = text("source");
  return {
    taskType: text("taskType") as Submission["taskType"],
    maxBudget,
    ...(agentId && { agentId }),
    input: {
      description: text("description"),
      ...(source === "repo" && { ...optional("repo"), ...optional("ref"), ...optional("repoToken") }),
      ...(source === "repo" && form.get("allowTests") && { allowTests: true }),
      // Code keeps its own white space.
      ...(source === "code" && { code: String(form.get("code") ?? "") }),
    },
  };
}
