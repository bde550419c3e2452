import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { openSandbox } from "./open-sandbox.ts";
import type { fileContent, fileInput } from "./schema.ts";

/** One regular file of the sandbox, read inside the seal; binary content as base64, long content cut. */
export async function readFile(
  ctx: Ctx<AgentActor>,
  input: z.infer<typeof fileInput>,
): Promise<z.infer<typeof fileContent>> {
  const sandbox = await openSandbox(ctx, input.id);
  return sandbox.readFile(input.path);
}
