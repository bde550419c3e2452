import { authenticate } from "#server/auth/authenticate.ts";
import { startTestCity, type TestCity, type TestOwner } from "#tests/support/city.ts";
import { FILE, REVIEW } from "#tests/support/work.ts";
import { submitForm } from "../../../bench/journey/strangers.ts";

export type Credential = { token?: string; key?: string; trustKey?: string };

/** Everyone who may knock: two parties, their siblings, strangers, an operator, and credentials that are dead. */
export type World = {
  city: TestCity;
  credentials: Record<CredentialName, Credential>;
  ids: { seller: string; foreignAgent: string; buyerAgent: string };
  /** Ids of rows that belong to the foreign owner, one of each kind. */
  foreignRows: string[];
  /** A task of the buyer's agent at the seller, brought this far. */
  task(
    state: "offered" | "provisioned" | "executing" | "completed" | "rejected",
  ): Promise<{ id: string; sandboxId: string }>;
  /** Owner ids and e-mail addresses, by the group they belong to: none of them may show up in another group's answers. */
  canaries: Record<"buyer" | "seller" | "foreign", string[]>;
  /** An owner nobody else uses. */
  newcomer(): Promise<TestOwner>;
  /** The secret of the latest link mailed to an address. */
  mailedSecret(email: string): Promise<string>;
};

export const LIVING = [
  "buyerOwner",
  "buyerOwnerToken",
  "buyerAgent",
  "buyerSibling",
  "sellerOwner",
  "seller",
  "sellerSibling",
  "foreignOwner",
  "foreignAgent",
  "trust",
  "operator",
] as const;
export const DEAD = [
  "revokedToken",
  "endedSession",
  "rotatedKey",
  "deactivatedKey",
  "revokedTrustKey",
  "mistypedKey",
] as const;
export type Living = (typeof LIVING)[number];
export type CredentialName = Living | (typeof DEAD)[number] | "none";

/** Which kind of actor a living credential proves. */
export function kindOf(name: CredentialName): "owner" | "agent" | "trust" | "anonymous" {
  if (name === "none") return "anonymous";
  if (name === "trust") return "trust";
  return /Owner|operator/.test(name) ? "owner" : "agent";
}

export async function makeWorld(): Promise<World> {
  const city = await startTestCity({
    settings: { money: { starterCredits: 1_000_000 }, auth: { maxAgentsPerOwner: 1_000 } },
  });
  const [buyers, sellers, strangers, operators] = (await Promise.all(
    ["Buyer", "Seller", "Stranger", "Operator"].map((name) => city.owner(name)),
  )) as [TestOwner, TestOwner, TestOwner, TestOwner];
  await city.database.prisma.owner.update({ where: { id: operators.id }, data: { role: "operator" } });
  const selling = {
    capabilities: [{ category: "code_review" as const, tags: [] }],
    pricing: { model: "per_task" as const, baseRate: 1_000, currency: "USD" as const },
    maxConcurrentTasks: 100,
  };
  const buyerAgent = await buyers.agent();
  const seller = await sellers.agent(selling);
  const foreignAgent = await strangers.agent(selling);
  const credentials: World["credentials"] = {
    none: {},
    buyerOwner: { token: buyers.token },
    buyerOwnerToken: { token: (await buyers.client.tokens.create({ name: "long" })).token },
    buyerAgent: { key: buyerAgent.key },
    buyerSibling: { key: (await buyers.agent()).key },
    sellerOwner: { token: sellers.token },
    seller: { key: seller.key },
    sellerSibling: { key: (await sellers.agent(selling)).key },
    foreignOwner: { token: strangers.token },
    foreignAgent: { key: foreignAgent.key },
    trust: { trustKey: (await buyers.client.trust.createKey({ name: "trust" })).key },
    operator: { token: operators.token },
    ...(await deadCredentials(city, buyers)),
  };
  const task = makeTask(city, credentials, buyerAgent.key, { id: seller.id, key: seller.key });
  await city.call("PUT", "/agents/me/webhook", {
    key: seller.key,
    body: { url: "https://hooks.example.com/isolation" },
  });
  await connectBank(city, sellers);
  return {
    city,
    credentials,
    ids: { seller: seller.id, foreignAgent: foreignAgent.id, buyerAgent: buyerAgent.id },
    foreignRows: [strangers.id, foreignAgent.id, (await strangers.client.tokens.create({ name: "theirs" })).id],
    task,
    canaries: {
      buyer: [buyers.id, buyers.email],
      seller: [sellers.id, sellers.email],
      foreign: [strangers.id, strangers.email],
    },
    newcomer: () => city.owner("Newcomer"),
    async mailedSecret(email) {
      const response = await fetch(`${city.url}/local/outbox?to=${encodeURIComponent(email)}`);
      const [mail] = (await response.json()) as { text: string }[];
      return /token=([\w-]+)/.exec(mail?.text ?? "")?.[1] ?? "";
    },
  };
}

async function deadCredentials(city: TestCity, owner: TestOwner) {
  const token = await owner.client.tokens.create({ name: "revoked" });
  await owner.client.tokens.revoke(token.id);
  // Signing out ends all of an owner's sessions, so it is done by one who is not needed any more.
  const { token: session } = await city.owner();
  await city.call("POST", "/auth/sign-out", { token: session });
  const rotated = await owner.agent();
  await owner.client.agents.rotateKey(rotated.id);
  const deactivated = await owner.agent();
  await owner.client.agents.deactivate(deactivated.id);
  const trustKey = await owner.client.trust.createKey({ name: "revoked" });
  await owner.client.trust.revokeKey(trustKey.id);
  const living = await owner.agent();
  return {
    revokedToken: { token: token.token },
    endedSession: { token: session },
    rotatedKey: { key: rotated.key },
    deactivatedKey: { key: deactivated.key },
    revokedTrustKey: { trustKey: trustKey.key },
    mistypedKey: { key: `${living.key.slice(0, -1)}${living.key.endsWith("A") ? "B" : "A"}` },
  };
}

/** The seller's owner confirms the address and connects a bank, so that the money operations have a rightful caller. */
async function connectBank(city: TestCity, owner: TestOwner): Promise<void> {
  await city.database.prisma.owner.update({ where: { id: owner.id }, data: { emailVerifiedAt: new Date() } });
  const { url } = await owner.client.vault.connectLink();
  const bank = {
    first: "Sana",
    last: "Seller",
    routing: "110000000",
    bank: "000123456789",
    outcome: "verified",
    terms: "on",
  };
  await submitForm(url, bank);
  await city.idle();
}

function makeTask(
  city: TestCity,
  credentials: World["credentials"],
  buyerKey: string,
  seller: { id: string; key: string },
): World["task"] {
  const data = async (method: string, path: string, credential: Credential, body?: unknown) => {
    const answer = await city.call(method, path, { ...credential, body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body.data as { id: string; sandboxId: string };
  };
  return async (state) => {
    // Tasks that fail or lie about here would in time suspend the seller, which is another test's subject.
    await city.database.pool.query(
      "update agent set suspended_until = null, availability = 'available', missed_offers = 0 where id = $1",
      [seller.id],
    );
    const { id } = await data(
      "POST",
      "/tasks",
      { key: buyerKey },
      {
        taskType: "code_review",
        maxBudget: 1_000,
        input: { description: "Review add for correctness.", files: [FILE] },
        agentId: seller.id,
      },
    );
    await city.idle();
    const asSeller = credentials.seller;
    if (state === "offered") return { id, sandboxId: "" };
    const { sandboxId } = await data("POST", `/tasks/${id}/sandbox/provision`, asSeller);
    if (state === "provisioned") return { id, sandboxId };
    await data("POST", `/tasks/${id}/executing`, asSeller, { sandboxId });
    if (state === "executing") return { id, sandboxId };
    await data("POST", `/tasks/${id}/complete`, asSeller, {
      output: { result: state === "rejected" ? "Looks good to me." : REVIEW },
    });
    await city.idle();
    return { id, sandboxId };
  };
}

/** The actor that a credential proves, as the REST adapter finds it. */
export function actorOf(world: World, name: CredentialName, accepts: Parameters<typeof authenticate>[2]) {
  const { token, key, trustKey } = world.credentials[name];
  const stranger = world.city.ctx({ kind: "anonymous" });
  return authenticate(stranger, { bearer: token, apiKey: key, trustKey }, accepts);
}
