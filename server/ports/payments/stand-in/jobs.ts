import { deliver } from "./delivery.ts";
import { settlePayout } from "./payouts.ts";
import { inCall, type World } from "./world.ts";

type Job = { id: string; kind: "event" | "payout"; object_id: string; attempts: number };

/** Deliveries at a time: enough that one slow answer does not stop the rest, and that order is not promised. */
const LANES = 4;
/** About three days with the default delays, as Stripe does in live mode. */
const MAX_ATTEMPTS = 80;
const DATABASE_PAUSE_MS = 1000;

type JobLoop = { wake: () => void; stop: () => Promise<void> };

/** Sends events and settles payouts when they are due. Sleeps until the next due time, or until woken. */
export async function startJobs(world: World): Promise<JobLoop> {
  await world.pool.query("update stripe_stand_in.job set leased = false, due = clock_timestamp() where leased");
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;

  function wake(): void {
    if (stopping.signal.aborted) return;
    again = true;
    if (running) return;
    clearTimeout(timer);
    running = rounds().finally(() => {
      running = undefined;
      if (again) wake();
    });
  }

  async function rounds(): Promise<void> {
    try {
      while (again && !stopping.signal.aborted) {
        again = false;
        await Promise.all(Array.from({ length: LANES }, () => lane()));
      }
      if (!stopping.signal.aborted) await sleepUntilDue();
    } catch (error) {
      if (stopping.signal.aborted) return;
      world.log.warn({ error }, "stripe stand-in: the job loop pauses");
      timer = setTimeout(wake, DATABASE_PAUSE_MS);
    }
  }

  async function lane(): Promise<void> {
    while (!stopping.signal.aborted) {
      const job = await claim(world);
      if (!job) return;
      await perform(world, job, stopping.signal);
    }
  }

  async function sleepUntilDue(): Promise<void> {
    const { rows } = await world.pool.query<{ ms: number | null }>(
      `select ceil(extract(epoch from min(due) - clock_timestamp()) * 1000)::float8 as ms
       from stripe_stand_in.job where not held and not leased`,
    );
    const ms = rows[0]?.ms;
    if (ms !== null && ms !== undefined) timer = setTimeout(wake, Math.min(Math.max(ms, 1), 60_000));
  }

  async function stop(): Promise<void> {
    stopping.abort();
    clearTimeout(timer);
    await running;
  }

  wake();
  return { wake, stop };
}

async function claim(world: World): Promise<Job | undefined> {
  const { rows } = await world.pool.query<Job>(
    `update stripe_stand_in.job set leased = true, attempts = attempts + 1 where id = (
       select id from stripe_stand_in.job where not held and not leased and due <= clock_timestamp()
       order by due, id limit 1 for update skip locked
     ) returning id, kind, object_id, attempts`,
  );
  return rows[0];
}

async function perform(world: World, job: Job, signal: AbortSignal): Promise<void> {
  const done = job.kind === "event" ? await sendEvent(world, job, signal) : await settle(world, job);
  if (done || job.attempts >= MAX_ATTEMPTS) {
    if (!done) world.log.error({ job }, "stripe stand-in: gave up");
    await world.pool.query("delete from stripe_stand_in.job where id = $1", [job.id]);
    return;
  }
  if (signal.aborted) return;
  const delay = world.retryDelaysMs[Math.min(job.attempts, world.retryDelaysMs.length) - 1] ?? 1000;
  await world.pool.query(
    `update stripe_stand_in.job set leased = false, due = clock_timestamp() + $2 * interval '1 millisecond' where id = $1`,
    [job.id, delay],
  );
}

async function sendEvent(world: World, job: Job, signal: AbortSignal): Promise<boolean> {
  const result = await deliver(world, job.object_id, signal);
  if (!result.ok && !signal.aborted) {
    world.log.debug({ event: result.id, type: result.type, status: result.status }, "stripe stand-in: webhook refused");
  }
  return result.ok;
}

async function settle(world: World, job: Job): Promise<boolean> {
  try {
    await inCall(world, (call) => settlePayout(call, job.object_id, "automatic"));
    return true;
  } catch (error) {
    world.log.warn({ error, payout: job.object_id }, "stripe stand-in: payout not settled");
    return false;
  }
}
