import { createHash } from "node:crypto";

/** Each connection keeps its plans: at most this many statements get one. Others are mostly lists of varying length. */
const MOST = 400;

/**
 * Names statements by their text, so that each connection parses and plans a text once and not at every call: planning
 * the router's query costs more than running it.
 */
export function statementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    // The empty name is PostgreSQL's for a statement that is not kept.
    if (names.size >= MOST) return "";
    const name = createHash("sha256").update(sql).digest("base64url").slice(0, 32);
    names.set(sql, name);
    return name;
  };
}
