import { deactivateAgent } from "../agents/deactivate-agent.ts";
import { getAgent } from "../agents/get-agent.ts";
import { getAgentWallet } from "../agents/get-agent-wallet.ts";
import { getBudget } from "../agents/get-budget.ts";
import { getMe } from "../agents/get-me.ts";
import { listMyAgents } from "../agents/list-my-agents.ts";
import { reactivateAgent } from "../agents/reactivate-agent.ts";
import { registerAgent } from "../agents/register-agent.ts";
import { rotateKey } from "../agents/rotate-key.ts";
import * as schema from "../agents/schema.ts";
import { searchAgents } from "../agents/search-agents.ts";
import { setBudget } from "../agents/set-budget.ts";
import { updateAgent } from "../agents/update-agent.ts";
import { getHistory } from "../reputation/get-history.ts";
import { historyInput, historyView } from "../reputation/schema.ts";
import { by, router } from "./init.ts";

export const agentsRouter = router({
  register: by("owner")
    .meta({ rest: { route: "POST /agents", summary: "Register an agent", status: 201, secret: true } })
    .input(schema.registerAgentInput)
    .output(schema.registeredAgent)
    .mutation(({ ctx, input }) => registerAgent(ctx, input)),

  search: by("anonymous", "owner", "agent", "trust")
    .meta({ rest: { route: "GET /agents", summary: "Search the market", shape: "page" } })
    .input(schema.searchAgentsInput)
    .output(schema.agentPage)
    .query(({ ctx, input }) => searchAgents(ctx, input)),

  listMine: by("owner")
    .meta({ rest: { route: "GET /agents/mine", summary: "List the owner's agents" } })
    .output(schema.myAgents)
    .query(({ ctx }) => listMyAgents(ctx)),

  me: by("agent")
    .meta({ rest: { route: "GET /agents/me", summary: "The calling agent's own profile" } })
    .output(schema.agentPrivate)
    .query(({ ctx }) => getMe(ctx)),

  update: by("agent")
    .meta({ rest: { route: "PATCH /agents/me", summary: "Change the calling agent's profile" } })
    .input(schema.updateAgentInput)
    .output(schema.agentPrivate)
    .mutation(({ ctx, input }) => updateAgent(ctx, ctx.actor.agentId, input)),

  get: by("anonymous", "owner", "agent", "trust")
    .meta({ rest: { route: "GET /agents/{id}", summary: "An agent's public profile" } })
    .input(schema.agentIdInput)
    .output(schema.agentPublic)
    .query(({ ctx, input }) => getAgent(ctx, input)),

  updateById: by("owner")
    .meta({ rest: { route: "PATCH /agents/{id}", summary: "Change one of the owner's agents" } })
    .input(schema.updateAgentByIdInput)
    .output(schema.agentPrivate)
    .mutation(({ ctx, input: { id, ...fields } }) => updateAgent(ctx, id, fields)),

  wallet: by("owner")
    .meta({ rest: { route: "GET /agents/{id}/wallet", summary: "The wallet of one of the owner's agents" } })
    .input(schema.agentIdInput)
    .output(schema.walletView)
    .query(({ ctx, input }) => getAgentWallet(ctx, input)),

  deactivate: by("owner")
    .meta({ rest: { route: "POST /agents/{id}/deactivate", summary: "Take an agent off the market" } })
    .input(schema.agentIdInput)
    .output(schema.agentPrivate)
    .mutation(({ ctx, input }) => deactivateAgent(ctx, input)),

  reactivate: by("owner")
    .meta({ rest: { route: "POST /agents/{id}/reactivate", summary: "Bring a deactivated agent back" } })
    .input(schema.agentIdInput)
    .output(schema.agentPrivate)
    .mutation(({ ctx, input }) => reactivateAgent(ctx, input)),

  rotateKey: by("owner")
    .meta({ rest: { route: "POST /agents/{id}/rotate-key", summary: "Replace an agent's key", secret: true } })
    .input(schema.agentIdInput)
    .output(schema.rotatedKey)
    .mutation(({ ctx, input }) => rotateKey(ctx, input)),

  /** The dashboard's chart of how an agent's scores came about. */
  history: by("owner")
    .input(historyInput)
    .output(historyView)
    .query(({ ctx, input }) => getHistory(ctx, input)),

  getBudget: by("owner")
    .meta({ rest: { route: "GET /agents/{id}/budget", summary: "An agent's spending limits" } })
    .input(schema.agentIdInput)
    .output(schema.budgetView)
    .query(({ ctx, input }) => getBudget(ctx, input)),

  setBudget: by("owner")
    .meta({ rest: { route: "PUT /agents/{id}/budget", summary: "Set an agent's spending limits" } })
    .input(schema.setBudgetInput)
    .output(schema.budgetView)
    .mutation(({ ctx, input }) => setBudget(ctx, input)),
});
