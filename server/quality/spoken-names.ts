import { isFound } from "./check-snippets.ts";
import { PROPERTY_ENDINGS } from "./path-vocabulary.ts";
import { squeeze } from "./quoted-code.ts";
import type { ReferencePad } from "./reference-pad.ts";
import type { TreeLibrary } from "./tree-library.ts";

/** Each is looked for in all files that the output names. */
const MAX_NAMES = 50;

/**
 * `job.data` may be a property, and `data/users.json` a file the program makes: what stands so in the files that the
 * output names is spoken of, not invented.
 */
export async function spareSpokenNames(pad: ReferencePad, library: TreeLibrary): Promise<void> {
  let looked = 0;
  for (const [key, { kind, text }] of pad.invented) {
    const ending = /[\p{L}\p{N}_$/-]\.(\p{L}{1,8})$/u.exec(text)?.[1] ?? "";
    if (kind !== "path" || !PROPERTY_ENDINGS.has(ending)) continue;
    if (++looked > MAX_NAMES) return;
    if (await isFound({ lines: [squeeze(text)], from: [] }, pad.files, pad, library)) pad.invented.delete(key);
  }
}
