/** Imports point one way: transports → slices → kernel, ports' types, database. The README draws it. */
const SLICES =
  "(?:owners|agents|tasks|routing|sandbox|quality|reputation|payments|disputes|webhooks|trust|mail|notifications|auth|operators)";
const COMPOSITION = "^server/(?:main|start-.*|log|config|page-build|seed-agents|setup|tools)\\.ts$";

export default {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      comment: "A cycle between files means that neither can be understood or changed alone.",
      from: { pathNot: "node_modules" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "slices-know-no-transport",
      severity: "error",
      comment: "A use case takes plain values; HTTP, tRPC, Next, Stripe and Inngest stay outside.",
      from: {
        path: `^server/(?:${SLICES}|ledger|kernel)/`,
        pathNot: "^server/(?:auth/next-auth-options|ledger/check|operators/grant)\\.ts$",
      },
      to: {
        path: "(?:^|/)node_modules/(?:next|next-auth|@trpc|stripe|inngest|hono)/|^(?:app/|server/(?:http|rest|trpc|engine|config\\.ts)|inngest/)",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "slices-reach-ports-by-interface",
      severity: "error",
      comment:
        "Adapters are chosen in config.ts and start-ports.ts; a slice knows the interface (and the error it may throw).",
      from: { path: `^server/(?:${SLICES}|ledger)/` },
      to: { path: "^server/ports/[^/]+/", pathNot: "^server/ports/payments/payment-error\\.ts$" },
    },
    {
      name: "ledger-knows-no-slice",
      severity: "error",
      from: { path: "^server/ledger/", pathNot: "^server/ledger/check\\.ts$" },
      to: { path: `^server/${SLICES}/` },
    },
    {
      name: "kernel-knows-nothing",
      severity: "error",
      from: { path: "^server/kernel/" },
      to: { path: "^(?:server/(?!kernel/)|app/|inngest/|prisma/)" },
    },
    {
      name: "config-is-read-once",
      severity: "error",
      comment: "config.ts is the only reader of the environment; it is handed on by start-city.ts.",
      from: { pathNot: `${COMPOSITION}|^server/(?:ledger/check|operators/grant)\\.ts$|^(?:tests|bench)/` },
      to: { path: "^server/config\\.ts$", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "pages-take-no-server-code",
      severity: "error",
      comment: "Next's bundle shares nothing with the server but the process: pages reach it through city.ts.",
      from: { path: "^app/" },
      to: {
        path: "^(?:server/|prisma/|inngest/)",
        pathNot: "^server/(?:city\\.ts|kernel/(?:durations|money|shared)\\.ts|[^/]+/schema\\.ts)$",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "sdk-stands-alone",
      severity: "error",
      from: { path: "^sdk/src/" },
      to: { pathNot: "^sdk/src/" },
    },
    {
      name: "examples-use-the-sdk-only",
      severity: "error",
      comment: "Seed agents are ordinary sellers.",
      from: { path: "^sdk/examples/" },
      to: {
        pathNot:
          "^sdk/(?:examples|dist|src)/|^node:|^(?:fs|path|os|url|util|http|crypto|timers|events|child_process|stream)(?:/|$)",
      },
    },
    {
      name: "no-unresolved",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^(?:inngest|server/generated)" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(?:prisma/generated|prisma/demo|sdk/dist|\\.next)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: "specify",
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
