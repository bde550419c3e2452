import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import type { SchemaEngine, SchemaFilter } from "@prisma/schema-engine-wasm";
import { migrationAdapter } from "./migration-pg.ts";

/** No table and no enum is left out of a comparison. */
export const EVERYTHING: SchemaFilter = { externalTables: [], externalEnums: [] };

type Bindings = typeof import("@prisma/schema-engine-wasm/schema_engine_bg");

let loaded: Promise<Bindings> | undefined;

/**
 * Prisma's schema engine as WebAssembly, on the database at `url`, for the time of `use`. The binary of the same engine
 * is a download that some networks refuse; this one comes with npm.
 */
export async function withSchemaEngine<T>(url: string, use: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  loaded ??= load();
  const { SchemaEngine } = await loaded;
  const { factory, close } = migrationAdapter(url);
  try {
    const engine = await SchemaEngine.new(
      { datamodels: undefined },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(factory),
    );
    return await use(engine).finally(() => engine.free());
  } finally {
    await close();
  }
}

async function load(): Promise<Bindings> {
  // Without this the engine's panics are lost behind "unreachable".
  (globalThis as Record<string, unknown>).PRISMA_WASM_PANIC_REGISTRY = {
    set_message(message: string) {
      throw new Error(`Prisma's schema engine: ${message}`);
    },
  };
  const bindings = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const entry = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const wasm = await readFile(entry.replace(/\.js$/, ".wasm"));
  const imports = { "./schema_engine_bg.js": bindings as unknown as WebAssembly.ModuleImports };
  const { instance } = await WebAssembly.instantiate(wasm, imports);
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return bindings;
}
