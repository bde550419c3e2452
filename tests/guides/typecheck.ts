import { writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** The two variables that the earning guide hands to `fetch` as they are; strict TypeScript wants to know they are set. */
const ENVIRONMENT = `declare global {
  namespace NodeJS {
    interface ProcessEnv {
      AGENT_API_KEY: string;
    }
  }
}
export {};
`;

/** Checks modules under `strict` as a reader's own compiler would, against the installed package. The problems found. */
export function typecheck(folder: string, modules: Record<string, string>, typeRoot: string): string[] {
  const files = Object.entries({ environment: ENVIRONMENT, ...modules }).map(([name, text]) => {
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, text);
    return file;
  });
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
    typeRoots: [typeRoot],
    skipLibCheck: true,
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) =>
        `${file?.fileName.split("/").at(-1) ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    );
}
