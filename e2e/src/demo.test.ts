import { cp, mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { ChildProgram } from "./child-program.ts";

const STORY_MS = 60_000;

/** The demo as a program, with a folder of its own for what it keeps meanwhile. */
async function startDemo(hasKeyboard: boolean) {
  const cwd = await mkdtemp(join(inject("consumer"), "demo-"));
  await cp(join(inject("root"), "examples", "demo", "src"), cwd, { recursive: true });
  const kept = await mkdtemp(join(tmpdir(), "demo-kept-"));
  const env = { TMPDIR: kept, TEMP: kept };
  const program = new ChildProgram(process.execPath, ["demo.ts"], { cwd, env, hasKeyboard });
  return { program, kept };
}

async function expectNothingLeft(kept: string, output: string): Promise<void> {
  expect(await readdir(kept), "what is left in the temporary folder").toEqual([]);
  const url = /server +(\S+)/.exec(output)?.[1] ?? "";
  await expect(fetch(url), "the server").rejects.toThrow();
}

test("the demo tells its story without a keyboard, kills its server, loses nothing, and ends", async () => {
  const { program, kept } = await startDemo(false);
  await using demo = program;
  await demo.printed(/✓ paired/, STORY_MS);
  expect(demo.output, "a QR code").toMatch(/█▀▀▀▀▀█.*\n.*█ ███ █/);
  await demo.printed(/"body": "(Hi! Are you open on Sunday\?)"/, STORY_MS);
  await demo.printed(/Ana's phone shows +Yes, from 11 to 23/, STORY_MS);
  await demo.printed(/kill -9 +process \d+ is gone/, STORY_MS);
  await demo.printed(/Ana's phone shows +You said: Hello\? Is anybody there\?/, STORY_MS);
  expect(await demo.ended()).toBe(0);
  const answers = demo.output.match(/You said: .+/g);
  expect(answers, "each answer once").toEqual(["You said: Hello? Is anybody there?"]);
  await expectNothingLeft(kept, demo.output);
});

test("the demo heeds keys, and its curl lines work", async () => {
  const { program, kept } = await startDemo(true);
  await using demo = program;
  const [, url = "", key = ""] =
    /curl (\S+) -H 'x-api-key: (\w+)' -H/.exec(
      await demo.printed(/(curl \S+messages .+)\n/, STORY_MS),
    ) ?? [];
  const body = /-d '(.+)'/.exec(demo.output)?.[1] ?? "";
  const headers = { "x-api-key": key, "content-type": "application/json" };
  expect((await fetch(url, { method: "POST", headers, body })).status).toBe(200);
  await demo.printed(/phone shows +Hello from another terminal/);
  demo.press("m");
  await demo.printed(/phone shows +You said: Message 1/);
  demo.press("k");
  await demo.printed(/kill -9 +process/);
  demo.press("m");
  await demo.printed(/Ana writes +Message 2/);
  expect(demo.output, "the server is dead yet").not.toContain("started again");
  await demo.printed(/phone shows +You said: Message 2/, STORY_MS);
  demo.press("q");
  expect(await demo.ended()).toBe(0);
  await expectNothingLeft(kept, demo.output);
});

test("the demo leaves nothing behind when it is told to end", async () => {
  const { program, kept } = await startDemo(true);
  await using demo = program;
  await demo.printed(/An account is paired/, STORY_MS);
  expect(await demo.kill("SIGTERM")).toBe(0);
  await expectNothingLeft(kept, demo.output);
});
