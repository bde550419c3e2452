import { defineConfig } from "prisma/config";

// For Prisma's own command line only; the server reads its settings in server/config.ts.
// `generate` and `validate` need no database, so a missing DATABASE_URL must not stop them.
export default defineConfig({
  schema: "prisma/schema",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env.DATABASE_URL ?? "" },
});
