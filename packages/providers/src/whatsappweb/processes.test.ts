import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { lockFile } from "@orquesta/core";
import { expect, it, onTestFinished, vi } from "vitest";
import { findBrowsersBelow } from "./browser/left-browsers.ts";
import { readProcesses } from "./browser/process-table.ts";
import { sizeOfGroup, WebWorld } from "./fixtures/web-world.ts";

const CHILD = fileURLToPath(new URL("./fixtures/web-child.ts", import.meta.url));

/** Runs the instance in a process of its own, which is killed: at once, and with its browser as it is. */
async function runElsewhere(world: WebWorld, id: string): Promise<[ChildProcess, number]> {
  const args = JSON.stringify(world.whatsapp.launch.args);
  const places = [join(world.directory, "engine"), world.profiles, id, args];
  const child = spawn(process.execPath, ["--conditions=@orquesta/source", CHILD, ...places], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [pid] = await once(child.stdout ?? child, "data");
  return [child, Number(pid)];
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

it("our process is killed: its browsers end with it", async () => {
  await using world = await WebWorld.open();
  const first = world.manager();
  const { id } = await world.connect(first);
  await first.close();
  const [child, pid] = await runElsewhere(world, id);
  expect(await sizeOfGroup(pid)).toBeGreaterThan(2);
  await kill(child);
  await world.gone(pid);
});

it("our process is killed while the browser is frozen: the next start ends it, and goes on", async () => {
  await using world = await WebWorld.open();
  const first = world.manager();
  const { id } = await world.connect(first);
  await first.close();
  const [child, pid] = await runElsewhere(world, id);
  process.kill(-pid, "SIGSTOP");
  await kill(child);
  await sleep(300);
  expect(await sizeOfGroup(pid)).toBeGreaterThan(2);
  const next = world.manager();
  await next.ready();
  await world.until(next, id, "connected");
  await world.remember(next, id);
  expect(await sizeOfGroup(pid)).toBe(0);
  expect(world.qrs).toHaveLength(1);
});

it("a profile that another process holds: profile_locked, until it is free", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager();
  const { id } = await manager.create({ provider: "whatsappweb" });
  await mkdir(join(world.profiles, id), { recursive: true });
  const unlock = await lockFile(join(world.profiles, id, "lock"));
  await manager.start(id);
  await world.passed(id, "reconnecting profile_locked");
  expect(await findBrowsersBelow(world.profiles)).toEqual([]);
  unlock?.();
  await world.until(manager, id, "pairing");
});

it.each([0, 100, 250, 500, 1000])(
  "a start that is stopped after %i ms leaves nothing",
  async (ms) => {
    await using world = await WebWorld.open();
    const manager = world.manager();
    const { id } = await manager.create({ provider: "whatsappweb" });
    await manager.start(id);
    await sleep(ms);
    await manager.stop(id);
    expect(await findBrowsersBelow(world.profiles)).toEqual([]);
    expect((await manager.get(id)).status).toBe("stopped");
  },
);

it("three instances start one after the other; one that dies does not disturb the others", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager({ startConcurrency: 1 });
  const views = await Promise.all([
    manager.create({ provider: "whatsappweb" }),
    manager.create({ provider: "whatsappweb" }),
    manager.create({ provider: "whatsappweb" }),
  ]);
  for (const { id } of views) await manager.start(id);
  for (const { id } of views) await world.until(manager, id, "pairing");
  const pids = await Promise.all(views.map(({ id }) => world.remember(manager, id)));
  expect(new Set(pids).size).toBe(3);
  const [first = 0] = pids;
  process.kill(-first, "SIGKILL");
  await world.passed(views[0]?.id ?? "", "reconnecting browser_crashed");
  for (const { id } of views.slice(1)) {
    expect(world.history.get(id)).toEqual(["starting", "pairing"]);
  }
  await world.until(manager, views[0]?.id ?? "", "pairing");
});

it("the browser gets nothing of our environment that it does not need", async () => {
  vi.stubEnv("ORQUESTA_SECRET", "a secret that nobody else may see");
  await using world = await WebWorld.open();
  const manager = world.manager();
  const { id } = await world.pairing(manager);
  const pid = await world.remember(manager, id);
  const environments = await Promise.all(
    (await readProcesses())
      .filter(({ processGroup }) => processGroup === pid)
      .map((one) => readFile(`/proc/${one.pid}/environ`, "utf8").catch(() => "")),
  );
  expect(environments.join("\n")).toContain("PATH=");
  expect(environments.join("\n")).not.toContain("a secret");
});

function canMount(directory: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", directory], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}

it("a full disk: disk_full, and it goes on when there is room", async ({ skip }) => {
  await using world = await WebWorld.open();
  await mkdir(world.profiles);
  if (!canMount(world.profiles)) skip("only root may make a small disk");
  try {
    const manager = world.manager();
    const { id } = await world.connect(manager);
    const filler = join(world.profiles, "filler");
    await writeFile(filler, Buffer.alloc(24 * 1024 * 1024)).catch(() => {});
    const pid = await world.remember(manager, id);
    process.kill(pid, "SIGKILL");
    await world.passed(id, "reconnecting disk_full");
    await rm(filler);
    await world.until(manager, id, "connected");
    await manager.close();
  } finally {
    execFileSync("umount", [world.profiles]);
  }
});
