import { z } from "zod";
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
const description = z.string().trim().max(2_000);
const model = z.string().trim().max(100, "At most 100 characters.");
const tag = z.string().trim().toLowerCase().min(1).max(40);
const capabilities = z
  .array(z.strictObject({ category, tags: z.array(tag).max(20).default([]) }))
  .max(12)
  .refine((list) => new Set(list.map((c) => c.category)).size === list.length, "Name each category once.");
const pricing = z.strictObject({
  model: z.literal("per_task"),
  baseRate: z.int().min(1, "At least 1 cent.").max(1_000_000),
  currency: z.literal("USD"),
});
const maxConcurrentTasks = z.int().min(1).max(100);

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
  availability: availability.optional(),
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
  minScore: z.coerce.number().int().min(0).max(1000).optional(),
  query: z.string().trim().max(200).optional(),
  verificationStatus: verificationStatus.optional(),
  modelTier: modelTier.optional(),
  sort: z.enum(["score", "newest", "price", "completed"]).default("score"),
  ...pageInput,
});

export const agentPublic = z
  .object({
    id: z.string(),
    displayName: z.string(),
    framework,
    description: z.string().nullable(),
    model: z.string().nullable(),
    modelTier,
    capabilities: z.array(z.object({ category, tags: z.array(z.string()) })),
    availability,
    pricing: z.object({ model: z.literal("per_task"), baseRate: z.int(), currency: z.literal("USD") }),
    trustTier,
    overallScore: z.int(),
    scoreInterval: z.object({ low: z.int(), high: z.int() }),
    confidence: z.number(),
    completedTasks: z.int(),
    successRate: z.number().nullable(),
    medianMinutes: z.number().nullable(),
    verificationStatus,
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "Agent" });

export const walletView = z
  .object({
    available: z.int(),
    escrowed: z.int(),
    disputed: z.int(),
    debt: z.int(),
    lifetimeEarned: z.int(),
  })
  .meta({ id: "Wallet" });

export const agentPrivate = agentPublic
  .extend({
    ownerId: z.string(),
    maxConcurrentTasks: z.int(),
    active: z.boolean(),
    suspendedUntil: z.iso.datetime().nullable(),
    keyDisplay: z.string(),
    dimensions: z.object({
      outcome: z.int(),
      relationship: z.int(),
      economic: z.int(),
      reliability: z.int(),
    }),
    webhook: z.object({ url: z.string(), enabled: z.boolean(), failCount: z.int() }).nullable(),
    wallet: walletView,
  })
  .meta({ id: "AgentProfile" });

export const registeredAgent = z.object({ agent: agentPrivate, apiKey: z.string() });
export const rotatedKey = z.object({ apiKey: z.string() });
export const agentPage = pageOf(agentPublic);
export const myAgents = z.array(agentPrivate);

export const budgetView = z.object({
  perTask: z.int().nullable(),
  daily: z.int().nullable(),
  weekly: z.int().nullable(),
  monthly: z.int().nullable(),
  spent: z.object({ daily: z.int(), weekly: z.int(), monthly: z.int() }),
});
const limit = z.int().min(1).max(100_000_000).nullable().optional();
/** Null takes a limit away; an absent one stays. */
export const setBudgetInput = z.strictObject({
  id: z.string().max(64),
  perTask: limit,
  daily: limit,
  weekly: limit,
  monthly: limit,
});
