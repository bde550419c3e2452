import type { AgentCity, SellerTask, Task } from "@ai-city/sdk";
import type { AppRouter } from "#server/trpc/root.ts";

/**
 * The SDK's types against the schemas that validate the API, one public operation a line. It is the compiler that
 * checks: where a type differs by as much as one optional field, `same()` wants an argument that nobody can give.
 */
type Agents = AgentCity["agents"];
type Tasks = AgentCity["tasks"];
type Sandbox = AgentCity["sandbox"];
type Vault = AgentCity["vault"];
type Disputes = AgentCity["disputes"];
type Trust = AgentCity["trust"];
type Tokens = AgentCity["tokens"];

/** What a procedure takes and gives by its schemas: tRPC's own inference loses optional keys beside an index signature. */
type Declared<Name> = Name extends `${infer Slice extends keyof Declarations}.${infer Verb}`
  ? Verb extends keyof Declarations[Slice]
    ? Declarations[Slice][Verb] extends { _def: { $types: infer Types extends { input: unknown; output: unknown } } }
      ? Types
      : never
    : never
  : never;
type Declarations = AppRouter["_def"]["record"];

/**
 * Types as they travel: intersections flattened, a list that may only be read is a list, and a key that is always
 * undefined, which makes a union easier to use, is not there.
 */
type Plain<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends AsyncIterable<infer Item>
    ? { stream: Plain<Item> }
    : T extends readonly (infer Item)[]
      ? Plain<Item>[]
      : T extends object
        ? { -readonly [Key in keyof T as [T[Key]] extends [undefined] ? never : Key]: Plain<T[Key]> }
        : T;
type Same<A, B> = (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : false;

/** What a method's promise brings, or what its stream yields. */
type Answer<Method> = Method extends (...args: never[]) => infer Result
  ? Result extends AsyncGenerator<infer Item>
    ? AsyncIterable<Item, void>
    : Awaited<Result>
  : never;
/** An argument of a method, in the form that is an object. */
type Argument<Method extends (...args: never[]) => unknown, At extends number> = Exclude<
  Parameters<Method>[At],
  string | undefined
>;

type Verdict<Name, InPath extends string, Input, Output> =
  Same<Input, Omit<Declared<Name>["input"] & object, InPath>> extends true
    ? Same<Output, Declared<Name>["output"]> extends true
      ? []
      : [{ outputOf: Name; sdk: Plain<Output>; server: Plain<Declared<Name>["output"]> }]
    : [{ inputOf: Name; sdk: Plain<Input>; server: Plain<Omit<Declared<Name>["input"] & object, InPath>> }];

type Compared = { name: string; inPath: readonly string[] };
function operation<Name extends string, const InPath extends string = never>(name: Name, ...inPath: InPath[]) {
  return {
    same: <Input, Output>(..._: Verdict<Name, InPath, Input, Output>): Compared => ({ name, inPath }),
  };
}
// biome-ignore lint/complexity/noBannedTypes: an input without any field
type Nothing = {};

export const compared: Compared[] = [
  operation("agents.register").same<Argument<Agents["register"], 0>, Answer<Agents["register"]>>(),
  operation("agents.search").same<Argument<Agents["search"], 0>, Answer<Agents["search"]>>(),
  operation("agents.listMine").same<Nothing, Answer<Agents["listMine"]>>(),
  operation("agents.me").same<Nothing, Answer<Agents["me"]>>(),
  operation("agents.update").same<Argument<Agents["update"], 0>, Answer<Agents["update"]>>(),
  operation("agents.get", "id").same<Nothing, Answer<Agents["get"]>>(),
  operation("agents.updateById", "id").same<Argument<Agents["updateById"], 1>, Answer<Agents["updateById"]>>(),
  operation("agents.wallet", "id").same<Nothing, Answer<Vault["getWallet"]>>(),
  operation("agents.deactivate", "id").same<Nothing, Answer<Agents["deactivate"]>>(),
  operation("agents.reactivate", "id").same<Nothing, Answer<Agents["reactivate"]>>(),
  operation("agents.rotateKey", "id").same<Nothing, Answer<Agents["rotateKey"]>>(),
  operation("agents.getBudget", "id").same<Nothing, Answer<Vault["getBudget"]>>(),
  operation("agents.setBudget", "id").same<Argument<Vault["setBudget"], 1>, Answer<Vault["setBudget"]>>(),

  operation("webhooks.register").same<Argument<Agents["registerWebhook"], 0>, Answer<Agents["registerWebhook"]>>(),
  operation("webhooks.get").same<Nothing, Answer<Agents["getWebhook"]>>(),
  operation("webhooks.remove").same<Nothing, Answer<Agents["removeWebhook"]>>(),
  operation("webhooks.test").same<Nothing, Answer<Agents["testWebhook"]>>(),
  operation("webhooks.rotateSecret").same<Nothing, Answer<Agents["rotateWebhookSecret"]>>(),
  operation("webhooks.listDeliveries").same<Argument<Agents["listDeliveries"], 0>, Answer<Agents["listDeliveries"]>>(),
  operation("webhooks.redeliver", "id").same<Nothing, Answer<Agents["redeliver"]>>(),

  operation("tasks.submit").same<Argument<Tasks["submit"], 0>, Answer<Tasks["submit"]>>(),
  operation("tasks.quote").same<Argument<Tasks["quote"], 0>, Answer<Tasks["quote"]>>(),
  operation("tasks.list").same<Argument<Tasks["list"], 0>, Answer<Tasks["list"]>>(),
  operation("tasks.listSubmitted").same<Nothing, Answer<Tasks["listSubmitted"]>>(),
  operation("tasks.get", "id").same<Nothing, Task | SellerTask>(),
  operation("tasks.events", "id").same<{ lastEventId?: string }, Answer<Tasks["stream"]>>(),
  operation("tasks.getPatch", "id").same<Nothing, { patch: Answer<Tasks["getPatch"]>; truncated: boolean }>(),
  operation("tasks.transcript", "id").same<Argument<Tasks["transcript"], 1>, Answer<Tasks["transcript"]>>(),
  operation("tasks.getReceipt", "id").same<Nothing, Answer<Tasks["getReceipt"]>>(),
  operation("tasks.giveFeedback", "id").same<
    { rating: Parameters<Tasks["giveFeedback"]>[1]; comment?: Parameters<Tasks["giveFeedback"]>[2] },
    Answer<Tasks["giveFeedback"]>
  >(),
  operation("tasks.dispute", "id").same<Argument<Tasks["dispute"], 1>, Answer<Tasks["dispute"]>>(),
  operation("tasks.cancel", "id").same<Nothing, Answer<Tasks["cancel"]>>(),
  operation("tasks.provisionSandbox", "id").same<Nothing, Answer<Tasks["provisionSandbox"]>>(),
  operation("tasks.markExecuting", "id").same<Argument<Tasks["markExecuting"], 1>, Answer<Tasks["markExecuting"]>>(),
  operation("tasks.destroySandbox", "id", "sandboxId").same<Nothing, Answer<Tasks["destroySandbox"]>>(),
  operation("tasks.complete", "id").same<Argument<Tasks["complete"], 1>, Answer<Tasks["complete"]>>(),
  operation("tasks.fail", "id").same<Argument<Tasks["fail"], 1>, Answer<Tasks["fail"]>>(),
  operation("tasks.decline", "id").same<Argument<Tasks["decline"], 1>, Answer<Tasks["decline"]>>(),
  operation("tasks.appeal", "id").same<Argument<Tasks["appeal"], 1>, Answer<Tasks["appeal"]>>(),

  operation("sandbox.listFiles", "id").same<{ path?: string }, Answer<Sandbox["listFiles"]>>(),
  operation("sandbox.readFile", "id").same<{ path: string }, Answer<Sandbox["readFile"]>>(),
  operation("sandbox.writeFile", "id").same<Argument<Sandbox["writeFile"], 1>, Answer<Sandbox["writeFile"]>>(),
  operation("sandbox.exec", "id").same<Argument<Sandbox["exec"], 1>, Answer<Sandbox["exec"]>>(),

  operation("vault.getBalance").same<Nothing, Answer<Vault["getBalance"]>>(),
  operation("vault.getPool").same<Nothing, Answer<Vault["getPool"]>>(),
  operation("vault.topUp").same<Argument<Vault["topUp"], 0>, Answer<Vault["topUp"]>>(),
  operation("vault.setAutoTopUp").same<Argument<Vault["setAutoTopUp"], 0>, Answer<Vault["setAutoTopUp"]>>(),
  operation("vault.returnUnspent").same<Argument<Vault["returnUnspent"], 0>, Answer<Vault["returnUnspent"]>>(),
  operation("vault.listTransactions").same<Argument<Vault["listTransactions"], 0>, Answer<Vault["listTransactions"]>>(),
  operation("vault.withdraw").same<Argument<Vault["withdraw"], 0>, Answer<Vault["withdraw"]>>(),
  operation("vault.listWithdrawals").same<Argument<Vault["listWithdrawals"], 0>, Answer<Vault["listWithdrawals"]>>(),
  operation("vault.connectLink").same<Nothing, Answer<Vault["connectLink"]>>(),
  operation("vault.connectStatus").same<Nothing, Answer<Vault["connectStatus"]>>(),
  operation("vault.listSeals").same<Argument<Vault["listSeals"], 0>, Answer<Vault["listSeals"]>>(),

  operation("disputes.list").same<Argument<Disputes["list"], 0>, Answer<Disputes["list"]>>(),
  operation("disputes.get", "id").same<Nothing, Answer<Disputes["get"]>>(),
  operation("disputes.respond", "id").same<Argument<Disputes["respond"], 1>, Answer<Disputes["respond"]>>(),
  operation("disputes.withdraw", "id").same<Nothing, Answer<Disputes["withdraw"]>>(),
  operation("disputes.resolve", "id").same<Argument<Disputes["resolve"], 1>, Answer<Disputes["resolve"]>>(),

  operation("trust.get", "agentId").same<Nothing, Answer<Trust["get"]>>(),
  operation("trust.createKey").same<Argument<Trust["createKey"], 0>, Answer<Trust["createKey"]>>(),
  operation("trust.listKeys").same<Nothing, Answer<Trust["listKeys"]>>(),
  operation("trust.revokeKey", "id").same<Nothing, Answer<Trust["revokeKey"]>>(),
  operation("tokens.create").same<Argument<Tokens["create"], 0>, Answer<Tokens["create"]>>(),
  operation("tokens.list").same<Nothing, Answer<Tokens["list"]>>(),
  operation("tokens.revoke", "id").same<Nothing, Answer<Tokens["revoke"]>>(),
];

/** The comparison can say no: the compiler takes each of these only because it refuses the line below the remark. */
export const refused: Compared[] = [
  // @ts-expect-error a field has another type
  operation("trust.createKey").same<{ name: number }, Answer<Trust["createKey"]>>(),
  // @ts-expect-error an optional field is missing
  operation("tokens.create").same<{ name: string }, Answer<Tokens["create"]>>(),
  // @ts-expect-error a field too many
  operation("vault.returnUnspent").same<{ amount: number; all?: boolean }, Answer<Vault["returnUnspent"]>>(),
  // @ts-expect-error an answer that lacks a field
  operation("trust.listKeys").same<Nothing, Omit<Answer<Trust["listKeys"]>[number], "usesToday">[]>(),
  // @ts-expect-error a value too few in an enumeration
  operation("agents.get", "id").same<Nothing, Answer<Agents["get"]> & { framework: "custom" }>(),
  // @ts-expect-error no such operation
  operation("agents.fire", "id").same<Nothing, Answer<Agents["get"]>>(),
];
