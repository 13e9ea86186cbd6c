import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, realpath } from "node:fs/promises";
import { basename } from "node:path";
import { promisify } from "node:util";
import { OrquestaError } from "@orquesta/core";

/** A browser of this machine. */
export interface Chromium {
  readonly executablePath: string;
  /** The small build without windows: half the memory, and no lock on its profile. */
  readonly isHeadlessShell: boolean;
  /** Such as `156.0.8078.79`. */
  readonly version: string;
}

/**
 * Best first. Debian's /usr/bin/chromium-headless-shell is a script that stays between us and the
 * browser: what is killed would be the script.
 */
const PLACES = [
  "/usr/lib/chromium/chromium-headless-shell",
  "/usr/lib64/chromium-browser/headless_shell",
  "/usr/lib/chromium/chromium",
  "/usr/lib/chromium/chrome",
  "/usr/lib/chromium-browser/chromium-browser",
  "/usr/lib64/chromium-browser/chromium-browser",
  "/opt/google/chrome/chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/snap/bin/chromium",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
];

/** Scripts of distributions that start a browser beside them or in their own folder under /usr/lib. */
const BEHIND_SCRIPTS: Readonly<Record<string, string>> = {
  "/usr/bin/chromium-headless-shell": "/usr/lib/chromium/chromium-headless-shell",
  "/usr/bin/chromium": "/usr/lib/chromium/chromium",
  "/usr/bin/chromium-browser": "/usr/lib/chromium/chrome",
};

const VERSION_TIMEOUT_MS = 20_000;

/**
 * The browser that is named, or the best one of this machine. Nothing is downloaded.
 * @throws BROWSER_MISSING when there is none, or it does not run
 */
export async function findChromium(named: string | undefined): Promise<Chromium> {
  const executablePath = named === undefined ? await firstOf(PLACES) : await firstOf([named]);
  if (executablePath === null) throw missing(named);
  return {
    executablePath,
    isHeadlessShell: /headless[-_]shell/.test(basename(executablePath)),
    version: await versionOf(executablePath),
  };
}

async function firstOf(candidates: readonly string[]): Promise<string | null> {
  for (const candidate of candidates) {
    const behind = BEHIND_SCRIPTS[candidate];
    for (const path of behind === undefined ? [candidate] : [behind, candidate]) {
      if (await isExecutable(path)) return await realpath(path);
    }
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function versionOf(executablePath: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(executablePath, ["--version"], {
      timeout: VERSION_TIMEOUT_MS,
    });
    const version = /\d+(?:\.\d+){3}/.exec(stdout)?.[0];
    if (version !== undefined) return version;
    throw new Error("it does not tell its version");
  } catch (cause) {
    throw new OrquestaError("BROWSER_MISSING", `${executablePath} does not run as a Chromium`, {
      cause,
    });
  }
}

function missing(named: string | undefined): OrquestaError {
  const what = named === undefined ? "no Chromium was found" : `there is no browser at ${named}`;
  return new OrquestaError(
    "BROWSER_MISSING",
    `${what}: install the package chromium-headless-shell or chromium, or name one with chromiumPath (CHROMIUM_PATH)`,
  );
}
