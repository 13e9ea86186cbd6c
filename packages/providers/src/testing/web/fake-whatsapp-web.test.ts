import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import library from "whatsapp-web.js";
import { FakeWhatsAppWeb } from "./fake-whatsapp-web.ts";

const CHROMIUM = [
  "/usr/lib/chromium/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/google-chrome",
].find((file) => existsSync(file));

const WAIT = { timeout: 30_000, interval: 20 };

let whatsapp: FakeWhatsAppWeb;
let folder: string;
let client: InstanceType<typeof library.Client>;
let seen: string[];

beforeEach(async () => {
  whatsapp = await FakeWhatsAppWeb.start();
  folder = await mkdtemp(path.join(tmpdir(), "whatsappweb-"));
});

afterEach(async () => {
  await Promise.race([Promise.all(injections.splice(0)), setTimeout(5_000)]);
  await client.destroy();
  await whatsapp.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** What the library does after a navigation. Nobody in it waits for that, and a browser that goes meanwhile fails it. */
const injections: Promise<unknown>[] = [];

function watchInjections(): void {
  const inject: unknown = Reflect.get(client, "inject");
  if (typeof inject !== "function") throw new Error("the library injects in another way now");
  Reflect.set(client, "inject", () => {
    const injecting = Promise.resolve(inject.call(client));
    injections.push(injecting.catch(() => {}));
    return injecting;
  });
}

/** The unmodified library in a real Chromium. */
function open(options: object = {}): void {
  const { args, acceptInsecureCerts, webVersionCache } = whatsapp.launch;
  client = new library.Client({
    authStrategy: new library.LocalAuth({ dataPath: folder }),
    webVersionCache,
    puppeteer: {
      executablePath: CHROMIUM,
      headless: "shell",
      pipe: true,
      acceptInsecureCerts,
      args: ["--no-sandbox", ...args],
      protocolTimeout: 20_000,
    },
    ...options,
  } as ConstructorParameters<typeof library.Client>[0]);
  watchInjections();
  seen = [];
  for (const name of ["qr", "code", "authenticated", "ready", "disconnected", "message"]) {
    client.on(name, (value: unknown) => {
      const shown = typeof value === "string" ? `:${value}` : "";
      seen.push(name === "qr" || name === "code" ? name : `${name}${shown}`);
    });
  }
}

async function firstOf(name: string): Promise<string> {
  return await new Promise((resolve) => client.once(name, resolve));
}

async function pair(number: string): Promise<void> {
  open();
  const qr = firstOf("qr");
  await client.initialize();
  whatsapp.phone(number).scan(await qr);
  await vi.waitFor(() => expect(seen).toContain("ready"), WAIT);
}

describe.skipIf(CHROMIUM === undefined)("the page under whatsapp-web.js", () => {
  it("is paired by QR, writes and reads, and is still paired after a restart", async () => {
    const peer = whatsapp.phone("15550000002", "Ana");
    await pair("15550000001");
    expect(seen).toEqual(["qr", "authenticated", "ready"]);
    expect(client.info.wid._serialized).toBe("15550000001@c.us");

    const acks: number[] = [];
    client.on("message_ack", (_message, ack) => acks.push(ack));
    const sent = await client.sendMessage("15550000002@c.us", "hello", { waitUntilMsgSent: true });
    const written = await peer.waitForText("hello");
    expect(written.id).toBe(sent.id.id);
    peer.acknowledge(written.id, 3);
    await vi.waitFor(() => expect(acks).toEqual([1, 2, 3]), WAIT);

    const received = new Promise<library.Message>((resolve) => client.once("message", resolve));
    peer.send("15550000001", "good day", { quote: written.id });
    const message = await received;
    expect(message.body).toBe("good day");
    expect(message.from).toBe("15550000002@c.us");

    await client.destroy();
    open();
    await client.initialize();
    await vi.waitFor(() => expect(seen).toContain("ready"), WAIT);
    expect(seen).toEqual(["authenticated", "ready"]);
  });

  it("is paired by a code, which it refuses to give too often", async () => {
    const phone = whatsapp.phone("15550000001");
    open({ pairWithPhoneNumber: { phoneNumber: "15550000001" } });
    const code = firstOf("code");
    await client.initialize();
    const first = await code;
    for (let count = 1; count < 5; count += 1) await client.requestPairingCode("15550000001");
    await expect(client.requestPairingCode("15550000001")).rejects.toThrow("rate-overlimit");
    expect(() => phone.enterCode(first)).toThrow("no page shows this code");
  });

  it("shows a new QR code when the phone logs it out", async () => {
    await pair("15550000001");
    whatsapp.phone("15550000001").unlink();
    await vi.waitFor(() => expect(seen.slice(3)).toEqual(["disconnected:LOGOUT", "qr"]), WAIT);
  });
});
