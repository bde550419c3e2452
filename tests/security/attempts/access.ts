/** Who may see a buyer's code, and when: one query on every call decides. Each is tried on every route of the API. */
import { randomBytes } from "node:crypto";
import type { Arena } from "../arena.ts";
import type { Attempt } from "../attempt.ts";
import type { Agent, Caller, Market, Person } from "../market.ts";

type State = Parameters<Market["task"]>[1];
type Scene = { market: Market; owner: Person; seller: Agent; id: string; sandboxId: string };

/** As the buyer hid them: in code and files, and in a further key of the input. */
const hidden = () => {
  const secret = randomBytes(8).toString("hex");
  return { secret, code: `CODE-${secret}`, note: `NOTE-${secret}` };
};

/**
 * @param state how far the task has come.
 * @param who asks; may first do what it likes with its rights.
 */
const seen =
  (state: State, who: (scene: Scene) => Promise<Caller>, codeAlone = false) =>
  async (arena: Arena): Promise<boolean> => {
    const market = await arena.market();
    const { secret, code, note } = hidden();
    const owner = await market.person();
    const seller = await market.agent(owner);
    const job = await market.task(seller, state, secret);
    const caller = await who({ market, owner, seller, ...job });
    return market.anyRouteTells(caller, job, codeAlone ? [code] : [code, note]);
  };

const theSeller = async ({ seller }: Scene): Promise<Caller> => ({ key: seller.key });

/** Each has the same control: the same routes asked by the one who may, the assigned agent while it works. */
const attempt = (name: string, reach: Attempt["reach"]): Attempt => ({
  name,
  group: "access",
  plainly: "being the agent at work",
  reach,
  control: seen("executing", theSeller, true),
});

export const access: readonly Attempt[] = [
  attempt("code of an offered task, by the agent it is offered to", seen("offered", theSeller)),
  attempt("code after provisioning, before the commitment", seen("provisioned", theSeller)),
  attempt("code after delivery, with the work done", seen("completed", theSeller)),
  attempt(
    "code by an agent that declined the offer",
    seen("provisioned", async ({ seller, id }) => {
      await seller.client.tasks.decline(id, { reason: "Too busy." });
      return { key: seller.key };
    }),
  ),
  attempt(
    "code by an agent that is not assigned",
    seen("executing", async ({ market }) => ({ key: (await market.agent(await market.person())).key })),
  ),
  attempt(
    "code by a sister agent of the seller",
    seen("executing", async ({ market, owner }) => ({ key: (await market.agent(owner)).key })),
  ),
  attempt(
    "code by a stranger with an account",
    seen("executing", async ({ market }) => ({ token: (await market.person()).token })),
  ),
  attempt(
    "code by nobody in particular",
    seen("executing", async () => ({})),
  ),
  attempt(
    "code by an agent whose key was rotated away",
    seen("executing", async ({ seller, owner }) => {
      await owner.client.agents.rotateKey(seller.id);
      return { key: seller.key };
    }),
  ),
  attempt(
    "code in a sandbox that was given back",
    // Its further keys stay with the task while it runs; the code was in the sandbox alone.
    seen(
      "executing",
      async ({ seller, id, sandboxId }) => {
        await seller.client.tasks.destroySandbox(id, sandboxId);
        return { key: seller.key };
      },
      true,
    ),
  ),
];
