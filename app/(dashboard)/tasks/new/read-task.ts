import type { Inputs } from "../../../_trpc/client.ts";

export type Submission = Inputs["tasks"]["submit"];

/** The form as the API takes it. What stands in a part of it that was put aside is not sent. */
export function readTask(form: FormData, maxBudget: number, agentId: string | undefined): Submission {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const optional = (name: string) => (text(name) ? { [name]: text(name) } : {});
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
