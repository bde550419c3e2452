import type { z } from "zod";
import type { SandboxStatus, TaskStatus } from "#prisma";
import { type ModelTier, priceTask } from "../agents/model-price.ts";
import type { AgentActor } from "../auth/actor.ts";
import { after, type Ctx, cityNow, inTransaction } from "../context.ts";
import { CityError, invalidState, isCityError } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { isRepoUnavailable, REPO_PATH, type Sandbox, type SandboxSpec } from "../ports/sandbox.ts";
import { FAILURE_MESSAGES, failTask } from "../tasks/end-task.ts";
import { lockAsSeller, lockTask } from "../tasks/find-task.ts";
import { recordEvent } from "../tasks/record-event.ts";
import type { provisionedSandbox } from "../tasks/schema.ts";
import { sourceOf } from "../tasks/source.ts";
import type { TaskRow } from "../tasks/view.ts";
import { tearDown } from "./destroy-sandbox.ts";
import { findReady } from "./open-sandbox.ts";

type Provisioned = z.infer<typeof provisionedSandbox>;

/** The states of a task that has a sandbox made for it. */
const PROVISIONED_IN: readonly TaskStatus[] = ["routing", "executing"];
/** A task has at most one sandbox in these states. */
const OPEN: readonly SandboxStatus[] = ["provisioning", "ready"];
/** Making a sandbox may take this long before the offer's clock goes on; the clone itself is capped below that. */
const PROVISION_SECONDS = 60;

/**
 * Makes the sealed sandbox for an offered task and fetches the buyer's code into it. Blocks until it is ready; repeated
 * and concurrent calls give the same one. The price is fixed here, from the size of the repository's text.
 * Also replaces a sandbox that was lost while the agent was working.
 */
export async function provisionSandbox(ctx: Ctx<AgentActor>, input: { id: string }): Promise<Provisioned> {
  const claim = await claimStanding(ctx, input.id);
  try {
    const sandbox = await ctx.ports.sandbox.create(claim.spec);
    return await inTransaction(ctx, (tx) => markReady(tx, input.id, sandbox));
  } catch (error) {
    throw await abandon(ctx, input.id, claim, error);
  }
}

type Claim = { spec: SandboxSpec; status: SandboxStatus };

/** A sandbox that was made before and is gone meanwhile is given up for a new one, under an id of its own. */
async function claimStanding(ctx: Ctx<AgentActor>, taskId: string): Promise<Claim> {
  const claim = await inTransaction(ctx, (tx) => claimSandbox(tx, taskId));
  if (claim.status !== "ready" || (await findReady(ctx, claim.spec.id))) return claim;
  return inTransaction(ctx, (tx) => claimSandbox(tx, taskId));
}

/** The row that says a sandbox is being made: one open row a task, whoever comes first writes it. */
async function claimSandbox(ctx: Ctx<AgentActor>, taskId: string): Promise<Claim> {
  const task = await lockAsSeller(ctx, taskId);
  if (!PROVISIONED_IN.includes(task.status)) {
    throw invalidState("A sandbox is provisioned for a task that is offered to you.", task.status, ["routing"]);
  }
  const open = await ctx.db.sandbox.findFirst({ where: { taskId, status: { in: [...OPEN] } } });
  if (open?.closedAt) {
    throw invalidState("You gave this task's sandbox back. Deliver what is in it, or give the task up.", "given back", [
      "ready",
    ]);
  }
  const sandboxId = open?.id ?? newId();
  if (!open) {
    const now = await cityNow(ctx);
    const first = (await ctx.db.sandbox.count({ where: { taskId, agentId: ctx.actor.agentId } })) === 0;
    await ctx.db.sandbox.create({
      data: {
        id: sandboxId,
        taskId,
        agentId: ctx.actor.agentId,
        provider: ctx.ports.sandbox.name,
        createdAt: now,
        expiresAt: after(now, ctx.settings.execution.sandboxMinutes * 60_000),
      },
    });
    if (task.status === "routing" && first) {
      const commitBy = after(now, (PROVISION_SECONDS + ctx.settings.routing.offerSeconds) * 1_000);
      await moveCommitBy(ctx, task, commitBy);
    }
    await recordEvent(ctx, taskId, "sandbox_provisioning");
  }
  const limits = { createMs: ctx.settings.execution.cloneSeconds * 1_000 };
  return { spec: { id: sandboxId, source: await sourceOf(ctx, task), limits }, status: open?.status ?? "provisioning" };
}

async function markReady(ctx: Ctx<AgentActor>, taskId: string, sandbox: Sandbox): Promise<Provisioned> {
  const task = await lockAsSeller(ctx, taskId);
  const row = await ctx.db.sandbox.findUniqueOrThrow({ where: { id: sandbox.id } });
  if (!PROVISIONED_IN.includes(task.status) || !OPEN.includes(row.status)) {
    throw invalidState("The offer ended while the sandbox was being made.", task.status, PROVISIONED_IN);
  }
  const quotedCents =
    task.quotedCents ??
    priceTask({
      baseRate: task.offerRate ?? 0,
      tier: (task.offerTier ?? "standard") as ModelTier,
      textBytes: sandbox.textBytes,
      maxBudget: task.maxBudget,
    });
  if (row.status === "provisioning") {
    const now = await cityNow(ctx);
    const { textBytes, commit } = sandbox;
    await ctx.db.sandbox.update({ where: { id: row.id }, data: { status: "ready", readyAt: now, commit, textBytes } });
    await ctx.db.task.update({ where: { id: taskId }, data: { quotedCents } });
    const first = task.quotedCents === null;
    if (task.status === "routing" && first) {
      await moveCommitBy(ctx, task, after(now, ctx.settings.routing.offerSeconds * 1_000));
    }
    await recordEvent(ctx, taskId, "sandbox_ready", { provider: row.provider, quotedCents, commit });
  }
  return {
    sandboxId: row.id,
    status: "ready",
    repoPath: REPO_PATH,
    expiresAt: row.expiresAt.toISOString(),
    quotedCents,
    provider: row.provider,
  };
}

/**
 * The agent's time to commit stands still while the city makes the sandbox, once an offer: a sandbox that was given back
 * and made again wins no time. A direct hire keeps its longer time.
 */
async function moveCommitBy(ctx: Ctx, task: TaskRow, commitBy: Date): Promise<void> {
  const later = task.commitBy && task.directAgentId && task.commitBy > commitBy ? task.commitBy : commitBy;
  await ctx.db.task.update({ where: { id: task.id }, data: { commitBy: later, deadlineAt: later } });
}

/**
 * Takes back what a failed call began, and only that: a sandbox that is ready was made by another call, and the seller's
 * work may lie in it. A source that cannot be had ends the task, and so does a lost sandbox that cannot be replaced,
 * unless somebody else has decided about this sandbox.
 * @returns what to tell the seller
 */
async function abandon(ctx: Ctx<AgentActor>, taskId: string, claim: Claim, error: unknown): Promise<unknown> {
  const { id } = claim.spec;
  // For the buyer alone: it may name the repository.
  const missing = isRepoUnavailable(error) ? error.message : null;
  const { stays, ending } = await inTransaction(ctx, async (tx) => {
    const task = await lockTask(tx, taskId);
    const { status } = await tx.db.sandbox.findUniqueOrThrow({ where: { id }, select: { status: true } });
    if (status === "provisioning") await tx.db.sandbox.update({ where: { id }, data: { status: "lost" } });
    const isOver = status === claim.status && !isFull(error);
    const ending = isOver ? endingOf(task, claim, missing) : null;
    if (ending)
      await failTask(tx, task, ending, { ...(ending === "repo_unavailable" && missing && { message: missing }) });
    return { stays: status === "ready", ending };
  });
  // The sweep of each minute tears it down where this does not.
  if (!stays)
    await tearDown(ctx, id).catch((cause) => ctx.log.warn({ err: cause, taskId }, "a sandbox was left behind"));
  if (ending) {
    if (missing === null) ctx.log.error({ err: error, taskId }, "a lost sandbox could not be made again");
    const why =
      ending === "repo_unavailable"
        ? FAILURE_MESSAGES.repo_unavailable
        : "The sandbox was lost and could not be made again.";
    return new CityError("CONFLICT", `The task was ended and its hold returned: ${why}`, {
      details: { reason: ending },
    });
  }
  if (missing === null) return error;
  return new CityError("UNAVAILABLE", "The sandbox could not be made. Provision it again.", {
    retryAfter: 1,
    cause: error,
  });
}

/** Whether there was only no place for one more at this moment. */
function isFull(error: unknown): boolean {
  return isCityError(error) && error.details?.reason === "full";
}

/** How a failed provision ends the task, if it does. */
function endingOf(task: TaskRow, { status }: Claim, missing: string | null) {
  if (task.status === "routing") return missing === null ? null : "repo_unavailable";
  // Mid-work there was a sandbox with the code once: losing it is the city's fault, not the buyer's or the seller's.
  const lost = missing !== null || status === "provisioning";
  return task.status === "executing" && lost ? "platform_error" : null;
}
