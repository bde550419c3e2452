import { z } from "zod";
import { centsWithin } from "../kernel/cents.ts";
import { AMOUNTS } from "../kernel/money.ts";
import { pageInput, pageOf } from "../kernel/pages.ts";

export const framework = z.enum(["crewai", "langgraph", "openclaw", "autogen", "adk", "openai", "custom"]);
export const availability = z.enum(["available", "busy", "offline"]);
export const category = z.enum([
  "code_review",
  "security",
  "bug_fix",
  "testing",
  "code_generation",
  "refactor",
  "devops",
  "data_analysis",
  "research",
  "content_creation",
  "design",
  "general",
]);
export const modelTier = z.enum(["budget", "standard", "premium"]);
export const trustTier = z.enum(["provisional", "established", "trusted", "elite"]);
export const verificationStatus = z.enum(["unverified", "verified"]);

const displayName = z.string().trim().min(1, "Give the agent a name.").max(100);
const description = z.string().trim().max(2_000).describe("What the agent is good at, for people and for the router.");
const model = z
  .string()
  .trim()
  .max(100, "At most 100 characters.")
  .describe("The model the agent says it uses. It sets the price tier; an unknown one counts as standard.");
const tag = z.string().trim().toLowerCase().min(1).max(40);
const capabilities = z
  .array(z.strictObject({ category, tags: z.array(tag).max(20).default([]) }))
  .max(12)
  .refine((list) => new Set(list.map((c) => c.category)).size === list.length, "Name each category once.")
  .describe("What the agent takes on. Without any, no task is ever routed to it.");
const pricing = z.strictObject({
  model: z.literal("per_task"),
  baseRate: centsWithin(AMOUNTS.price).describe("The least a task costs, in cents."),
  currency: z.literal("USD"),
});
const maxConcurrentTasks = z.int().min(1).max(100).describe("Offers and running tasks at a time, at most.");

export const registerAgentInput = z.strictObject({
  displayName,
  framework,
  description: description.optional(),
  capabilities: capabilities.optional(),
  model: model.optional(),
  pricing: pricing.optional(),
  maxConcurrentTasks: maxConcurrentTasks.optional(),
});

/** What an agent may change about itself; absent fields stay. */
export const updateAgentInput = z.strictObject({
  displayName: displayName.optional(),
  description: description.optional(),
  availability: availability.optional().describe("Only an available agent is offered tasks by the router."),
  capabilities: capabilities.optional(),
  model: model.optional(),
  pricing: pricing.optional(),
  maxConcurrentTasks: maxConcurrentTasks.optional(),
});

export const agentIdInput = z.strictObject({ id: z.string().max(64) });
export const updateAgentByIdInput = updateAgentInput.extend({ id: z.string().max(64) });

export const searchAgentsInput = z.strictObject({
  framework: framework.optional(),
  trustTier: trustTier.optional(),
  availability: availability.optional(),
  category: category.optional(),
  minScore: z.coerce.number<number>().int().min(0).max(1000).optional().describe("Overall score, 0 to 1000."),
  query: z.string().trim().max(200).optional().describe("Words of the name, the description or the tags."),
  verificationStatus: verificationStatus.optional(),
  modelTier: modelTier.optional(),
  sort: z
    .enum(["score", "newest", "price", "completed"])
    .default("score")
    .describe("By overall score, by age, by base rate (cheapest first) or by completed tasks."),
  ...pageInput,
});

export const agentPublic = z
  .object({
    id: z.string(),
    displayName: z.string(),
    framework,
    description: z.string().nullable(),
    model: z.string().nullable().describe("The model the agent says it uses."),
    modelTier: modelTier.describe("Price tier of that model."),
    capabilities: z
      .array(z.object({ category, tags: z.array(z.string()) }))
      .describe("What it takes on; a task goes only to agents that name its category."),
    availability,
    pricing: z.object({
      model: z.literal("per_task"),
      baseRate: z.int().describe("The least a task costs, in cents."),
      currency: z.literal("USD"),
    }),
    trustTier: trustTier.describe("By overall score and completed tasks; every agent starts as provisional."),
    overallScore: z.int().describe("0 to 1000; a new agent starts at 450."),
    scoreInterval: z
      .object({ low: z.int(), high: z.int() })
      .describe("Where the score probably lies; it narrows with evidence."),
    confidence: z.number().describe("0 to 100: how much evidence stands behind the score."),
    completedTasks: z.int(),
    successRate: z.number().nullable().describe("0 to 1; null before the first task ended."),
    medianMinutes: z.number().nullable().describe("From commitment to delivery; null before the first delivery."),
    verificationStatus: verificationStatus.describe(
      "Verified: the owner's e-mail address and bank account are confirmed.",
    ),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "Agent" });

export const walletView = z
  .object({
    available: z.int().describe("Cents that may be withdrawn."),
    escrowed: z.int().describe("Cents earned that the buyer can still have refunded."),
    disputed: z.int().describe("Cents frozen until a dispute is decided."),
    debt: z
      .int()
      .describe(
        "Cents owed for earnings that were disputed or refunded after they were withdrawn; repaid by later earnings and before a withdrawal.",
      ),
    lifetimeEarned: z.int().describe("Cents earned since the beginning, the city's fee taken off."),
  })
  .meta({ id: "Wallet" });

export const agentPrivate = agentPublic
  .extend({
    ownerId: z.string(),
    maxConcurrentTasks: z.int(),
    active: z.boolean().describe("False once deactivated."),
    suspendedUntil: z.iso.datetime().nullable().describe("No new offers until then: three tasks in a row failed."),
    keyDisplay: z.string().describe("The key's prefix, enough to tell keys apart."),
    dimensions: z
      .object({
        outcome: z.int().describe("What the gate and disputes said."),
        relationship: z.int().describe("What buyers said."),
        economic: z.int().describe("Price against the category's median."),
        reliability: z.int().describe("Offers taken and deadlines kept."),
      })
      .describe("The four parts of the overall score, each 0 to 1000."),
    webhook: z
      .object({
        url: z.string(),
        enabled: z.boolean(),
        failCount: z.int().describe("Failed attempts in a row; ten disable it."),
      })
      .nullable(),
    wallet: walletView,
  })
  .meta({ id: "AgentProfile" });

export const registeredAgent = z.object({
  agent: agentPrivate,
  apiKey: z.string().describe("Shown this once: only its hash is kept."),
});
export const rotatedKey = z.object({ apiKey: z.string().describe("The new key. The old one is dead already.") });
export const agentPage = pageOf(agentPublic);
export const myAgents = z.array(agentPrivate);

export const budgetView = z.object({
  perTask: z.int().nullable().describe("The largest budget of one task, in cents; null means no limit."),
  daily: z.int().nullable().describe("Cents a UTC day."),
  weekly: z.int().nullable().describe("Cents in any 7 days."),
  monthly: z.int().nullable().describe("Cents in any 30 days."),
  spent: z
    .object({ daily: z.int(), weekly: z.int(), monthly: z.int() })
    .describe("Open holds and charges less refunds, in cents, dated at the hold."),
});
const limit = centsWithin(AMOUNTS.spendingLimit)
  .nullable()
  .optional()
  .describe("Cents. Null takes the limit away; an absent one stays.");
export const setBudgetInput = z.strictObject({
  id: z.string().max(64),
  perTask: limit,
  daily: limit,
  weekly: limit,
  monthly: limit,
});
