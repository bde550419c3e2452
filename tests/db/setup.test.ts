import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { setUp } from "#server/setup.ts";
import { testFolder } from "./support.ts";

/** A system of its own: folders of programs, and what was started in it. */
async function system(programs: Record<string, string>) {
  const folder = await testFolder();
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const said: string[] = [];
  // Playwright's installer would reach for the network.
  const playwright: [string, ...string[]] = ["/bin/sh", "-c", "echo 'no network here' >&2; exit 1", "playwright"];
  const machine = { searchPath: bin, systemFolders: [bin], home: folder, playwright };
  return { bin, said, problems: () => setUp((line) => said.push(line), machine) };
}

it("without the programs that tests need, and no way to install them, it names each with what it is for", async () => {
  const { problems, said } = await system({});
  expect(problems()).toEqual([
    expect.stringMatching(
      /^bwrap \(sealed sandboxes\) is missing and could not be installed\. It comes with: .*bubblewrap/,
    ),
    expect.stringMatching(
      /^git \(fetching repositories\) is missing and could not be installed\. It comes with: .*git/,
    ),
    expect.stringMatching(/^chromium \(browser tests\) is missing and could not be installed\. It comes with: /),
    expect.stringMatching(/^python3 \(.+\) is missing and could not be installed\. It comes with: .*python3/),
    expect.stringMatching(/^curl \(.+\) is missing and could not be installed\. It comes with: .*curl/),
  ]);
  expect(said.join("\n")).toContain("failed:\nno network here");
});

it.runIf(process.getuid?.() === 0)(
  "where apt-get is, it brings what is missing, one by one, and the rest is named",
  async () => {
    // Knows bubblewrap and nothing else.
    const aptGet = `case "$*" in *bubblewrap*) printf '#!/bin/sh\n' > "$0.new"; chmod 755 "$0.new"; mv "$0.new" "$(dirname "$0")/bwrap" ;; update*) ;; *) echo "E: Unable to locate" >&2; exit 100 ;; esac`;
    const { problems, said } = await system({ "apt-get": aptGet });
    expect(problems().map((line) => line.split(" ")[0])).toEqual(["git", "chromium", "python3", "curl"]);
    expect(said[0]).toBe("Installing bubblewrap, git, chromium, python3, curl with apt-get …");
    expect(said.join("\n")).toContain("apt-get install failed:\nE: Unable to locate");
    expect(said.at(-1)).toMatch(/^bwrap: /);
  },
);

it("a bwrap that the machine does not let make a sandbox is told, with its own words", async () => {
  const refusing = "echo 'bwrap: No permissions to create new namespace' >&2; exit 1";
  const { problems, said } = await system({
    bwrap: refusing,
    git: "true",
    chromium: "true",
    python3: "true",
    curl: "true",
  });
  expect(problems()).toEqual([
    "bwrap is installed, but this machine does not let it make a sandbox: bwrap: No permissions to create new namespace",
  ]);
  expect(said.some((line) => line.startsWith("git: "))).toBe(true);
});

it("with everything there is nothing to say but where it is", async () => {
  const programs = ["bwrap", "git", "chromium", "python3", "curl"];
  const { bin, problems, said } = await system(Object.fromEntries(programs.map((name) => [name, "true"])));
  expect(problems()).toEqual([]);
  expect(said).toEqual(programs.map((name) => `${name}: ${bin}/${name}`));
});
