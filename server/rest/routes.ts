import type { AnyTRPCProcedure } from "@trpc/server";
import type { z } from "zod";
import type { Actor } from "../auth/actor.ts";
import type { Meta, Rest } from "../trpc/init.ts";
import { appRouter } from "../trpc/root.ts";

export type Route = {
  /** Dotted name of the procedure, such as `tasks.submit`. */
  name: string;
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Such as `/tasks/{id}`. */
  path: string;
  rest: Rest;
  auth: readonly Actor["kind"][];
  operator?: Meta["operator"];
  afterRefusal?: Meta["afterRefusal"];
  /** Null where the operation takes nothing. */
  input: z.ZodType | null;
  output: z.ZodType;
  type: "query" | "mutation" | "subscription";
  procedure: AnyTRPCProcedure;
};

type Definition = {
  type: Route["type"];
  inputs: z.ZodType[];
  output?: z.ZodType;
  meta?: Meta;
};

/** The public routes, read once from what the procedures declare. */
export const routes: readonly Route[] = Object.entries(
  appRouter._def.procedures as unknown as Record<string, AnyTRPCProcedure>,
).flatMap(([name, procedure]) => {
  const { meta, inputs, output, type } = procedure._def as unknown as Definition;
  if (!meta?.rest) return [];
  if (!output || !meta.auth) throw new Error(`${name} is public and must declare its output and who may call it.`);
  if (inputs.length > 1) throw new Error(`${name}: one input schema says it all.`);
  const [method, path] = meta.rest.route.split(" ") as [Route["method"], string];
  const { rest, ...declared } = meta;
  return [
    { ...declared, auth: meta.auth, rest, name, method, path, input: inputs[0] ?? null, output, type, procedure },
  ];
});

/** Calls a procedure with its middleware and its checks of input and output, past tRPC's own transports. */
export function callProcedure(route: Route, ctx: object, input: unknown, signal?: AbortSignal): Promise<unknown> {
  const call = route.procedure as unknown as (options: object) => Promise<unknown>;
  const getRawInput = async () => (route.input ? input : undefined);
  return call({ ctx, path: route.name, type: route.type, getRawInput, input: undefined, signal, batchIndex: 0 });
}
