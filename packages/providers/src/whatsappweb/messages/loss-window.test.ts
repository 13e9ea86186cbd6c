import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { InstanceManager } from "@orquesta/core";
import { expect, it, onTestFinished, vi } from "vitest";
import { WebWorld } from "../fixtures/web-world.ts";

const CHILD = fileURLToPath(new URL("../fixtures/web-child.ts", import.meta.url));
const ROUNDS = 2;
const BURST = 150;
const GAP_MS = 5;
const WAIT = { timeout: 40_000, interval: 50 };

/** Runs the instance in a process of its own, which can be killed. */
async function runElsewhere(world: WebWorld, id: string): Promise<ChildProcess> {
  const args = JSON.stringify(world.whatsapp.launch.args);
  const places = [join(world.directory, "engine"), world.profiles, id, args];
  const child = spawn(process.execPath, ["--conditions=@orquesta/source", CHILD, ...places], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout ?? child, "data");
  return child;
}

/** Texts of the journal, in its order. */
async function journaled(manager: InstanceManager, id: string): Promise<string[]> {
  const texts: string[] = [];
  for (let after: number | undefined; ; ) {
    const page = await manager.events.read(id, {
      names: ["message.received"],
      limit: 1000,
      ...(after !== undefined && { after }),
    });
    for (const event of page.events) {
      if (event.name !== "message.received") continue;
      const { content } = event.data.message;
      if (content.type === "text") texts.push(content.text);
    }
    if (!page.hasMore || typeof page.next !== "number") return texts;
    after = page.next;
  }
}

it("what came while our process was killed is there afterwards, once and in order", async () => {
  await using world = await WebWorld.open();
  const ana = world.whatsapp.phone("15550000002", "Ana");
  const first = world.manager();
  const { id } = await world.connect(first);
  await first.close();
  const written: string[] = [];
  const figures: object[] = [];

  for (let round = 0; round < ROUNDS; round += 1) {
    const child = await runElsewhere(world, id);
    const killAt = Math.floor(Math.random() * BURST);
    const stored: number[] = [];
    for (let count = 0; count < BURST; count += 1) {
      const text = `${round}.${count}`;
      written.push(text);
      ana.send(world.phone().number, text);
      if (count === killAt) {
        child.kill("SIGKILL");
        await once(child, "close");
      }
      await delay(GAP_MS);
    }
    await vi.waitFor(() => expect(world.phone().pages[0]?.isConnected).toBe(false), WAIT);
    stored.push(written.length - world.page().pending);

    const manager = world.manager();
    const atOnce = await journaled(manager, id);
    await world.until(manager, id, "connected");
    await vi.waitFor(async () => {
      expect(await journaled(manager, id)).toHaveLength(written.length);
    }, WAIT);
    expect(await journaled(manager, id)).toEqual(written);
    figures.push({ killAt, toldReceived: stored[0], inJournal: atOnce.length });
    await manager.close();
  }
  expect(figures).toHaveLength(ROUNDS);
}, 90_000);
