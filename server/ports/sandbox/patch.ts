/** Rules for the patch that every adapter hands out. */
export const MAX_PATCH_BYTES = 1024 * 1024;

/**
 * Cuts a patch that is too long before the last file that still fits, so that `git apply` takes what is left.
 * @param complete false when the bytes handed in were already cut somewhere.
 */
export function cutPatch(bytes: Buffer, complete: boolean): { patch: Buffer; truncated: boolean } {
  if (complete && bytes.length <= MAX_PATCH_BYTES) return { patch: bytes, truncated: false };
  const head = bytes.subarray(0, MAX_PATCH_BYTES + 1);
  // Lines of content start with a space, a sign or a length letter, so this can only be a file's first line.
  const border = head.lastIndexOf("\ndiff --git ");
  return { patch: border === -1 ? Buffer.alloc(0) : head.subarray(0, border + 1), truncated: true };
}
