import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InstanceManager } from "../../index.ts";
import { FakePlatform } from "../../testing/fake-platform.ts";
import { Child } from "../../testing/harness/child.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { RecordingLogger } from "../../testing/harness/recording-logger.ts";
import { WebSink } from "../../testing/harness/web-sink.ts";
import { World } from "../../testing/harness/world.ts";
import { Seal } from "./seal.ts";
import { secretOfDirectory } from "./secret-file.ts";

const OTHER_SECRET = Buffer.alloc(32, "another secret");

describe("a sealed value", () => {
  it("opens only under its secret, in its place, unchanged", () => {
    const seal = new Seal(Buffer.alloc(32, "a"));
    const sealed = seal.sealText("plain", "place/1");
    expect(seal.openText(sealed, "place/1")).toBe("plain");
    expect(Buffer.from(sealed).toString("latin1")).not.toContain("plain");
    const unreadable = expect.objectContaining({ code: "SESSION_KEYS_UNREADABLE" });
    expect(() => seal.openText(sealed, "place/2")).toThrow(unreadable);
    expect(() => new Seal(Buffer.alloc(32, "b")).openText(sealed, "place/1")).toThrow(unreadable);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => seal.openText(changed, "place/1")).toThrow(unreadable);
    }
    expect(() => seal.open(sealed.subarray(0, 5), "place/1")).toThrow(unreadable);
  });

  it("is another one every time", () => {
    const seal = new Seal(Buffer.alloc(32, "a"));
    const nonces = Array.from({ length: 2000 }, () => {
      return Buffer.from(seal.sealText("x", "p").subarray(0, 12)).toString("hex");
    });
    expect(new Set(nonces).size).toBe(2000);
  });
});

describe("the secret of a data directory", () => {
  it("is made once, for its owner only", () => {
    const directory = mkdtempSync(join(tmpdir(), "orquesta-test-"));
    const dataDir = join(directory, "data");
    const secret = secretOfDirectory(dataDir);
    expect(secret).toHaveLength(32);
    expect(secretOfDirectory(dataDir)).toEqual(secret);
    expect(statSync(join(dataDir, "secret.key")).mode & 0o777).toBe(0o600);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(readdirSync(dataDir)).toEqual(["secret.key"]);
    chmodSync(join(dataDir, "secret.key"), 0o600);
    writeFileSync(join(dataDir, "secret.key"), "no secret");
    expect(() => secretOfDirectory(dataDir)).toThrow(
      expect.objectContaining({ code: "CONFIGURATION_INVALID" }),
    );
    rmSync(directory, { recursive: true });
  });

  it("is the same for processes that start at the same time", async () => {
    const directory = mkdtempSync(join(tmpdir(), "orquesta-test-"));
    const script = new URL("../../testing/harness/secret-child.ts", import.meta.url);
    const children = Array.from({ length: 4 }, () => new Child(script, { DIRECTORY: directory }));
    await Promise.all(children.map(({ ended }) => ended));
    const secrets = children.flatMap(({ lines }) => lines);
    expect(secrets).toHaveLength(4 * 200);
    for (let n = 0; n < 200; n += 1) {
      const ofRound = secrets.filter((line) => line.startsWith(`${n} `));
      expect(new Set(ofRound).size).toBe(1);
    }
    rmSync(directory, { recursive: true });
  });
});

describe("the SQLite files", () => {
  it("hold no secret in the clear", async () => {
    await using sink = await WebSink.open();
    const directory = mkdtempSync(join(tmpdir(), "orquesta-test-"));
    const platform = new FakePlatform();
    const manager = new InstanceManager({ providers: [platform.provider], dataDir: directory });
    const { id } = await manager.create({
      provider: "fake",
      settings: { token: "PLAIN-SETTINGS" },
      webhooks: [{ url: sink.url(), headers: { authorization: "PLAIN-HEADER" } }],
    });
    await manager.start(id, { until: "connected", timeoutMs: 60_000 });
    const session = platform.session(id);
    session.showQr("PLAIN-QR");
    await session.commit({ keys: [{ type: "creds", id: "1", value: Buffer.from("PLAIN-KEY") }] });
    const { key } = await manager.keys.current(id);
    await manager.logs(id);
    const secrets = ["PLAIN-SETTINGS", "PLAIN-HEADER", "PLAIN-KEY", "PLAIN-QR", key];
    const look = () => {
      const files = readdirSync(directory).filter((name) => name !== "secret.key");
      const bytes = files.map((name) => readFileSync(join(directory, name), "latin1")).join("");
      expect(bytes).toContain(id);
      for (const secret of secrets) expect(bytes).not.toContain(secret);
    };
    look();
    await manager.close();
    look();
    rmSync(directory, { recursive: true });
  });
});

describeEachDatabase("with another secret", (createDatabase) => {
  it("an instance fails, says why, loses nothing, and runs again under the right one", async () => {
    await using sink = await WebSink.open(() => ({ status: 503 }));
    await using world = new World(createDatabase());
    const manager = await world.open();
    const webhooks = [{ url: sink.url(), shape: "instance-manager" as const }];
    const { instance, session } = await world.connect(manager, { webhooks });
    await session.commit({ keys: [{ type: "creds", id: "1", value: Buffer.from("k") }] });
    await session.receive("owed to the webhook");
    await eventually(() => sink.received.length > 0);
    await manager.close();

    const wrong = await world.open({ secret: OTHER_SECRET });
    await eventually(async () => (await wrong.get(instance.id)).status === "failed");
    const { lines } = await wrong.logs(instance.id);
    expect(lines.map(({ message }) => message).join("\n")).toContain("SESSION_KEYS_UNREADABLE");
    await expect(wrong.keys.current(instance.id)).rejects.toMatchObject({
      code: "SESSION_KEYS_UNREADABLE",
    });
    // Those that were created under it are not harmed by it.
    await world.connect(wrong, { name: "new" });
    await quiet();
    await wrong.close();

    sink.received.length = 0;
    sink.answer = () => ({});
    const right = await world.open();
    await eventually(async () => (await right.get(instance.id)).status === "connected");
    await eventually(() => sink.received.length > 0, "what was owed");
    const stored = await world.platform.session(instance.id).keys.get("creds", ["1"]);
    expect(Buffer.from(stored.get("1") ?? []).toString()).toBe("k");
  });
});

describe("the log", () => {
  it("holds no QR, code, key, token, number or message", async () => {
    await using world = new World();
    const logger = new RecordingLogger();
    const manager = world.create({ logger });
    manager.consume(
      "bot",
      () => {
        throw new Error("handler failed");
      },
      { backoffMs: [1] },
    );
    manager.on("message.received", () => {
      throw new Error("listener failed");
    });
    const { id } = await manager.create({
      provider: "fake",
      settings: { token: "PLAIN-TOKEN" },
      webhooks: [{ url: "http://127.0.0.1:9/", headers: { authorization: "PLAIN-HEADER" } }],
    });
    await manager.start(id, { until: "connected", timeoutMs: 60_000 });
    const session = world.platform.session(id);
    session.showQr("PLAIN-QR");
    await session.commit({ keys: [{ type: "creds", id: "1", value: Buffer.from("PLAIN-KEY") }] });
    await session.receive("PLAIN-TEXT", { chatId: "5511912345678" });
    world.platform.beforeSend = () => {
      throw new Error("the line broke");
    };
    await manager.send(
      id,
      "5511912345678",
      { type: "text", text: "PLAIN-ANSWER" },
      { until: "sent" },
    );
    const broken = { name: null, chatId: "5511912345678", data: { text: "PLAIN-BROKEN" } };
    await session.commit({ events: [broken as never] }).catch(() => {});
    await world.database.sql("update instance set fence = fence + 1");
    await session.receive("PLAIN-LATE").catch(() => {});
    await quiet();
    const { key } = await manager.keys.current(id);
    await manager.close();
    const stored = await world.database.sql("select message from instance_log");
    expect(logger.lines.length).toBeGreaterThanOrEqual(3);
    for (const text of [logger.text, JSON.stringify(stored)]) {
      expect(text).not.toContain("PLAIN-");
      expect(text).not.toContain("5511912345678");
      expect(text).not.toContain(key);
    }
  });
});
