import { noSuch } from "./errors.ts";
import type { AnyObject, DeletedCustomer, Kind, Objects } from "./objects.ts";
import type { Call } from "./world.ts";

type Row = { data: AnyObject };

/** Keeps a new object. `hidden` holds what Stripe knows and never shows, such as how a test card behaves. */
export async function insert<T extends AnyObject>(
  call: Call,
  object: T,
  options: { account?: string; hidden?: Record<string, unknown> } = {},
): Promise<T> {
  await call.db.query(
    "insert into stripe_stand_in.object (id, kind, account, created, data, hidden) values ($1, $2, $3, $4, $5, $6)",
    [object.id, object.object, options.account ?? call.account, object.created, object, options.hidden ?? {}],
  );
  return object;
}

export async function save<T extends AnyObject>(call: Call, object: T): Promise<T> {
  await call.db.query("update stripe_stand_in.object set data = $2 where id = $1", [object.id, object]);
  return object;
}

/** The object, or undefined when it is not there, is of another kind, or belongs to another account. */
export async function lookUp<K extends Kind>(
  call: Call,
  kind: K,
  id: string,
  options: { account?: string; lock?: boolean } = {},
): Promise<Objects[K] | undefined> {
  const { rows } = await call.db.query<Row>(
    `select data from stripe_stand_in.object where id = $1 and kind = $2 and account = $3
     ${options.lock ? "for update" : ""}`,
    [id, kind, options.account ?? call.account],
  );
  return rows[0]?.data as Objects[K] | undefined;
}

/** Those of the objects that are there, of this kind and account, by their ids. */
export async function lookUpAll<K extends Kind>(
  call: Call,
  kind: K,
  ids: readonly string[],
): Promise<Map<string, Objects[K]>> {
  if (ids.length === 0) return new Map();
  const { rows } = await call.db.query<Row>(
    "select data from stripe_stand_in.object where id = any($1) and kind = $2 and account = $3",
    [ids, kind, call.account],
  );
  return new Map(rows.map(({ data }) => [data.id, data as Objects[K]]));
}

/** Like `lookUp`; answers 404 (or 400 when a parameter named it) as Stripe does. */
export async function find<K extends Kind>(
  call: Call,
  kind: K,
  id: string,
  options: { account?: string; lock?: boolean; param?: string } = {},
): Promise<Objects[K]> {
  const found = await lookUp(call, kind, id, options);
  if (!found) throw noSuch(kind, id, options.param ?? "id", options.param ? 400 : 404);
  return found;
}

/** A customer and its cards are gone from now on; only the id says that there was one. */
export async function removeCustomer(call: Call, id: string): Promise<DeletedCustomer> {
  const deleted: DeletedCustomer = { id, object: "customer", deleted: true };
  await call.db.query(
    "update stripe_stand_in.object set kind = 'customer.deleted', data = $2, hidden = '{}' where id = $1",
    [id, deleted],
  );
  await call.db.query(
    "delete from stripe_stand_in.object where kind = 'payment_method' and data->>'customer' = $1 and account = $2",
    [id, call.account],
  );
  return deleted;
}

export async function hiddenOf(call: Call, id: string): Promise<Record<string, unknown>> {
  const { rows } = await call.db.query<{ hidden: Record<string, unknown> }>(
    "select hidden from stripe_stand_in.object where id = $1",
    [id],
  );
  return rows[0]?.hidden ?? {};
}

export async function setHidden(call: Call, id: string, hidden: Record<string, unknown>): Promise<void> {
  await call.db.query("update stripe_stand_in.object set hidden = hidden || $2 where id = $1", [id, hidden]);
}

type Listing = {
  limit?: number | undefined;
  starting_after?: string | undefined;
  ending_before?: string | undefined;
  created?:
    | { gt?: number | undefined; gte?: number | undefined; lt?: number | undefined; lte?: number | undefined }
    | undefined;
};

/** One page, newest first, in Stripe's list envelope. `filters` compare top-level text fields. */
export async function listPage<K extends Kind>(
  call: Call,
  kind: K,
  url: string,
  listing: Listing,
  filters: Record<string, string | undefined> = {},
) {
  const limit = listing.limit ?? 10;
  const values: unknown[] = [kind, call.account];
  const where = ["kind = $1", "account = $2"];
  const add = (sql: (slot: string) => string, value: unknown) => {
    values.push(value);
    where.push(sql(`$${values.length}`));
  };
  for (const [sign, key] of [
    [">", "gt"],
    [">=", "gte"],
    ["<", "lt"],
    ["<=", "lte"],
  ] as const) {
    const bound = listing.created?.[key];
    if (bound !== undefined) add((slot) => `created ${sign} ${slot}`, bound);
  }
  for (const [field, value] of Object.entries(filters)) {
    if (value !== undefined) add((slot) => `data->>'${field}' = ${slot}`, value);
  }
  const cursor = listing.starting_after ?? listing.ending_before;
  if (cursor !== undefined) {
    const param = listing.starting_after === undefined ? "ending_before" : "starting_after";
    await find(call, kind, cursor, { param });
    const sign = param === "starting_after" ? "<" : ">";
    add((slot) => `seq ${sign} (select seq from stripe_stand_in.object where id = ${slot})`, cursor);
  }
  const backwards = listing.starting_after === undefined && listing.ending_before !== undefined;
  values.push(limit + 1);
  const { rows } = await call.db.query<Row>(
    `select data from stripe_stand_in.object where ${where.join(" and ")}
     order by seq ${backwards ? "asc" : "desc"} limit $${values.length}`,
    values,
  );
  const data = rows.slice(0, limit).map((row) => row.data as Objects[K]);
  return { object: "list" as const, url, has_more: rows.length > limit, data: backwards ? data.reverse() : data };
}
