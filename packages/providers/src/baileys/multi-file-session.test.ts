import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type makeSocket from "@whiskeysockets/baileys";
import { afterEach, expect, test } from "vitest";
import { FakeWhatsApp } from "../testing/index.ts";
import { EngineBench } from "./fixtures/engine-bench.ts";
import { multiFileSession } from "./index.ts";

const ACCOUNT = "5511999990000";
const ANA = "5511988887777";
const WAIT = { timeout: 20_000, interval: 5 };
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "multi-file-"));
  folders.push(folder);
  return folder;
}

type Log = NonNullable<Parameters<typeof makeSocket>[0]["logger"]>;
const nothing = () => {};
const silent: Log = {
  level: "silent",
  child: () => silent,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};

/** Pairs plain Baileys into a folder, and lets somebody write to it. */
async function pairPlainly(whatsapp: FakeWhatsApp, folder: string): Promise<void> {
  const library = await import("@whiskeysockets/baileys");
  const { default: makeWASocket, useMultiFileAuthState } = library;
  // Another test of this process may have had another server.
  library.WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(whatsapp.rootKey, "hex");
  for (let isPaired = false; ; isPaired = true) {
    const { state, saveCreds } = await useMultiFileAuthState(folder);
    const socket = makeWASocket({ waWebSocketUrl: whatsapp.url, auth: state, logger: silent });
    const saves: Promise<void>[] = [];
    socket.ev.on("creds.update", () => void saves.push(saveCreds()));
    const texts: string[] = [];
    socket.ev.on("messages.upsert", ({ messages }) => {
      texts.push(...messages.map(({ message }) => message?.conversation ?? ""));
    });
    const closed = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    socket.ev.on("connection.update", ({ qr, connection }) => {
      if (qr) void whatsapp.phone(ACCOUNT).scan(qr);
      if (connection === "open") opened.resolve();
      if (connection === "close") closed.resolve();
    });
    if (isPaired) {
      await opened.promise;
      await whatsapp.peer(ANA).send(ACCOUNT, "to the plain one");
      await expect.poll(() => texts, WAIT).toContain("to the plain one");
      void socket.end(undefined);
    }
    await closed.promise;
    await Promise.all(saves);
    if (isPaired) return;
  }
}

const invalid = expect.objectContaining({ code: "VALIDATION_FAILED" });

test("a folder of plain Baileys goes on in the engine without a QR code, and its contacts with it", async () => {
  await using bench = await EngineBench.start();
  const { manager, whatsapp } = bench;
  const folder = await makeFolder();
  await pairPlainly(whatsapp, folder);
  const names = await readdir(folder);
  const session = await multiFileSession(folder);
  expect(session).toMatchObject({ provider: "baileys", account: { phone: ACCOUNT } });
  expect(session.keys).toHaveLength(names.length);
  expect(await readdir(folder)).toEqual(names);

  const id = await bench.create("taken over");
  const view = await manager.sessions.import(id, session);
  expect(view).toMatchObject({ status: "stopped", paired: true, account: { phone: ACCOUNT } });
  const challenges: unknown[] = [];
  manager.on("pairing.qr", (challenge) => challenges.push(challenge));
  const received: unknown[] = [];
  manager.on("message.received", ({ data }) => received.push(data.message.content));
  await manager.start(id, { until: "connected", timeoutMs: 20_000 });
  const ana = whatsapp.peer(ANA);
  await ana.send(ACCOUNT, "to the engine");
  await expect.poll(() => received, WAIT).toEqual([{ type: "text", text: "to the engine" }]);
  await manager.send(id, ANA, { type: "text", text: "pong" }, { until: "sent", timeoutMs: 20_000 });
  await ana.waitFor(({ text }) => text === "pong");
  expect(challenges).toEqual([]);
  expect(whatsapp.retries(ACCOUNT)).toEqual([]);

  // And on from there, into another engine on the same WhatsApp.
  await manager.stop(id);
  const passphrase = "correct horse battery";
  const bytes = await manager.sessions.export(id, { passphrase });
  const next = await bench.create("moved on");
  await manager.sessions.import(next, bytes, { passphrase });
  await manager.start(next, { until: "connected", timeoutMs: 20_000 });
  await ana.send(ACCOUNT, "still there?");
  await expect.poll(() => received.at(-1), WAIT).toEqual({ type: "text", text: "still there?" });
  expect(whatsapp.retries(ACCOUNT)).toEqual([]);
}, 60_000);

test("hostile and broken folders are refused, and nothing of them is repeated", async () => {
  await using whatsapp = await FakeWhatsApp.listen();
  const folder = await makeFolder();
  await pairPlainly(whatsapp, folder);
  const credsFile = join(folder, "creds.json");
  const creds = await readFile(credsFile, "utf8");

  const refuses = async (name: string, text: string, what: RegExp) => {
    const file = join(folder, name);
    const before = await readFile(file, "utf8").catch(() => null);
    await writeFile(file, text);
    const error: Error = await multiFileSession(folder).then(
      () => expect.fail(`${name} was taken`),
      (thrown) => thrown,
    );
    expect(error).toEqual(invalid);
    expect(error.message).toMatch(what);
    expect(`${error.message}${String(error.cause)}`).not.toContain("SECRET");
    if (before === null) await rm(file);
    else await writeFile(file, before);
  };

  await refuses("creds.json", '{"__proto__": {"isAdmin": "SECRET"}}', /creds\.json/);
  await refuses("session-1.0.json", '{"_sessions": {"__proto__": {"SECRET": 1}}}', /session-1/);
  await refuses("session-1.0.json", '{"constructor": {"prototype": {}}}', /session-1/);
  await refuses("session-1.0.json", "{ SECRET", /session-1/);
  await refuses("session-1.0.json", "null", /session-1/);
  await refuses("session-1.0.json", `"${"x".repeat(5 * 2 ** 20)}"`, /too large/);
  await refuses("session-1.0.json", "[".repeat(2_000_000), /session-1/);
  await refuses("pre-key-1.json", '{"private": "SECRET"}', /pre-key-1/);
  await refuses("sender-key-1@g.us--2--0.json", '{"a": "SECRET"}', /sender-key/);
  await refuses("creds.json", "{}", /creds\.json/);
  await refuses("creds.json", creds.replace('"account":', '"other":'), /account/);
  expect(Object.keys(Object.prototype)).toEqual([]);

  // Passed by: what is no session key, and links, wherever they lead.
  await writeFile(join(folder, "README.txt"), "hello");
  await symlink("/etc/hostname", join(folder, "session-2.0.json"));
  const session = await multiFileSession(folder);
  expect(session.keys.some(({ id }) => id === "2.0")).toBe(false);

  await rm(credsFile);
  await expect(multiFileSession(folder)).rejects.toEqual(invalid);
  await symlink("/etc/hostname", credsFile);
  await expect(multiFileSession(folder)).rejects.toEqual(invalid);
  await expect(multiFileSession(join(folder, "nowhere"))).rejects.toEqual(invalid);
}, 60_000);
