import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { openSandbox } from "./open-sandbox.ts";
import type { writeFileInput, writtenFile } from "./schema.ts";

/** Writes a file inside the repository; it becomes part of the patch that the buyer gets. */
export async function writeFile(
  ctx: Ctx<AgentActor>,
  input: z.infer<typeof writeFileInput>,
): Promise<z.infer<typeof writtenFile>> {
  const sandbox = await openSandbox(ctx, input.id);
  const { sizeBytes } = await sandbox.writeFile(input.path, input.content, input.encoding);
  return { path: input.path, sizeBytes };
}
