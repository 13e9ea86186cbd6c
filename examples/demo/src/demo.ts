/**
 * The whole of Orquesta in one terminal: the server, a WhatsApp of its own, a phone, a customer and a
 * webhook. Nothing leaves this machine, and nothing stays on it.
 */
import { Keyboard } from "./keyboard.ts";
import { play } from "./play.ts";
import * as screen from "./screen.ts";
import { Stage } from "./stage.ts";
import { tellStory } from "./tell-story.ts";

const keyboard = new Keyboard();
const stage = new Stage();
let closing: Promise<void> | undefined;

function close(): Promise<void> {
  closing ??= closeAll();
  return closing;
}

async function closeAll(): Promise<void> {
  keyboard.close();
  await stage.close();
  screen.say();
  screen.hint("Everything is closed, and the data of the demo is deleted.");
  screen.say();
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    void close().then(() => process.exit(0));
  });
}

try {
  const instanceId = await tellStory(stage, keyboard);
  if (instanceId !== null) await play(stage, instanceId, keyboard);
} catch (error) {
  if (!closing) {
    screen.trouble(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
} finally {
  await close();
}
// Baileys keeps timers for a while that hold the process; everything of ours is closed.
process.exit();
