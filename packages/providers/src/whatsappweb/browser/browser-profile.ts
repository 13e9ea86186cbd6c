import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Logger, lockFile, silentLogger } from "@orquesta/core";
import { endLeftBrowser, findBrowsersBelow } from "./left-browsers.ts";

/** What full Chromium leaves of its own lock when it is killed; on another machine it would not start again. */
const SINGLETON_FILES = ["SingletonLock", "SingletonCookie", "SingletonSocket"];
/** With less a browser cannot write its profile. */
const LEAST_FREE_BYTES = 4 * 1024 * 1024;

export interface ProfilePlace {
  /** Absolute path of the folder with the profiles of all instances. */
  readonly dataDir: string;
  readonly instanceId: string;
}

/** A name for a new profile. */
export function newProfileName(): string {
  return randomBytes(8).toString("hex");
}

/** One browser's memory on disk, held by this process alone until it is freed. */
export class BrowserProfile {
  /** Chromium's user data directory. */
  readonly directory: string;
  /** For Chromium's temporary files and sockets, whose paths must be short. */
  readonly temporaryDirectory: string;
  readonly #unlock: () => void;

  private constructor(directory: string, unlock: () => void) {
    this.directory = directory;
    const hash = createHash("sha256").update(directory).digest("hex").slice(0, 16);
    this.temporaryDirectory = join(tmpdir(), `orquesta-${hash}`);
    this.#unlock = unlock;
  }

  /**
   * Takes a profile over and prepares it: a browser that still uses it is ended, and other profiles of
   * the instance, which belong to session keys that were forgotten, are erased.
   * @returns null when another process, or another session, holds it
   */
  static async claim(
    place: ProfilePlace,
    name: string,
    logger: Logger,
  ): Promise<BrowserProfile | null> {
    const parent = folderOf(place);
    await mkdir(parent, { recursive: true, mode: 0o700 });
    const unlock = await lockFile(lockOf(parent));
    if (unlock === null) return null;
    const profile = new BrowserProfile(join(parent, name), unlock);
    try {
      await endBrowsersBelow(parent, logger);
      await eraseProfiles(parent, name);
      await profile.#prepare();
      return profile;
    } catch (error) {
      unlock();
      throw error;
    }
  }

  /** Whether the disk has no room for it. */
  async isDiskFull(): Promise<boolean> {
    const disk = await statfs(this.directory).catch(() => null);
    return disk !== null && disk.bavail * disk.bsize < LEAST_FREE_BYTES;
  }

  /** Forgets the account. To be called when its browser is gone, before it is freed. */
  async erase(): Promise<void> {
    await erase(this.directory);
  }

  /** To be called when its browser is gone. */
  async free(): Promise<void> {
    await rm(this.temporaryDirectory, { recursive: true, force: true }).catch(() => {});
    this.#unlock();
  }

  async #prepare(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    await chmod(this.directory, 0o700);
    for (const file of SINGLETON_FILES) await rm(join(this.directory, file), { force: true });
    await rm(this.temporaryDirectory, { recursive: true, force: true });
    await mkdir(this.temporaryDirectory, { mode: 0o700 });
  }
}

/** Erases all that an instance has left. Does nothing when there is nothing, or while a session runs. */
export async function eraseProfilesOf(place: ProfilePlace): Promise<void> {
  const parent = folderOf(place);
  const unlock = existsSync(parent) ? await lockFile(lockOf(parent)) : null;
  if (unlock === null) return;
  try {
    await endBrowsersBelow(parent, silentLogger);
    await erase(parent);
  } finally {
    unlock();
  }
}

/** Ends the browsers that a process which was killed has left, of instances that nobody runs now. */
export async function endLeftBrowsers(dataDir: string, logger: Logger): Promise<void> {
  for (const browser of await findBrowsersBelow(dataDir)) {
    const unlock = await lockFile(lockOf(dirname(browser.userDataDir))).catch(() => null);
    if (unlock === null) continue;
    await endLeftBrowser(browser, logger).finally(unlock);
  }
}

/** Ids are UUIDs; whatever else may come stays inside of the folder. */
function folderOf({ dataDir, instanceId }: ProfilePlace): string {
  return join(dataDir, encodeURIComponent(instanceId).replaceAll(".", "%2E"));
}

function lockOf(parent: string): string {
  return join(parent, "lock");
}

async function foldersIn(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

async function eraseProfiles(parent: string, except: string | null): Promise<void> {
  for (const name of await foldersIn(parent)) {
    if (name === except) continue;
    await erase(join(parent, name));
  }
}

async function erase(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 3 });
}

async function endBrowsersBelow(parent: string, logger: Logger): Promise<void> {
  for (const browser of await findBrowsersBelow(parent)) await endLeftBrowser(browser, logger);
}
