import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";

const fromHere = createRequire(import.meta.url);
const requireFromBaileys = createRequire(fromHere.resolve("@whiskeysockets/baileys"));

afterEach(() => void vi.restoreAllMocks());

/** A console that keeps what reaches it, below the silence. */
async function silence(): Promise<unknown[][]> {
  const printed: unknown[][] = [];
  for (const method of ["info", "warn", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((...args) => void printed.push([method, ...args]));
  }
  // Freshly loaded: it wraps the console of this test.
  vi.resetModules();
  const { silenceLibsignal } = await import("./quiet-libsignal.ts");
  silenceLibsignal();
  silenceLibsignal();
  return printed;
}

test("libsignal's prints reach nothing, everything else passes", async () => {
  const printed = await silence();
  const target = globalThis.console;
  target.info("Closing session:", { privKey: "secret" });
  target.warn("Session already closed", { privKey: "secret" });
  target.error("Session error:Error: Bad MAC", "stack");
  target.warn("Decrypted message with closed session.");
  expect(printed).toEqual([]);
  const error = new Error("mine");
  target.error(error);
  target.warn("my Session error:");
  target.info();
  expect(printed).toEqual([["error", error], ["warn", "my Session error:"], ["info"]]);
});

/** As much of libsignal's untyped classes as is used here. */
interface Libsignal {
  new (): {
    setSession(s: object): void;
    closeSession(s: object): void;
    openSession(s: object): void;
  };
  createEntry(): { indexInfo: object; currentRatchet: object };
}

test("a session that libsignal really closes prints none of its keys", async () => {
  const printed = await silence();
  const SessionRecord: Libsignal = requireFromBaileys("libsignal/src/session_record.js");
  const record = new SessionRecord();
  const session = SessionRecord.createEntry();
  session.indexInfo = { baseKey: Buffer.alloc(33, 1), closed: -1, used: 0, created: 0 };
  session.currentRatchet = { ephemeralKeyPair: { privKey: Buffer.alloc(32, 7) } };
  record.setSession(session);
  record.closeSession(session);
  record.closeSession(session);
  record.openSession(session);
  expect(printed).toEqual([]);
  expect(session.indexInfo).toMatchObject({ closed: -1 });
});

test("nothing that libsignal's sources print reaches the console", async () => {
  const printed = await silence();
  const folder = dirname(requireFromBaileys.resolve("libsignal/src/session_record.js"));
  const prints: string[] = [];
  for (const name of readdirSync(folder)) {
    const source = readFileSync(join(folder, name), "utf8").replaceAll(/\/\/.*$/gm, "");
    const calls = [...source.matchAll(/console\.(\w+)\(\s*(?:(["'])(.*?)\2)?/g)];
    for (const [call, method = "", , text] of calls) {
      expect(["info", "warn", "error"], `${name}: ${call}`).toContain(method);
      expect(text, `${name}: ${call} begins with no phrase`).toBeTruthy();
      Reflect.get(console, method)(text, { privKey: "secret" });
      prints.push(`${name}: ${text}`);
    }
  }
  expect(prints.length).toBeGreaterThan(10);
  expect(printed).toEqual([]);
});
