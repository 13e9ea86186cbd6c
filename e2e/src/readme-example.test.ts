import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { ChildProgram } from "./child-program.ts";
import { FakeWhatsAppProgram } from "./fake-whatsapp-program.ts";
import { runCommand } from "./run-command.ts";

const ACCOUNT = "5511999990000";
const ANA = "5511988887777";
const PRELOAD = "play-whatsapp.ts";

const COMPILER_OPTIONS = {
  target: "ES2024",
  lib: ["ES2024"],
  module: "NodeNext",
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
};

const HANDLER = /(manager\.consume\("pong", async \(\{[^}]*\brepeat\b[^}]*\}\) => \{\n)/;

/** Prints what the handler is told, and changes nothing else. */
function printingRepeats(example: string): string {
  expect(example, "the handler of the example").toMatch(HANDLER);
  return example.replace(HANDLER, '$1  console.log("handler:", message.id, { repeat });\n');
}

describe("the program in the README", () => {
  let example = "";

  beforeAll(async () => {
    const readme = await readFile(join(inject("root"), "README.md"), "utf8");
    const [, fence = ""] = /^## As a library$.*?```ts\n(.*?)```/ms.exec(readme) ?? [];
    example = fence;
    expect(example, "the first ts fence below As a library").toContain("new InstanceManager");
  });

  /** A folder of the project that has the packages installed, with the program and the preload. */
  async function writeProgram(source: string): Promise<string> {
    const folder = await mkdtemp(join(inject("consumer"), "readme-"));
    await writeFile(join(folder, "pong.ts"), source);
    await cp(join(import.meta.dirname, "preload", PRELOAD), join(folder, PRELOAD));
    return folder;
  }

  function run(
    folder: string,
    { url, rootKey }: FakeWhatsAppProgram,
    kill: Readonly<Record<string, string>> = {},
  ): ChildProgram {
    const env = { FAKE_WS_URL: url, FAKE_ROOT_KEY: rootKey, ...kill };
    return new ChildProgram(process.execPath, ["--import", `./${PRELOAD}`, "pong.ts"], {
      cwd: folder,
      env,
    });
  }

  test("compiles against the packed types, with tsc as strict as it gets", async () => {
    const folder = await writeProgram(example);
    const config = { compilerOptions: COMPILER_OPTIONS, files: ["pong.ts"] };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(inject("root"), "node_modules", "typescript", "bin", "tsc");
    expect(await runCommand(process.execPath, [tsc, "--project", "."], folder)).toBe("");
  });

  test.each([
    { form: "as printed", moment: "after" },
    { form: "telling of repeats", moment: "before" },
    { form: "telling of repeats", moment: "after" },
  ])(
    "$form, answers each message once when it is killed $moment the send of its handler",
    async ({ form, moment }) => {
      await using whatsapp = await FakeWhatsAppProgram.start(inject("consumer"));
      const write = (text: string) => whatsapp.send({ from: ANA, to: ACCOUNT, text });
      const tells = form !== "as printed";
      const folder = await writeProgram(tells ? printingRepeats(example) : example);

      await using first = run(folder, whatsapp, { KILL_AT_SEND: "2", KILL_MOMENT: moment });
      await whatsapp.scan(ACCOUNT, await first.printed(/^(\S{100,})$/m));
      const handled = await write("one");
      await whatsapp.receivedUpTo(ANA, ({ text }) => text === "pong");
      const interrupted = await write("two");
      expect(await first.ended(), "how the first run ended").toBe("SIGKILL");
      const missed = await write("three");

      await using second = run(folder, whatsapp);
      const last = await write("four");
      // Answers leave in order: after the last one there is nothing to wait for.
      const lastAnswer = await second.printed(new RegExp(`answered ${last} with (\\S+)\\n`));
      const answers = await whatsapp.receivedUpTo(ANA, ({ id }) => id === lastAnswer);

      expect(
        answers.map(({ text, duplicates }) => ({ text, duplicates })),
        "what the peer's phone shows: one answer a message, none sent again",
      ).toEqual(Array.from({ length: 4 }, () => ({ text: "pong", duplicates: 0 })));
      expect(second.output, "the second run asks for no QR code").not.toMatch(/^\S{100,}$/m);
      if (!tells) return;
      expect(handlerCalls(first), "the handler's calls in the first run").toEqual([
        `${handled} { repeat: false }`,
        `${interrupted} { repeat: false }`,
      ]);
      const calls = handlerCalls(second).filter((call) => !call.startsWith(handled));
      expect(calls, "the handler's calls in the second run").toEqual([
        `${interrupted} { repeat: true }`,
        `${missed} { repeat: false }`,
        `${last} { repeat: false }`,
      ]);
    },
  );
});

function handlerCalls({ output }: ChildProgram): readonly string[] {
  return Array.from(output.matchAll(/^handler: (.+)$/gm), ([, call = ""]) => call);
}
