import { createHmac, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import type { World } from "../world.ts";

/** Goes into a form and comes back with it: shows that the form was ours and made for this object. */
export function formToken(world: World, id: string): string {
  return createHmac("sha256", world.secretKey).update(`form:${id}`).digest("base64url");
}

/** The posted fields, or null when the post did not come from our own page. */
export async function readOwnForm(world: World, c: Context, id: string): Promise<URLSearchParams | null> {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin") return null;
  const form = new URLSearchParams(await c.req.text());
  const given = Buffer.from(form.get("token") ?? "");
  const expected = Buffer.from(formToken(world, id));
  return given.length === expected.length && timingSafeEqual(given, expected) ? form : null;
}
