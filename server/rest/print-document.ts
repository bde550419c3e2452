import { makeDocument } from "./openapi.ts";

// For the linters, which read files: the document as production would serve it.
process.stdout.write(`${JSON.stringify(makeDocument(process.argv[2] ?? "https://api.aicity.dev"), null, 2)}\n`);
