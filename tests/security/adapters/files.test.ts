/** Reading, listing and writing files, and which paths are refused. */
import { expect, it } from "vitest";
import { newId } from "#server/kernel/ids.ts";
import { eachAdapter } from "./each-adapter.ts";

eachAdapter((at) => {
  it("reads, lists and writes files, text and binary, and says when it cut one", async () => {
    const files = [
      { path: "a.txt", content: "a" },
      { path: "big.txt", content: "é".repeat(700_000) },
    ];
    const sandbox = await at.city.create({ id: newId(), source: { kind: "files", files } });
    expect(await sandbox.writeFile("new/folder/b.bin", Buffer.from([0, 255, 1]).toString("base64"), "base64")).toEqual({
      sizeBytes: 3,
    });
    expect(await sandbox.readFile("new/folder/b.bin")).toMatchObject({
      content: "AP8B",
      encoding: "base64",
      sizeBytes: 3,
      truncated: false,
    });
    expect(await sandbox.readFile("/home/user/repo/a.txt")).toMatchObject({
      content: "a",
      encoding: "utf8",
      path: "/home/user/repo/a.txt",
    });
    const big = await sandbox.readFile("big.txt");
    expect(big).toMatchObject({ truncated: true, encoding: "utf8", sizeBytes: 1_400_000 });
    const names = (await sandbox.listFiles("")).filter((entry) => entry.name !== ".git");
    expect(names).toEqual([
      { name: "a.txt", type: "file", sizeBytes: 1 },
      { name: "big.txt", type: "file", sizeBytes: 1_400_000 },
      { name: "new", type: "directory", sizeBytes: 0 },
    ]);
  });

  it("refuses paths that are missing, outside or no files, each with its code", async () => {
    const sandbox = await at.city.create({
      id: newId(),
      source: { kind: "files", files: [{ path: "d/a", content: "a" }] },
    });
    await sandbox.exec("ln -s /etc/passwd link; ln -s nowhere dangling; ln -s / top");
    await expect(sandbox.readFile("none")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    await expect(sandbox.listFiles("none")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    for (const path of [
      "../x",
      "/etc/passwd",
      "/home/user/repo/../../x",
      "a\0b",
      "a\nb",
      "d",
      "top/etc/passwd",
      "x".repeat(2000),
    ]) {
      await expect(sandbox.readFile(path), path).rejects.toMatchObject({
        code: expect.stringMatching(/VALIDATION_ERROR|FILE_NOT_FOUND/),
      });
    }
    for (const path of ["../x", "/etc/x", "", "d", "d/a/b", "top/tmp/x", ".."]) {
      await expect(sandbox.writeFile(path, "x"), path).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
    }
    await expect(sandbox.listFiles("d/a")).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
    await expect(sandbox.exec(" ")).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
    await expect(sandbox.exec("a\0b")).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
  });
});
