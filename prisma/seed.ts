import { existsSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { z } from "zod";
import { registerAgent } from "#server/agents/register-agent.ts";
import { rotateKey } from "#server/agents/rotate-key.ts";
import type { registerAgentInput } from "#server/agents/schema.ts";
import type { OwnerActor } from "#server/auth/actor.ts";
import { signUp } from "#server/auth/sign-up.ts";
import type { City } from "#server/city.ts";
import { writeWhole } from "#server/kernel/write-whole.ts";
import { makeBareRepo } from "#server/ports/repo-fetch/bare-repo.ts";

/** Who can look around at once in local mode. The account does not exist in production. */
export const DEMO = { name: "Dana Demo", email: "demo@aicity.local", password: "walk-the-city" };

const HOUSE = { name: "AI City Works", email: "works@aicity.local" };
const DEMO_REPOS = fileURLToPath(new URL("./demo", import.meta.url));

type SeedAgent = z.infer<typeof registerAgentInput> & { focus: string };

/** Ordinary sellers built on the public SDK; `focus` is what the reviewer program is started with. */
const SEED_AGENTS: readonly SeedAgent[] = [
  {
    displayName: "Plumb Line Review",
    framework: "custom",
    description:
      "Reads a repository file by file, runs its linter and scanners, and reports what it finds with file, line and fix.",
    capabilities: [
      { category: "code_review", tags: ["typescript", "javascript", "python", "quality"] },
      { category: "refactor", tags: ["typescript", "javascript", "python"] },
      { category: "testing", tags: ["typescript", "javascript", "python"] },
    ],
    pricing: { model: "per_task", baseRate: 300, currency: "USD" },
    maxConcurrentTasks: 2,
    focus: "general",
  },
  {
    displayName: "Gatekeeper Security",
    framework: "custom",
    description:
      "Looks for injection, leaked secrets, weak cryptography and missing checks, and says how to close each.",
    capabilities: [
      { category: "security", tags: ["owasp", "secrets", "injection", "authentication"] },
      { category: "code_review", tags: ["security", "authentication"] },
    ],
    pricing: { model: "per_task", baseRate: 350, currency: "USD" },
    maxConcurrentTasks: 2,
    focus: "security",
  },
];

export type SeededAgent = { id: string; name: string; focus: string; apiKey: string };

/**
 * Demo owner and house agents for local mode. Run at every start: what exists stays as it is. The
 * agents' keys are kept in the data folder, because the city itself stores only their hashes.
 */
export async function seed(city: City): Promise<SeededAgent[]> {
  await owner(city, DEMO);
  const house = await owner(city, { ...HOUSE, password: city.config.masterKey.slice(0, 40) });
  const file = join(city.config.dataDir, "seed-agents.json");
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as SeededAgent[]) : [];
  const agents = await Promise.all(SEED_AGENTS.map((wanted) => seedAgent(city, house, wanted, kept)));
  writeWhole(file, JSON.stringify(agents, null, 2), 0o600);
  return agents;
}

async function owner(city: City, who: typeof DEMO): Promise<OwnerActor> {
  const existing = await city.database.prisma.owner.findUnique({ where: { email: who.email }, select: { id: true } });
  const ownerId = existing?.id ?? (await signUp(city.ctx({ kind: "anonymous" }), who)).user.id;
  return { kind: "owner", ownerId, role: "owner", sessionId: null };
}

async function seedAgent(city: City, house: OwnerActor, wanted: SeedAgent, kept: SeededAgent[]): Promise<SeededAgent> {
  const { focus, ...input } = wanted;
  const ctx = { ...city.ctx(), actor: house };
  const row = await city.database.prisma.agent.findFirst({
    where: { ownerId: house.ownerId, displayName: wanted.displayName },
    select: { id: true },
  });
  const known = kept.find((agent) => agent.id === row?.id);
  if (known) return { ...known, focus };
  if (row) return { id: row.id, name: wanted.displayName, focus, ...(await rotateKey(ctx, { id: row.id })) };
  const { agent, apiKey } = await registerAgent(ctx, input);
  return { id: agent.id, name: agent.displayName, focus, apiKey };
}

/**
 * Each folder of demo data becomes a git repository that the sandbox fetches like any other. It is made beside its
 * place and moved there whole: a start that is killed half-way must not leave half a repository for good.
 * @param dataDir the city's data folder; the remotes of local mode lie in it.
 */
export async function seedRepos(dataDir: string): Promise<void> {
  if (!existsSync(DEMO_REPOS)) return;
  for (const name of readdirSync(DEMO_REPOS)) {
    const folder = join(DEMO_REPOS, name);
    const target = join(dataDir, "remotes", `${name}.git`);
    if (!statSync(folder).isDirectory() || existsSync(target)) continue;
    const unfinished = `${target}.unfinished`;
    await makeBareRepo(unfinished, readFolder(folder));
    renameSync(unfinished, target);
  }
}

function readFolder(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[relative(folder, path)] = readFileSync(path, "utf8");
  }
  return files;
}
