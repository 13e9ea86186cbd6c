import { describe, expect, it } from "vitest";
import { type JournalEvent, OrquestaError } from "../../index.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { type FakeManager, World } from "../../testing/harness/world.ts";
import type { OutboxContent } from "../message/outgoing-content.ts";
import { shownText } from "../message/shown-text.ts";

const CHAT = "5511988887777";
const hello = { type: "text", text: "hello" } as const;

function textOf(content: OutboxContent): string {
  return shownText(content) ?? "";
}

async function statusOf(manager: FakeManager, id: string, outboxId: string): Promise<string> {
  return (await manager.message(id, outboxId)).status;
}

describeEachDatabase("the outbox", (createDatabase) => {
  it("sends each message once, in order per chat, and journals it", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    const events: JournalEvent<"message.sent">[] = [];
    manager.on("message.sent", (event) => events.push(event));
    world.platform.beforeSend = () => quiet(Math.floor(Math.random() * 3));
    await Promise.all(
      Array.from({ length: 500 }, (_, n) =>
        manager.send(instance.id, `1000${n % 5}`, { type: "text", text: String(n) }),
      ),
    );
    await eventually(() => events.length === 500);
    expect(world.platform.delivered).toHaveLength(500);
    for (let chat = 0; chat < 5; chat += 1) {
      const texts = world.platform.delivered
        .filter(({ message }) => message.chatId === `1000${chat}`)
        .map(({ message }) => Number(textOf(message.content)));
      expect(texts).toEqual(Array.from({ length: 100 }, (_, n) => n * 5 + chat));
    }
    const [row] = await world.database.sql(
      "select count(*) as n from outbox where status = 'sent'",
    );
    expect(Number(row?.["n"])).toBe(500);
  });

  it("gives the same result for the same key, and sends once", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    const send = (text: string, idempotencyKey: string) =>
      manager.send(instance.id, CHAT, { type: "text", text }, { idempotencyKey, until: "sent" });
    const results = await Promise.all(Array.from({ length: 20 }, () => send("once", "key")));
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
    expect(new Set(results.map(({ messageId }) => messageId)).size).toBe(1);
    expect(results.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(results.every(({ status }) => status === "sent")).toBe(true);
    expect(world.platform.delivered).toHaveLength(1);
    await expect(send("other", "key")).rejects.toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
    await expect(
      manager.send(
        instance.id,
        "5511900000000",
        { type: "text", text: "once" },
        {
          idempotencyKey: "key",
        },
      ),
    ).rejects.toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
    expect((await send("once", "key 2")).repeated).toBe(false);
    expect(world.platform.delivered).toHaveLength(2);
    const other = await world.connect(manager);
    expect(
      await manager.send(
        other.instance.id,
        CHAT,
        { type: "text", text: "x" },
        { idempotencyKey: "key" },
      ),
    ).toMatchObject({ repeated: false });
  });

  it("remembers keys across restarts", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    const options = { idempotencyKey: "key", until: "sent" } as const;
    const first = await manager.send(instance.id, CHAT, hello, options);
    await manager.close();
    const second = await world.open();
    await eventually(() => world.platform.hasSession(instance.id));
    const again = await second.send(instance.id, CHAT, hello, options);
    expect(again).toEqual({ ...first, repeated: true });
    await quiet();
    expect(world.platform.delivered).toHaveLength(1);
  });

  it("ends a wait for a message by time and by signal, also for a repeat; the message goes on", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    const gate = Promise.withResolvers<void>();
    world.platform.beforeSend = () => gate.promise;
    const wait = { until: "sent", idempotencyKey: "k" } as const;
    const early = await manager.send(instance.id, CHAT, hello, { ...wait, timeoutMs: 10 });
    expect(early).toMatchObject({ status: "queued", repeated: false });
    const signal = AbortSignal.abort();
    await expect(manager.send(instance.id, CHAT, hello, { ...wait, signal })).rejects.toMatchObject(
      {
        code: "ABORTED",
      },
    );
    gate.resolve();
    expect(await manager.send(instance.id, CHAT, hello, wait)).toMatchObject({ status: "sent" });
    // Settled already: there is nothing to wait for, so an old signal does no harm.
    await manager.send(instance.id, CHAT, hello, { ...wait, signal }).catch(() => {});
    expect(world.platform.delivered).toHaveLength(1);
  });

  it("ends every wait when the manager closes", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    world.platform.beforeSend = (_, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason)),
      );
    const waiting = manager.send(instance.id, CHAT, hello, { until: "sent" });
    const failed = expect(waiting).rejects.toMatchObject({ code: "MANAGER_CLOSED" });
    await quiet();
    await manager.close();
    await failed;
  });

  it("ends every wait when the instance is removed", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    world.platform.beforeSend = (_, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason)),
      );
    const waiting = manager.send(instance.id, CHAT, hello, { until: "sent" });
    const failed = expect(waiting).rejects.toMatchObject({ code: "INSTANCE_NOT_FOUND" });
    await quiet();
    await manager.remove(instance.id);
    await failed;
  });

  it("tells that the platform refused a message, and goes on", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    const updates: JournalEvent<"message.updated">[] = [];
    manager.on("message.updated", (event) => updates.push(event));
    world.platform.beforeSend = ({ message }) => {
      if (textOf(message.content) === "bad") throw new OrquestaError("SEND_REJECTED", "not on it");
    };
    const bad = { type: "text", text: "bad" } as const;
    const [refused, sent] = await Promise.all([
      manager.send(instance.id, CHAT, bad, { until: "sent" }),
      manager.send(instance.id, CHAT, hello, { until: "sent" }),
    ]);
    expect(refused).toMatchObject({ status: "failed", error: { code: "SEND_REJECTED" } });
    expect(sent.status).toBe("sent");
    expect(updates.map(({ data }) => data)).toMatchObject([
      { messageId: refused.messageId, status: "failed", error: { code: "SEND_REJECTED" } },
    ]);
  });

  it("owes what was accepted before a restart, and sends it in order with the same ids", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    world.platform.beforeSend = () => {
      throw new OrquestaError("SESSION_CLOSED", "offline");
    };
    const texts = Array.from({ length: 450 }, (_, n) => String(n));
    const accepted = await Promise.all(
      texts.map((text) => manager.send(instance.id, CHAT, { type: "text", text })),
    );
    await manager.close();
    expect(world.platform.delivered).toEqual([]);
    world.platform.beforeSend = () => {};
    await world.open();
    await eventually(() => world.platform.delivered.length === 450);
    expect(world.platform.delivered.map(({ message }) => textOf(message.content))).toEqual(texts);
    expect(world.platform.delivered.map(({ message }) => message.messageId)).toEqual(
      accepted.map(({ messageId }) => messageId),
    );
  });

  it("asks again with the same id when the platform's answer was lost", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    const attempts: number[] = [];
    world.platform.afterSend = ({ message }) => {
      attempts.push(message.attempt);
      if (attempts.length < 3) throw new OrquestaError("SEND_OUTCOME_UNKNOWN", "lost");
    };
    const sent = await manager.send(instance.id, CHAT, hello, { until: "sent" });
    expect(sent.status).toBe("sent");
    expect(attempts).toEqual([1, 2, 3]);
    expect(world.platform.delivered).toHaveLength(1);
  });

  it("moves the status of a message only forward, also when a receipt is faster than the answer", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    world.platform.afterSend = async ({ message }) => {
      if (textOf(message.content) !== "fast") return;
      await session.receipt(message.messageId, "delivered");
    };
    const fast = await manager.send(
      instance.id,
      CHAT,
      { type: "text", text: "fast" },
      { until: "sent" },
    );
    expect(fast).toMatchObject({ status: "delivered" });
    expect(fast.sentAt).not.toBeNull();
    await session.receipt(fast.messageId, "read");
    await session.receipt(fast.messageId, "delivered");
    await session.receipt(fast.messageId, "sent");
    await session.receipt(fast.messageId, "failed");
    expect(await statusOf(manager, instance.id, fast.id)).toBe("read");
    const other = await manager.send(instance.id, CHAT, hello, { until: "sent" });
    await session.receipt(other.messageId, "delivered");
    expect(await statusOf(manager, instance.id, other.id)).toBe("delivered");
    expect(await statusOf(manager, instance.id, fast.id)).toBe("read");
  });
});

describeEachDatabase("the outbox of a platform that chooses the ids", (createDatabase) => {
  const ambiguous = { capabilities: { resend: "ambiguous" } } as const;

  it("takes over the id of the platform", async () => {
    await using world = new World(createDatabase(), ambiguous);
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const sent = await manager.send(instance.id, CHAT, hello, { until: "sent" });
    expect(sent).toMatchObject({ status: "sent", messageId: "fake-1" });
    await session.receipt("fake-1", "read");
    expect(await statusOf(manager, instance.id, sent.id)).toBe("read");
  });

  it("says that nobody knows when the answer was lost, and never sends again", async () => {
    await using world = new World(createDatabase(), ambiguous);
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    world.platform.afterSend = () => {
      throw new Error("the line broke");
    };
    const sent = await manager.send(instance.id, CHAT, hello, { until: "sent" });
    expect(sent).toMatchObject({ status: "unconfirmed", error: { code: "SEND_OUTCOME_UNKNOWN" } });
    await manager.restart(instance.id);
    await quiet();
    expect(world.platform.delivered).toHaveLength(1);
  });

  it("sends on the next session what the last one surely did not send", async () => {
    await using world = new World(createDatabase(), ambiguous);
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    let refused = 0;
    world.platform.beforeSend = () => {
      refused += 1;
      throw new OrquestaError("SESSION_CLOSED", "not sent");
    };
    const { id } = await manager.send(instance.id, CHAT, hello);
    await eventually(() => refused > 0);
    await quiet();
    world.platform.beforeSend = () => {};
    await manager.restart(instance.id);
    await eventually(async () => (await statusOf(manager, instance.id, id)) !== "queued");
    await eventually(async () => (await statusOf(manager, instance.id, id)) !== "sending");
    expect(await statusOf(manager, instance.id, id)).toBe("sent");
    expect(world.platform.delivered).toHaveLength(1);
  });
});

describe("what cannot be sent", () => {
  it("is refused before anything is stored", async () => {
    await using world = new World(undefined, { capabilities: { outgoing: [] } });
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    const cases: [Promise<unknown>, string][] = [
      [manager.send(id, CHAT, hello), "CAPABILITY_MISSING"],
      [manager.send(id, "nonsense", hello), "VALIDATION_FAILED"],
      [manager.send(id, CHAT, { type: "text", text: "" }), "VALIDATION_FAILED"],
      [manager.send(id, CHAT, { type: "text", text: "x".repeat(65_537) }), "VALIDATION_FAILED"],
      [manager.send(id, CHAT, hello, { idempotencyKey: "" }), "VALIDATION_FAILED"],
      [manager.send(id, CHAT, hello, { idempotencyKey: "x".repeat(256) }), "VALIDATION_FAILED"],
      [manager.send("nobody", CHAT, hello), "INSTANCE_NOT_FOUND"],
      [manager.message(id, "nothing"), "MESSAGE_NOT_FOUND"],
    ];
    for (const [call, code] of cases) await expect(call).rejects.toMatchObject({ code });
    expect(await world.database.sql("select * from outbox")).toEqual([]);
  });

  it("is refused while the instance is not wanted running", async () => {
    await using world = new World();
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    const refused = { code: "INSTANCE_NOT_RUNNING" };
    await expect(manager.send(id, CHAT, hello)).rejects.toMatchObject(refused);
    await manager.start(id, { until: "connected", timeoutMs: 60_000 });
    await manager.send(id, CHAT, hello);
    await manager.stop(id);
    await expect(manager.send(id, CHAT, hello)).rejects.toMatchObject(refused);
  });
});
