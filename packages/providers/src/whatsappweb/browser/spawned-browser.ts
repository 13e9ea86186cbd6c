import { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";

/**
 * Calls back with the browser of a profile as soon as it is spawned, long before puppeteer hands it out.
 * Its pipes are made harmless then: a killed browser breaks them once more when puppeteer has stopped
 * listening, and an error that nobody hears would end our process.
 * @returns what ends the watch
 */
export function onBrowserSpawned(
  userDataDir: string,
  onSpawned: (browser: ChildProcess) => void,
): () => void {
  const listen = (message: unknown): void => {
    const child = childOf(message);
    child?.once("spawn", () => {
      if (!child.spawnargs.includes(`--user-data-dir=${userDataDir}`)) return;
      for (const pipe of child.stdio) pipe?.on("error", () => {});
      onSpawned(child);
    });
  };
  subscribe("child_process", listen);
  return () => void unsubscribe("child_process", listen);
}

function childOf(message: unknown): ChildProcess | null {
  if (typeof message !== "object" || message === null || !("process" in message)) return null;
  return message.process instanceof ChildProcess ? message.process : null;
}
