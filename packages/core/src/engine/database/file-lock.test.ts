import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { lockFile } from "./file-lock.ts";

async function place(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "orquesta-lock-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return join(directory, "lock");
}

const HOLDER = `
  import { lockFile } from ${JSON.stringify(new URL("./file-lock.ts", import.meta.url).href)};
  if (await lockFile(process.argv[1])) process.stdout.write("held");
  setInterval(() => {}, 1000);
`;

it("is held by one in this process, until that one frees it", async () => {
  const path = await place();
  const unlock = await lockFile(path);
  expect(await lockFile(path)).toBeNull();
  unlock?.();
  const again = await lockFile(path);
  expect(again).not.toBeNull();
  again?.();
});

it("is held against another process, and free when that one is killed", async () => {
  const path = await place();
  const holder = spawn(process.execPath, ["--input-type=module", "--eval", HOLDER, path]);
  onTestFinished(() => void holder.kill("SIGKILL"));
  await once(holder.stdout, "data");
  expect(await lockFile(path)).toBeNull();
  const exited = once(holder, "exit");
  holder.kill("SIGKILL");
  await exited;
  const unlock = await lockFile(path);
  expect(unlock).not.toBeNull();
  unlock?.();
});

it("a folder that is not there is no lock that somebody holds", async () => {
  await expect(lockFile(join(await place(), "nowhere", "lock"))).rejects.toThrow();
});
