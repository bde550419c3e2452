import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import { type Ctx, cityNow, inTransaction } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { makeSecret } from "../kernel/secrets.ts";
import { readKeys } from "./read-keys.ts";
import type { createdTrustKey, createTrustKeyInput } from "./schema.ts";

/** With more, the daily limit of a key would mean nothing. */
const KEYS_PER_OWNER = 20;

/** Makes a key that reads trust summaries and nothing else. The key itself is in this answer only. */
export async function createTrustKey(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof createTrustKeyInput>,
): Promise<z.infer<typeof createdTrustKey>> {
  const { ownerId } = ctx.actor;
  const { secret, hash, display } = makeSecret("tst_");
  return inTransaction(ctx, async (tx) => {
    // The owner's row is the lock under which the keys are counted.
    await tx.db.$queryRaw`select 1 from owner where id = ${ownerId} for update`;
    const existing = await tx.db.trustKey.count({ where: { ownerId, revokedAt: null } });
    if (existing >= KEYS_PER_OWNER) {
      throw new CityError("CONFLICT", `An owner can have ${KEYS_PER_OWNER} trust keys. Revoke one first.`);
    }
    const { id } = await tx.db.trustKey.create({
      data: { id: newId(), ownerId, name: input.name, keyHash: hash, display, createdAt: await cityNow(tx) },
    });
    const [view] = await readKeys(tx, ownerId, id);
    if (!view) throw new Error("The new trust key cannot be read.");
    return { ...view, key: secret };
  });
}
