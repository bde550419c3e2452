import { createHash } from "node:crypto";

/** One step of a proof: the neighbour's hash (hex), and the side it stands on. */
export type ProofStep = { side: "left" | "right"; hash: string };

/** Hash of one leaf. Leaves and nodes are hashed with different first bytes, so that neither passes for the other. */
export function leafHash(text: string): Buffer {
  return sha256(Buffer.from([0]), Buffer.from(text, "utf8"));
}

/** Root over leaves in their order; a level's odd one out moves up unchanged. Of none: the hash of nothing. */
export function merkleRoot(leaves: readonly Buffer[]): Buffer {
  let level: readonly Buffer[] = leaves;
  while (level.length > 1) level = nextLevel(level);
  return level[0] ?? sha256();
}

/** What is needed beside the leaf at `index` to arrive at the root. */
export function merkleProof(leaves: readonly Buffer[], index: number): ProofStep[] {
  const proof: ProofStep[] = [];
  let level: readonly Buffer[] = leaves;
  let at = index;
  while (level.length > 1) {
    const neighbour = level[at ^ 1];
    if (neighbour) proof.push({ side: at % 2 === 0 ? "right" : "left", hash: neighbour.toString("hex") });
    level = nextLevel(level);
    at >>= 1;
  }
  return proof;
}

/** The root that a leaf and its proof lead to. */
export function rootFromProof(leaf: Buffer, proof: readonly ProofStep[]): Buffer {
  return proof.reduce((hash, step) => {
    const neighbour = Buffer.from(step.hash, "hex");
    return step.side === "left" ? nodeHash(neighbour, hash) : nodeHash(hash, neighbour);
  }, leaf);
}

/** Hash of a seal: it covers the seal before it, so that no sealed batch can be changed, left out or put elsewhere. */
export function sealHash(seal: { no: number; transactions: number; root: Buffer; previous: Buffer }): Buffer {
  return sha256(seal.previous, Buffer.from(`seal ${seal.no} of ${seal.transactions} transactions\n`), seal.root);
}

function nextLevel(level: readonly Buffer[]): Buffer[] {
  const next: Buffer[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const [left, right] = [level[i] as Buffer, level[i + 1]];
    next.push(right ? nodeHash(left, right) : left);
  }
  return next;
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return sha256(Buffer.from([1]), left, right);
}

function sha256(...parts: Buffer[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
