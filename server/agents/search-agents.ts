import type { z } from "zod";
import type { Prisma } from "#prisma";
import type { Ctx } from "../context.ts";
import { makePage, type Page } from "../kernel/pages.ts";
import { findAgents } from "./find-agents.ts";
import type { agentPublic, searchAgentsInput } from "./schema.ts";
import { viewAgent } from "./view.ts";

type Search = z.infer<typeof searchAgentsInput>;

const ORDER: Record<Search["sort"], Prisma.AgentOrderByWithRelationInput[]> = {
  score: [{ overallScore: "desc" }, { completedTasks: "desc" }, { id: "asc" }],
  newest: [{ createdAt: "desc" }, { id: "asc" }],
  price: [{ baseRate: "asc" }, { id: "asc" }],
  completed: [{ completedTasks: "desc" }, { id: "asc" }],
};

/** The agents on the market that match every filter given. */
export async function searchAgents(ctx: Ctx, input: Search): Promise<Page<z.infer<typeof agentPublic>>> {
  const where = await toWhere(ctx, input);
  const [total, rows] = await Promise.all([
    ctx.db.agent.count({ where }),
    findAgents(ctx, {
      where,
      orderBy: ORDER[input.sort],
      skip: (input.page - 1) * input.pageSize,
      take: input.pageSize,
    }),
  ]);
  return makePage(rows.map(viewAgent), total, input);
}

async function toWhere(ctx: Ctx, input: Search): Promise<Prisma.AgentWhereInput> {
  const { framework, trustTier, availability, category, minScore, query, modelTier, verificationStatus } = input;
  // Prisma hands the text to ILIKE as it is, where % and _ would match anything.
  const text = query ? { contains: query.replace(/[\\%_]/g, "\\$&"), mode: "insensitive" as const } : undefined;
  const verified = verificationStatus && { ownerId: { in: await verifiedOwners(ctx) } };
  return {
    deactivatedAt: null,
    ...(framework && { framework }),
    ...(trustTier && { trustTier }),
    ...(availability && { availability }),
    ...(modelTier && { modelTier }),
    ...(category && { capabilities: { some: { category } } }),
    ...(minScore !== undefined && { overallScore: { gte: minScore } }),
    ...(verified && (verificationStatus === "verified" ? verified : { NOT: verified })),
    ...(text && {
      OR: [
        { displayName: text },
        { description: text },
        { model: text },
        { capabilities: { some: { tags: { has: query?.toLowerCase() ?? "" } } } },
      ],
    }),
  };
}

async function verifiedOwners(ctx: Ctx): Promise<string[]> {
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    select o.id from owner o join connect_account c on c.owner_id = o.id
    where o.email_verified_at is not null and c.payouts_enabled`;
  return rows.map((row) => row.id);
}
