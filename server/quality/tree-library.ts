import { foldCharacters } from "./normalise-text.ts";
import { squeeze } from "./quoted-code.ts";
import { SearchedText } from "./searched-text.ts";
import type { PristineTree } from "./verdict.ts";

/** For all quotations of an output together: each file read costs a program's start, and stays in memory till the end. */
const MAX_FILES = 1_000;
const MAX_BYTES = 20_000_000;

/** Files of a tree, each read once and squeezed, for quotations to be looked for in. */
export class TreeLibrary {
  private readonly tree: PristineTree;
  private readonly texts = new Map<string, SearchedText | null>();
  private bytes = 0;

  constructor(tree: PristineTree) {
    this.tree = tree;
  }

  /** Null: it cannot be read, or enough was read. At once where the file is known: it may be asked for a million times. */
  open(path: string): SearchedText | null | Promise<SearchedText | null> {
    const known = this.texts.get(path);
    return known === undefined ? this.read(path) : known;
  }

  private async read(path: string): Promise<SearchedText | null> {
    this.bytes += this.tree.paths.get(path)?.bytes ?? 0;
    const enough = this.texts.size >= MAX_FILES || this.bytes > MAX_BYTES;
    const text = enough ? null : await this.tree.readText(path);
    const searched = text === null ? null : new SearchedText(squeeze(foldCharacters(text)));
    this.texts.set(path, searched);
    return searched;
  }
}
