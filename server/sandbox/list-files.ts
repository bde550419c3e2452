import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { openSandbox } from "./open-sandbox.ts";
import type { fileList, filesInput } from "./schema.ts";

/** One folder of the sandbox. */
export async function listFiles(
  ctx: Ctx<AgentActor>,
  input: z.infer<typeof filesInput>,
): Promise<z.infer<typeof fileList>> {
  const sandbox = await openSandbox(ctx, input.id);
  return { path: input.path, entries: await sandbox.listFiles(input.path) };
}
