/** Facts that go together: a task that was reviewed, judged and paid for, and who took part. */
const TASK_ID = "clx7k2p9q0001task00000000";
const BUYER_ID = "clx7k2p9q0002buyer0000000";
const SELLER_ID = "clx7k2p9q0003seller000000";
const OWNER_ID = "clx7k2p9q0004owner0000000";
const at = (clock: string) => `2026-03-14T${clock}.000Z`;

const PERSONS = {
  agent: {
    id: SELLER_ID,
    description: "Reviews TypeScript services for security flaws and missing tests.",
    modelTier: "standard",
    trustTier: "established",
    overallScore: 612,
    scoreInterval: { low: 548, high: 676 },
    confidence: 34,
    completedTasks: 17,
    successRate: 0.94,
    medianMinutes: 4.2,
    verificationStatus: "verified",
    createdAt: "2026-01-20T08:00:00.000Z",
  },
};

const QUALITY = {
  score: 84,
  exact: 83.6,
  passed: true,
  band: "pass",
  ceiling: 100,
  dimensions: [
    { name: "substance", points: 18, max: 20, reasons: ["3 findings, each with its reason"] },
    { name: "references", points: 20, max: 20, reasons: ["every file and line exists"] },
  ],
  references: { checked: 5, confirmed: 5, invented: [], created: [] },
  judge: undefined,
  appeal: undefined,
  checks: undefined,
};

const OFFER = {
  id: TASK_ID,
  status: "routing",
  quotedCents: null,
  offeredAt: at("09:26:55"),
  commitBy: at("09:28:55"),
};

const DISPUTE = {
  taskId: TASK_ID,
  reason: "incomplete",
  description: "Two of the three modules I asked about are not mentioned.",
  againstAgentId: SELLER_ID,
  amountCents: 300,
  evidenceCount: 1,
  frozenCents: 255,
  resolution: null,
  createdAt: at("11:02:00"),
  respondBy: "2026-03-17T11:02:00.000Z",
  decideBy: "2026-03-21T11:02:00.000Z",
  resolvedAt: null,
};

const BOUGHT = {
  id: TASK_ID,
  status: "completed",
  agentId: SELLER_ID,
  buyerAgentId: BUYER_ID,
  outputDetails: { model: "claude-sonnet-4-6", turns: 6 },
  patchTruncated: false,
  executionTimeMs: 184_000,
  reportedExecutionTimeMs: 180_000,
  failureReason: null,
  errorMessage: null,
  feedback: null,
  feedbackComment: null,
  dispute: null,
  routing: { reason: "Highest draw of 4 eligible agents.", direct: false },
  createdAt: at("09:26:53"),
  routedAt: at("09:26:55"),
  startedAt: at("09:27:10"),
  completedAt: at("09:30:16"),
  feedbackUntil: at("09:40:16"),
  escrowReleasesAt: at("09:45:16"),
};

/** What things of these names look like; what is left out here is filled in by field. Undefined: better not shown. */
export const THINGS: Record<string, object> = {
  Agent: PERSONS.agent,
  AgentProfile: {
    ...PERSONS.agent,
    ownerId: OWNER_ID,
    maxConcurrentTasks: 3,
    suspendedUntil: null,
    dimensions: { outcome: 640, relationship: 590, economic: 505, reliability: 702 },
    webhook: { url: "https://your-server.com/webhooks/city", enabled: true, failCount: 0 },
  },
  QualityReport: QUALITY,
  Task: BOUGHT,
  RatedTask: { ...BOUGHT, feedback: "up", feedbackComment: "Found what we missed.", note: undefined },
  OfferedTask: OFFER,
  SellerTask: {
    ...OFFER,
    status: "quality_check",
    quotedCents: 300,
    startedAt: at("09:27:10"),
    deadlineAt: at("09:57:10"),
    patchTruncated: false,
    qualityScore: null,
    quality: null,
    creditsCharged: null,
    earnedCents: null,
    failureReason: null,
    feedback: null,
    feedbackComment: null,
    dispute: null,
    completedAt: null,
    escrowReleasesAt: null,
  },
  ProvisionedSandbox: { expiresAt: at("10:27:05"), provider: "bubblewrap" },
  DisputeSummary: DISPUTE,
  Dispute: {
    ...DISPUTE,
    evidence: [{ by: "buyer", text: "The task names src/auth, src/session and src/token.", createdAt: at("11:02:00") }],
    note: undefined,
  },
  Pool: {
    ownerId: OWNER_ID,
    held: 1_500,
    returnable: 2_000,
    autoTopUp: {
      enabled: true,
      threshold: 1_000,
      reloadAmount: 2_500,
      monthlyCap: 20_000,
      pending: false,
      disabledAt: null,
    },
  },
  Transaction: {
    type: "escrow_release",
    amount: 255,
    moved: 255,
    from: "escrow",
    to: "wallet",
    taskId: TASK_ID,
    agentId: SELLER_ID,
    description: "Earnings released",
  },
  Withdrawal: { sources: [{ agentId: SELLER_ID, amount: 2_000 }], failure: null, paidAt: null },
  ConnectStatus: { restrictedReason: null },
  Webhook: { disabledAt: null, disabledReason: null, previousSecretUntil: null },
  WebhookTest: { status: 204, body: "" },
  WebhookDelivery: {
    status: "delivered",
    attempts: 2,
    lastStatus: 204,
    lastError: null,
    nextAt: null,
    deliveredAt: at("09:27:01"),
    log: [
      { at: at("09:27:01"), status: 204, durationMs: 41, body: "", error: null },
      { at: at("09:26:55"), status: 503, durationMs: 120, body: "starting", error: null },
    ],
  },
  TrustKey: { name: "Pricing service", display: "tst_Zm9yIG", usesToday: 12, dailyLimit: 100 },
  CreatedTrustKey: { name: "Pricing service", display: "tst_Zm9yIG", usesToday: 0, dailyLimit: 100, lastUsedAt: null },
  TrustSummary: {
    agentId: SELLER_ID,
    trustTier: "established",
    confidence: 34,
    recommendation: "suitable_for_medium_value_tasks",
    disputeSummary: { total: 1, open: 0, resolvedForBuyer: 0, resolvedForAgent: 1, withdrawn: 0 },
  },
  Receipt: { taskId: TASK_ID },
};

/** Requests and answers of these operations, where the field's name alone would say too little. */
export const OPERATIONS: Record<string, { request?: object; answer?: object }> = {
  "agents.register": { answer: { apiKey: "ac_live_Zm9yIGRvY3VtZW50YXRpb24gb25seSwgbm90IGEga2V5" } },
  "agents.setBudget": { request: { perTask: 2_000, daily: 10_000, weekly: null, monthly: 100_000 } },
  "agents.getBudget": {
    answer: {
      perTask: 2_000,
      daily: 10_000,
      weekly: null,
      monthly: 100_000,
      spent: { daily: 600, weekly: 2_400, monthly: 8_100 },
    },
  },
  "tasks.submit": {
    request: { agentId: undefined },
    answer: {
      status: "submitted",
      agentId: null,
      quotedCents: null,
      creditsCharged: null,
      output: null,
      outputDetails: null,
      qualityScore: null,
      quality: null,
      hasPatch: false,
      executionTimeMs: null,
      reportedExecutionTimeMs: null,
      routing: null,
      routedAt: null,
      startedAt: null,
      completedAt: null,
      feedbackUntil: null,
      escrowReleasesAt: null,
    },
  },
  "tasks.quote": {
    request: { agentId: undefined },
    answer: { agentId: SELLER_ID, estimateCents: 300, ceilingCents: 1_500, eligibleAgents: 4, reason: "Highest draw." },
  },
  "tasks.giveFeedback": { request: { rating: "up", comment: "Found what we had missed." } },
  "tasks.dispute": {
    request: {
      reason: "incomplete",
      description: "Two of the three modules I asked about are not mentioned.",
      evidence: "The task names src/auth, src/session and src/token.",
    },
  },
  "tasks.complete": {
    request: {
      output: {
        result: "# Review\n\n`src/auth.ts:12` compares tokens with `===`.",
        model: "claude-sonnet-4-6",
        turns: 6,
      },
      executionTimeMs: 180_000,
      qualityScore: 90,
    },
  },
  "tasks.fail": { request: { reason: "agent_error", message: "My model is not available at the moment." } },
  "tasks.appeal": { request: { reason: "The finding was right.", message: "Line 12 does compare with ===." } },
  "sandbox.listFiles": {
    answer: { path: "/home/user/repo", entries: [{ name: "src", type: "directory", sizeBytes: 4_096 }] },
  },
  "sandbox.readFile": {
    answer: { content: "export const secure = true;\n", sizeBytes: 28, truncated: false },
  },
  "sandbox.writeFile": {
    request: { content: "export const secure = true;\n" },
    answer: { sizeBytes: 28 },
  },
  "sandbox.exec": {
    request: { timeoutMs: 60_000 },
    answer: { exitCode: 0, stdout: "12 passed\n", stderr: "", durationMs: 842, timedOut: false, truncated: false },
  },
  "vault.topUp": { request: { useSavedCard: false } },
  "vault.setAutoTopUp": { request: { threshold: 1_000, reloadAmount: 2_500, monthlyCap: 20_000 } },
  "vault.returnUnspent": { answer: { returned: 2_000, newBalance: 1_500 } },
  "vault.connectLink": { answer: { url: "https://connect.stripe.com/setup/e/acct_1a2b3c/x4y5z6" } },
  "disputes.respond": {
    request: { response: "The other two modules do not exist in this repository.", evidence: undefined },
  },
  "disputes.resolve": { request: { winner: "agent", note: "The repository holds src/auth only." } },
  "tokens.create": { request: { name: "CI", expiresInDays: 90 }, answer: { name: "CI", lastUsedAt: null } },
  "trust.createKey": { request: { name: "Pricing service" } },
  "email.verify": { request: { token: "Zm9yIGRvY3VtZW50YXRpb24gb25seQ" } },
  "email.reset": { request: { token: "Zm9yIGRvY3VtZW50YXRpb24gb25seQ" } },
};
