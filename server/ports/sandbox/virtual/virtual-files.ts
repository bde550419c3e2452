/** The in-memory file system of one virtual sandbox: bounded, kept on disk between commands. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { InMemoryFs } from "just-bash";

type Snapshot = {
  path: string;
  type: "file" | "directory" | "symlink";
  mode: number;
  data?: Uint8Array;
  target?: string;
}[];

/** Counts changes, and refuses new entries beyond the limit. Bytes are bounded by the file system itself. */
export class BoundedFiles extends InMemoryFs {
  changed = false;
  private readonly maxFiles: number;

  constructor(maxBytes: number, maxFiles: number) {
    super({}, { maxTotalBytes: maxBytes });
    this.maxFiles = maxFiles;
  }

  private touch(adds: boolean): void {
    this.changed = true;
    if (adds && this.getAllPaths().length > this.maxFiles) throw new Error("ENOSPC: no space left, too many files");
  }

  override writeFile(...args: Parameters<InMemoryFs["writeFile"]>) {
    this.touch(true);
    return super.writeFile(...args);
  }
  override appendFile(...args: Parameters<InMemoryFs["appendFile"]>) {
    this.touch(true);
    return super.appendFile(...args);
  }
  override mkdir(...args: Parameters<InMemoryFs["mkdir"]>) {
    this.touch(true);
    return super.mkdir(...args);
  }
  override symlink(...args: Parameters<InMemoryFs["symlink"]>) {
    this.touch(true);
    return super.symlink(...args);
  }
  override link(...args: Parameters<InMemoryFs["link"]>) {
    this.touch(true);
    return super.link(...args);
  }
  override cp(...args: Parameters<InMemoryFs["cp"]>) {
    this.touch(true);
    return super.cp(...args);
  }
  override mv(...args: Parameters<InMemoryFs["mv"]>) {
    this.touch(false);
    return super.mv(...args);
  }
  override rm(...args: Parameters<InMemoryFs["rm"]>) {
    this.touch(false);
    return super.rm(...args);
  }
  override chmod(...args: Parameters<InMemoryFs["chmod"]>) {
    this.touch(false);
    return super.chmod(...args);
  }

  /** Writes the whole tree below `top` to a file, under another name first. */
  async save(top: string, file: string): Promise<void> {
    const snapshot: Snapshot = [];
    for (const path of this.getAllPaths().sort()) {
      if (path !== top && !path.startsWith(`${top}/`)) continue;
      const stat = await this.lstat(path);
      const { mode } = stat;
      if (stat.isSymbolicLink) snapshot.push({ path, type: "symlink", mode, target: await this.readlink(path) });
      else if (stat.isDirectory) snapshot.push({ path, type: "directory", mode });
      else snapshot.push({ path, type: "file", mode, data: await this.readFileBuffer(path) });
    }
    writeFileSync(`${file}.new`, serialize(snapshot), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    this.changed = false;
  }

  /** False when nothing was saved. */
  async load(file: string): Promise<boolean> {
    let bytes: Buffer;
    try {
      bytes = readFileSync(file);
    } catch {
      return false;
    }
    for (const entry of deserialize(bytes) as Snapshot) {
      if (entry.type === "directory") await super.mkdir(entry.path, { recursive: true });
      else if (entry.type === "symlink") await super.symlink(entry.target ?? "", entry.path);
      else await super.writeFile(entry.path, entry.data ?? "");
      if (entry.type !== "symlink") await super.chmod(entry.path, entry.mode);
    }
    this.changed = false;
    return true;
  }
}
