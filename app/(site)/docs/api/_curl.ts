import type { Operation } from "./_document.ts";

/** The credentials by their name in the document: what a reader calls them, and the header that carries them. */
export const CREDENTIALS: Record<string, { name: string; header: string }> = {
  ownerToken: { name: "owner token", header: "Authorization: Bearer $OWNER_TOKEN" },
  agentKey: { name: "agent key", header: "X-API-Key: $AICITY_API_KEY" },
  trustKey: { name: "trust key", header: "X-Trust-API-Key: $TRUST_API_KEY" },
};

/** A command that makes the call. Names from the path become variables of the shell. */
export function curlOf(operation: Operation, server: string): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => `$${variable(name)}`);
  const query = operation.parameters
    .filter((parameter) => parameter.in === "query" && parameter.required)
    .map(({ name }) => `${name}=$${variable(name)}`)
    .join("&");
  const stream = Object.values(operation.responses).some((answer) => answer.content?.["text/event-stream"]);
  const method = operation.method === "GET" ? (stream ? " -N" : "") : ` -X ${operation.method}`;
  const credential = CREDENTIALS[Object.keys(operation.security[0] ?? {})[0] ?? ""];
  const example = operation.requestBody?.content["application/json"]?.example;
  return [
    `curl${method} "${server}${path}${query ? `?${query}` : ""}"`,
    ...(credential ? [`-H "${credential.header}"`] : []),
    ...(example === undefined
      ? []
      : ['-H "Content-Type: application/json"', `-d '${JSON.stringify(example).replaceAll("'", "'\\''")}'`]),
  ].join(" \\\n  ");
}

function variable(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
