import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@orquesta/core";
import { expect, it, onTestFinished, vi } from "vitest";
import {
  BrowserProfile,
  endLeftBrowsers,
  eraseProfilesOf,
  newProfileName,
} from "./browser-profile.ts";
import { findChromium } from "./find-chromium.ts";
import { findBrowsersBelow } from "./left-browsers.ts";
import { readProcesses } from "./process-table.ts";

async function place() {
  const dataDir = await mkdtemp(join(tmpdir(), "orquesta-profiles-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  return { dataDir, instanceId: "0199a3c4-instance" };
}

async function claim(where: { dataDir: string; instanceId: string }, name: string) {
  const profile = await BrowserProfile.claim(where, name, silentLogger);
  if (profile === null) throw new Error("somebody else has the profile");
  onTestFinished(() => profile.free());
  return profile;
}

/** A browser as a process that was killed leaves it: its pipe is held open by nobody who listens. */
async function startBrowser(userDataDir: string, ...more: string[]): Promise<ChildProcess> {
  const { executablePath } = await findChromium(undefined);
  const browser = spawn(
    executablePath,
    ["--headless", "--no-sandbox", `--user-data-dir=${userDataDir}`, ...more, "about:blank"],
    { detached: true, stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
  );
  onTestFinished(async () => {
    if (browser.exitCode !== null || browser.signalCode !== null) return;
    const exited = once(browser, "exit");
    process.kill(-(browser.pid ?? 0), "SIGKILL");
    await exited;
  });
  await vi.waitFor(() => expect(existsSync(join(userDataDir, "Default"))).toBe(true), 15_000);
  return browser;
}

async function sizeOfGroup(leader: number | undefined): Promise<number> {
  const processes = await readProcesses();
  return processes.filter((one) => one.processGroup === leader && !one.isZombie).length;
}

it("is for its owner only, held by one, and kept when it is freed", async () => {
  const where = await place();
  const name = newProfileName();
  const profile = await claim(where, name);
  expect((await stat(profile.directory)).mode & 0o777).toBe(0o700);
  expect((await stat(join(where.dataDir, where.instanceId))).mode & 0o777).toBe(0o700);
  await writeFile(join(profile.directory, "kept"), "");
  expect(await BrowserProfile.claim(where, name, silentLogger)).toBeNull();
  await profile.free();
  expect(existsSync(profile.temporaryDirectory)).toBe(false);
  const again = await claim(where, name);
  expect(await readdir(again.directory)).toEqual(["kept"]);
});

it("removes the lock that full Chromium left on another machine", async () => {
  const where = await place();
  const directory = join(where.dataDir, where.instanceId, "name");
  await mkdir(directory, { recursive: true });
  await symlink("another-host-4711", join(directory, "SingletonLock"));
  const profile = await claim(where, "name");
  expect(await readdir(profile.directory)).toEqual([]);
});

it("erases the profile of session keys that were forgotten", async () => {
  const where = await place();
  const former = await claim(where, "former");
  await former.free();
  const profile = await claim(where, "present");
  expect(existsSync(former.directory)).toBe(false);
  await profile.free();
  await eraseProfilesOf(where);
  expect(existsSync(profile.directory)).toBe(false);
});

it("does not erase what a session uses", async () => {
  const where = await place();
  const profile = await claim(where, "name");
  await eraseProfilesOf(where);
  expect(existsSync(profile.directory)).toBe(true);
});

it("ends a frozen browser that was left, with all its processes, and nobody else's", async () => {
  const where = await place();
  const directory = join(where.dataDir, where.instanceId, "name");
  await mkdir(directory, { recursive: true });
  const left = await startBrowser(directory, "--remote-debugging-pipe");
  expect(await sizeOfGroup(left.pid)).toBeGreaterThan(2);
  process.kill(-(left.pid ?? 0), "SIGSTOP");
  // Somebody looks at a profile of theirs, whose name begins like ours; and one without a pipe.
  const other = await place();
  const stranger = await startBrowser(join(other.dataDir, "name"), "--remote-debugging-pipe");
  const byHand = await startBrowser(join(where.dataDir, "by-hand", "name"));
  const found = await findBrowsersBelow(where.dataDir);
  expect(found.map(({ pid }) => pid)).toEqual([left.pid]);
  await endLeftBrowsers(where.dataDir, silentLogger);
  expect(await sizeOfGroup(left.pid)).toBe(0);
  expect(await sizeOfGroup(stranger.pid)).toBeGreaterThan(2);
  expect(await sizeOfGroup(byHand.pid)).toBeGreaterThan(2);
});

it("leaves a browser alone whose profile somebody holds", async () => {
  const where = await place();
  const profile = await claim(where, "name");
  const running = await startBrowser(profile.directory, "--remote-debugging-pipe");
  await endLeftBrowsers(where.dataDir, silentLogger);
  expect(await sizeOfGroup(running.pid)).toBeGreaterThan(2);
  await profile.free();
  // Whoever takes the profile over ends what uses it.
  await claim(where, "name");
  expect(await sizeOfGroup(running.pid)).toBe(0);
});
