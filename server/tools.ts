import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

export type ToolName = "bwrap" | "git" | "chromium" | "rg" | "python3" | "curl";
export type Tools = Record<ToolName, string | null>;

/** Names a program goes by, and the Debian package that brings it. */
const KNOWN: Record<ToolName, { programs: string[]; package: string }> = {
  bwrap: { programs: ["bwrap"], package: "bubblewrap" },
  git: { programs: ["git"], package: "git" },
  chromium: { programs: ["chromium", "chromium-browser", "google-chrome"], package: "chromium" },
  rg: { programs: ["rg"], package: "ripgrep" },
  python3: { programs: ["python3"], package: "python3" },
  curl: { programs: ["curl"], package: "curl" },
};

/** Before the PATH: a program below somebody's home cannot be reached by the sandbox's unprivileged user. */
const SYSTEM_FOLDERS = ["/usr/bin", "/bin", "/usr/local/bin"];

/** Where to look; this machine when absent. Tests bring a machine of their own. */
export type Where = { searchPath?: string; systemFolders?: string[]; home?: string };

/** Where the programs of the operating system are that we can use but do not need; `null` for what is not there. */
export function findTools(where: Where = {}): Tools {
  const { searchPath = process.env.PATH ?? "", systemFolders = SYSTEM_FOLDERS, home = homedir() } = where;
  const folders = [...systemFolders, ...searchPath.split(delimiter).filter((folder) => folder !== "")];
  const find = (tool: ToolName) => firstExecutable(folders, KNOWN[tool].programs);
  return {
    bwrap: find("bwrap"),
    git: find("git"),
    chromium: find("chromium") ?? playwrightsChromium(home),
    rg: find("rg"),
    python3: find("python3"),
    curl: find("curl"),
  };
}

/** The command that brings these tools, to be shown to a person. */
export function commandFor(tools: ToolName[], systemFolders: string[] = SYSTEM_FOLDERS): string {
  const apt = findAptGet(systemFolders) !== null;
  const packages = packagesOf(tools).join(" ");
  if (apt) return `${process.getuid?.() === 0 ? "" : "sudo "}apt-get install -y --no-install-recommends ${packages}`;
  if (tools.join() === "chromium") return "npx playwright install chromium";
  return `install ${packages} with the package manager of this system`;
}

export function findAptGet(systemFolders: string[] = SYSTEM_FOLDERS): string | null {
  return firstExecutable(systemFolders, ["apt-get"]);
}

/** Debian's names for these tools. */
export function packagesOf(tools: ToolName[]): string[] {
  return tools.map((tool) => KNOWN[tool].package);
}

function firstExecutable(folders: string[], programs: string[]): string | null {
  for (const folder of folders) {
    for (const program of programs) {
      if (isExecutable(join(folder, program))) return join(folder, program);
    }
  }
  return null;
}

/** The newest browser that Playwright's own installer has put below the home folder. */
function playwrightsChromium(home: string): string | null {
  const cache = join(home, process.platform === "darwin" ? "Library/Caches" : ".cache", "ms-playwright");
  const programs = ["chrome-linux64/chrome", "chrome-linux/chrome", "chrome-mac/Chromium.app/Contents/MacOS/Chromium"];
  const versions = foldersOf(cache)
    .filter((name) => /^chromium-\d+$/.test(name))
    .sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)));
  return firstExecutable(
    versions.map((version) => join(cache, version)),
    programs,
  );
}

function foldersOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
