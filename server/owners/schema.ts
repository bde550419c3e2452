import { z } from "zod";
import { signUpInput } from "../auth/schema.ts";

export const ownerView = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  role: z.enum(["owner", "operator"]),
  createdAt: z.iso.datetime(),
  /** The city's time, so that countdowns follow it and not the browser's clock. */
  now: z.iso.datetime(),
});

export const updateOwnerInput = z.strictObject({ name: signUpInput.shape.name });
export const changePasswordInput = z.strictObject({
  current: z.string().min(1).max(1_000),
  next: signUpInput.shape.password,
});
export const changedPassword = z.object({ changed: z.literal(true) });

export const overviewInput = z.strictObject({ days: z.int().min(1).max(366).default(30) });
const figures = { spentCents: z.int(), earnedCents: z.int(), completed: z.int(), failed: z.int(), refunded: z.int() };
export const overviewView = z.object({
  totals: z.object({ ...figures, medianScore: z.number().nullable() }),
  days: z.array(z.object({ day: z.string(), ...figures, meanScore: z.number().nullable() })),
});
