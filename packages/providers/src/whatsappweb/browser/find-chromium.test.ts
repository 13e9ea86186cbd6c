import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { findChromium } from "./find-chromium.ts";

async function script(text: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "orquesta-chromium-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, "browser");
  await writeFile(path, text);
  await chmod(path, 0o755);
  return path;
}

it("takes the headless shell of this machine, and not the script that starts it", async () => {
  const chromium = await findChromium(undefined);
  expect(chromium).toEqual({
    executablePath: "/usr/lib/chromium/chromium-headless-shell",
    isHeadlessShell: true,
    version: expect.stringMatching(/^\d+(\.\d+){3}$/),
  });
});

it("goes behind the scripts of a distribution that somebody names", async () => {
  const shell = await findChromium("/usr/bin/chromium-headless-shell");
  expect(shell.executablePath).toBe("/usr/lib/chromium/chromium-headless-shell");
  const full = await findChromium("/usr/bin/chromium");
  expect(full).toMatchObject({
    executablePath: "/usr/lib/chromium/chromium",
    isHeadlessShell: false,
  });
});

it("says what to install when nothing is there", async () => {
  await expect(findChromium("/nowhere/chromium")).rejects.toMatchObject({
    code: "BROWSER_MISSING",
    message: expect.stringContaining("install the package chromium-headless-shell or chromium"),
  });
});

it("refuses what does not run, such as a browser without its libraries", async () => {
  const broken = await script(
    "#!/bin/sh\necho 'error while loading shared libraries' >&2\nexit 127\n",
  );
  await expect(findChromium(broken)).rejects.toMatchObject({ code: "BROWSER_MISSING" });
  const other = await script("#!/bin/sh\necho 'something else'\n");
  await expect(findChromium(other)).rejects.toMatchObject({ code: "BROWSER_MISSING" });
});
