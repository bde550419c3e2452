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

/** The one field of the part that was chosen that cannot be empty, if it is, and what to say there. */
export function emptySource(form: FormData): { name: "repo" | "code"; error: string } | null {
  const source = form.get("source");
  if ((source !== "repo" && source !== "code") || String(form.get(source) ?? "").trim()) return null;
  return { name: source, error: EMPTY[source] };
}

const EMPTY = {
  repo: "Write the repository’s address, or choose “Nothing but the description” above.",
  code: "Paste the code, or choose “Nothing but the description” above.",
};
