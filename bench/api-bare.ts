import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import pg from "pg";
import { AGENT_BY_KEY } from "#server/auth/authenticate.ts";
import { LOCK_SEEDS } from "#server/db/advisory-locks.ts";
import { TASK_OF_AGENT } from "#server/tasks/find-task.ts";

// What the API is measured against: a Node server without any framework that does the same statements through `pg`, and
// nothing else: no validation, no limits, no views.

const pool = new pg.Pool({ connectionString: process.argv[2], max: 10 });
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

async function agentByKey(client: pg.Pool | pg.PoolClient, key: string): Promise<{ id: string; ownerId: string }> {
  const { rows } = await client.query<{ id: string; ownerId: string }>({
    name: "agent",
    text: AGENT_BY_KEY,
    values: [sha256(key)],
  });
  if (!rows[0]) throw new Error("There is no such agent.");
  return rows[0];
}

async function read(key: string, taskId: string): Promise<string | null> {
  const { id } = await agentByKey(pool, key);
  const { rows } = await pool.query({ name: "read", text: TASK_OF_AGENT, values: [taskId, id] });
  return rows[0] ? JSON.stringify({ success: true, data: rows[0] }) : null;
}

async function submit(key: string, idempotencyKey: string, body: string): Promise<string> {
  const { taskType, maxBudget, input } = JSON.parse(body);
  const client = await pool.connect();
  const ask = (name: string, text: string, values: unknown[] = []) => client.query({ name, text, values });
  try {
    const agent = await agentByKey(client, key);
    const claim = sha256(`agent:${agent.id}\ntasks.submit\n${idempotencyKey}`);
    await client.query("begin");
    await ask("lock", "select pg_try_advisory_xact_lock(hashtextextended($1, $2))", [claim, LOCK_SEEDS.idempotencyKey]);
    await ask("kept", "select answer from idempotency_key where id = $1 and expires_at > city_now()", [claim]);
    await ask("buyer", "select ledger.balance_of('receivable:owner:' || $1), city_now()", [agent.ownerId]);
    await ask("budget", "select per_task, daily, weekly, monthly from agent_budget where agent_id = $1", [agent.id]);
    const id = `b${randomBytes(12).toString("hex")}`;
    const { rows } = await ask(
      "task",
      `insert into task (id, task_type, buyer_owner_id, buyer_agent_id, max_budget, description, paths, created_at, deadline_at)
       values ($1, $2, $3, $4, $5, $6, '{}', city_now(), city_now() + interval '2 minutes') returning *`,
      [id, taskType, agent.ownerId, agent.id, maxBudget, input.description],
    );
    await ask("event", "insert into task_event (task_id, type, data, at) values ($1, 'submitted', '{}', city_now())", [
      id,
    ]);
    const job = JSON.stringify({ id: randomBytes(12).toString("hex"), name: "task/submitted", data: { taskId: id } });
    await ask("job", "select graphile_worker.add_job('event', $1::json)", [job]);
    await ask("hold", "select transaction_id, fresh from ledger.hold_budget($1, $2, $3::bigint)", [
      id,
      agent.ownerId,
      maxBudget,
    ]);
    const answer = JSON.stringify({ success: true, data: rows[0] });
    await ask(
      "keep",
      `insert into idempotency_key (id, request_hash, status, answer, sealed, expires_at)
       values ($1, $2, 201, $3, false, city_now() + interval '1 day')`,
      [claim, sha256(body), answer],
    );
    await client.query("commit");
    return answer;
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const server = createServer(async (request, response) => {
  const key = String(request.headers["x-api-key"]);
  try {
    const answer =
      request.method === "GET"
        ? await read(key, (request.url ?? "").split("/").at(-1) ?? "")
        : await submit(key, String(request.headers["idempotency-key"]), await bodyOf(request));
    const text = answer ?? '{"success":false}';
    response.writeHead(answer ? 200 : 404, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
    });
    response.end(text);
  } catch (error) {
    response.writeHead(500, { "content-length": 0 }).end();
    console.error(error);
  }
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as { port: number }).port));
process.on("disconnect", () => process.exit(0));
