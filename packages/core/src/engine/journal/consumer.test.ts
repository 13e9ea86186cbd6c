import { describe, expect, it } from "vitest";
import type { ConsumedMessage, ConsumeOptions } from "../../index.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { type FakeManager, World } from "../../testing/harness/world.ts";

const FAST: ConsumeOptions = { backoffMs: [1, 1, 1] };

function textOf({ message }: ConsumedMessage): string {
  return message.content.type === "text" ? message.content.text : "";
}

/** Consumes into a list. */
function collect(manager: FakeManager, name = "bot", options: ConsumeOptions = FAST): string[] {
  const texts: string[] = [];
  manager.consume(name, (message) => void texts.push(textOf(message)), options);
  return texts;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

function count(length: number, from = 0): string[] {
  return Array.from({ length }, (_, n) => String(from + n));
}

describeEachDatabase("a consumer", (createDatabase) => {
  it("handles every message in order, across restarts", async () => {
    await using world = new World(createDatabase());
    const manager = world.create();
    const texts = collect(manager);
    const { session, instance } = await world.connect(manager);
    await Promise.all(count(500).map((text) => session.receive(text)));
    await eventually(() => texts.length === 500);
    expect(texts).toEqual(count(500));
    await manager.close();

    const second = world.create();
    const later = collect(second);
    await eventually(() => world.platform.hasSession(instance.id));
    await world.platform.session(instance.id).receive("500");
    await eventually(() => later.length > 0);
    await quiet();
    expect(later).toEqual(["500"]);
  });

  it("that is new begins at the end, or at the beginning when told so", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { session } = await world.connect(manager);
    for (const text of count(5)) await session.receive(text);
    await manager.close();

    const second = world.create();
    const end = collect(second, "end");
    const beginning = collect(second, "beginning", { ...FAST, from: "beginning" });
    await second.ready();
    const { id } = (await second.list())[0] ?? { id: "" };
    await eventually(() => world.platform.hasSession(id));
    await world.platform.session(id).receive("5");
    await eventually(() => end.length > 0 && beginning.length === 6);
    expect(end).toEqual(["5"]);
    expect(beginning).toEqual(count(6));
  });

  it("that is added late follows what is there and what is created at the same time", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const old = await world.connect(manager);
    await old.session.receive("before");
    const texts = collect(manager, "late");
    const [fresh] = await Promise.all([world.connect(manager), world.connect(manager)]);
    await old.session.receive("old");
    await fresh.session.receive("fresh");
    await eventually(() => texts.includes("fresh") && texts.includes("old"));
    expect(texts.toSorted()).toEqual(["fresh", "old"]);
  });

  it("loses nothing when it is added in the middle of a flood", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { session } = await world.connect(manager);
    let stop = false;
    let sent = 0;
    const flood = async () => {
      while (!stop) {
        await session.receive(String(sent));
        sent += 1;
      }
    };
    const flooding = flood();
    await eventually(() => sent > 20);
    const texts = collect(manager, "late");
    await eventually(() => texts.length > 20);
    stop = true;
    await flooding;
    await eventually(() => texts.at(-1) === String(sent - 1), "the last message");
    expect(texts).toEqual(count(texts.length, sent - texts.length));
  });

  it("takes up what a slower process left undone, in order per chat", async () => {
    await using world = new World(createDatabase());
    const manager = world.create();
    let running = 0;
    manager.consume("bot", async ({ signal }) => {
      running += 1;
      await aborted(signal);
    });
    const { session } = await world.connect(manager);
    await Promise.all(
      count(450).map((text, n) => session.receive(text, { chatId: `1000${n % 3}` })),
    );
    await eventually(() => running === 3);
    await manager.close();

    const second = world.create();
    const handled: ConsumedMessage[] = [];
    second.consume("bot", (message) => void handled.push(message), FAST);
    await eventually(() => handled.length >= 450);
    for (const chat of ["10000", "10001", "10002"]) {
      const ofChat = handled.filter(({ message }) => message.chatId === chat);
      expect(ofChat.map(textOf)).toEqual(count(450).filter((_, n) => `1000${n % 3}` === chat));
      expect(ofChat.map(({ repeat }) => repeat)).toEqual(ofChat.map((_, n) => n === 0));
    }
  });

  it("keeps the order inside a chat and works on chats side by side", async () => {
    await using world = new World(createDatabase());
    const manager = world.create();
    const running = new Map<string, number>();
    let most = 0;
    let overlapped = false;
    const seen = new Map<string, string[]>();
    manager.consume(
      "bot",
      async (consumed) => {
        const { chatId } = consumed.message;
        running.set(chatId, (running.get(chatId) ?? 0) + 1);
        overlapped ||= (running.get(chatId) ?? 0) > 1;
        most = Math.max(most, [...running.values()].filter((n) => n > 0).length);
        await quiet(Math.floor(Math.random() * 4));
        seen.set(chatId, [...(seen.get(chatId) ?? []), textOf(consumed)]);
        running.set(chatId, (running.get(chatId) ?? 0) - 1);
      },
      { ...FAST, concurrency: 4 },
    );
    const { session } = await world.connect(manager);
    await Promise.all(
      count(400).map((text, n) => session.receive(text, { chatId: `2000${n % 7}` })),
    );
    await eventually(() => [...seen.values()].flat().length === 400);
    for (const [chat, texts] of seen) {
      expect(texts).toEqual(count(400).filter((_, n) => `2000${n % 7}` === chat));
    }
    expect(overlapped).toBe(false);
    expect(most).toBe(4);
  });

  it("tries again after a failure, says that it is a repeat, then puts the message aside", async () => {
    await using world = new World(createDatabase());
    const manager = world.create();
    const seen: string[] = [];
    manager.consume(
      "bot",
      (consumed) => {
        seen.push(`${textOf(consumed)}${consumed.repeat ? " again" : ""}`);
        if (textOf(consumed) === "flaky" && !consumed.repeat) throw new Error("first time");
        if (textOf(consumed) === "poison") throw new Error("never");
      },
      { backoffMs: [1, 1] },
    );
    const { session } = await world.connect(manager);
    for (const text of ["flaky", "poison", "after"]) await session.receive(text);
    await eventually(() => seen.includes("after"));
    expect(seen).toEqual([
      "flaky",
      "flaky again",
      "poison",
      "poison again",
      "poison again",
      "after",
    ]);
    await manager.close();
    const rows = await world.database.sql("select state, error, attempt from task order by id");
    expect(rows.map((row) => [row["state"], row["error"], Number(row["attempt"])])).toEqual([
      ["done", null, 2],
      ["dead", "never", 3],
      ["done", null, 1],
    ]);
  });

  it("ends a handler that takes too long through its signal", async () => {
    await using world = new World(createDatabase());
    const manager = world.create();
    const ended: string[] = [];
    manager.consume(
      "bot",
      async (consumed) => {
        if (consumed.repeat) return;
        await new Promise<void>((resolve) => {
          consumed.signal.addEventListener("abort", () => {
            ended.push(textOf(consumed));
            resolve();
          });
        });
      },
      { ...FAST, timeoutMs: 20 },
    );
    const { session } = await world.connect(manager);
    await session.receive("slow");
    await eventually(() => ended.length === 1);
    expect(ended).toEqual(["slow"]);
  });

  it("of one instance does not wait for that of another", async () => {
    await using world = new World(createDatabase());
    const manager = world.create();
    const texts: string[] = [];
    const stuck = Promise.withResolvers<void>();
    manager.consume("bot", async (consumed) => {
      if (textOf(consumed) === "stuck") await stuck.promise;
      texts.push(textOf(consumed));
    });
    const a = await world.connect(manager);
    const b = await world.connect(manager);
    for (let chat = 0; chat < 40; chat += 1) {
      await a.session.receive("stuck", { chatId: `3000${chat}` });
    }
    await b.session.receive("free");
    await eventually(() => texts.includes("free"));
    expect(texts).toEqual(["free"]);
    stuck.resolve();
    await eventually(() => texts.length === 41);
  });

  it("goes on with other chats while one that is flooded is stuck", async () => {
    await using world = new World(createDatabase());
    const manager = world.create();
    const seen = new Map<string, string[]>();
    const stuck = Promise.withResolvers<void>();
    manager.consume("bot", async (consumed) => {
      const { chatId } = consumed.message;
      if (chatId === "40000") await Promise.race([stuck.promise, aborted(consumed.signal)]);
      seen.set(chatId, [...(seen.get(chatId) ?? []), textOf(consumed)]);
    });
    const { session } = await world.connect(manager);
    await Promise.all(count(800).map((text) => session.receive(text, { chatId: "40000" })));
    await Promise.all(count(20).map((text) => session.receive(text, { chatId: "40001" })));
    await eventually(() => seen.get("40001")?.length === 20, "the other chat");
    expect(seen.get("40000")).toBeUndefined();
    stuck.resolve();
    await eventually(() => seen.get("40000")?.length === 800);
    expect(seen.get("40000")).toEqual(count(800));
    expect(seen.get("40001")).toEqual(count(20));
  });

  it("goes on with other chats while one that is flooded waits for its next try", async () => {
    await using world = new World(createDatabase());
    const manager = world.create();
    const seen = new Map<string, string[]>();
    let failed = 0;
    manager.consume(
      "bot",
      (consumed) => {
        const { chatId } = consumed.message;
        if (chatId === "50000") {
          failed += 1;
          throw new Error("not now");
        }
        seen.set(chatId, [...(seen.get(chatId) ?? []), textOf(consumed)]);
      },
      { backoffMs: [600_000] },
    );
    const { session } = await world.connect(manager);
    await session.receive("first", { chatId: "50000" });
    await eventually(() => failed === 1);
    await Promise.all(count(1000).map((text) => session.receive(text, { chatId: "50000" })));
    await Promise.all(count(20).map((text) => session.receive(text, { chatId: "50001" })));
    await eventually(() => seen.get("50001")?.length === 20, "the other chat");
    expect(seen.get("50001")).toEqual(count(20));
    expect(failed).toBe(1);
  });

  it("delivers thousands of messages of many chats through an outage, each chat in order", async () => {
    await using world = new World(createDatabase());
    const manager = world.create();
    const seen = new Map<string, string[]>();
    let down = true;
    let tried = 0;
    manager.consume(
      "bot",
      (consumed) => {
        tried += 1;
        if (down) throw new Error("down");
        const { chatId } = consumed.message;
        const texts = seen.get(chatId) ?? [];
        texts.push(textOf(consumed));
        seen.set(chatId, texts);
      },
      { backoffMs: [5, 5, 5, 60_000] },
    );
    const { session } = await world.connect(manager);
    const chatOf = (n: number) => `6${1000 + (n % 300)}`;
    await Promise.all(count(1500).map((text, n) => session.receive(text, { chatId: chatOf(n) })));
    await eventually(() => tried > 5);
    down = false;
    await eventually(() => [...seen.values()].flat().length >= 1500, "all of them");
    for (const [chat, texts] of seen) {
      expect(texts).toEqual(count(1500).filter((_, n) => chatOf(n) === chat));
    }
    // While it was down it was probed, not stormed.
    expect(tried).toBeLessThan(1500 + 100);
  }, 20_000);
});

describeEachDatabase("a consumer with many bad chats", (createDatabase) => {
  it("still handles the good ones", async () => {
    await using world = new World(createDatabase());
    const manager = world.create();
    const good: string[] = [];
    let failed = 0;
    manager.consume(
      "bot",
      (consumed) => {
        if (textOf(consumed) === "bad") {
          failed += 1;
          throw new Error("bad");
        }
        good.push(textOf(consumed));
      },
      { backoffMs: [600_000] },
    );
    const { session } = await world.connect(manager);
    for (let chat = 1000; chat < 1400; chat += 1) {
      await session.receive("bad", { chatId: `7${chat}` });
      // One that succeeds now and then: the target as such is not down.
      if (chat % 3 === 0) await session.receive("good", { chatId: `8${chat}` });
    }
    await Promise.all(count(50).map((text) => session.receive(text, { chatId: "90000" })));
    await eventually(() => good.at(-1) === "49" && good.length === 183);
    expect(good.slice(-50)).toEqual(count(50));
    expect(failed).toBeGreaterThanOrEqual(400);
  });
});

describe("a consumer's name and options", () => {
  it("are checked when it is added", async () => {
    await using world = new World();
    const manager = world.create();
    const handler = () => {};
    manager.consume("bot", handler);
    expect(() => manager.consume("bot", handler)).toThrow(
      expect.objectContaining({ code: "CONSUMER_NAME_TAKEN" }),
    );
    const bad: [string, ConsumeOptions][] = [
      ["", {}],
      ["with space", {}],
      ["ok", { concurrency: 0 }],
      ["ok", { concurrency: 1.5 }],
      ["ok", { timeoutMs: 0 }],
      ["ok", { timeoutMs: Number.NaN }],
      ["ok", { backoffMs: [-1] }],
    ];
    for (const [name, options] of bad) {
      expect(() => manager.consume(name, handler, options), JSON.stringify(options)).toThrow(
        expect.objectContaining({ code: "VALIDATION_FAILED" }),
      );
    }
  });

  it("may be undefined, which means the default", async () => {
    await using world = new World();
    const manager = world.create();
    // As a program without exactOptionalPropertyTypes may call it.
    const texts = collect(manager, "bot", {
      concurrency: undefined,
      timeoutMs: undefined,
      backoffMs: undefined,
    } as unknown as ConsumeOptions);
    const { session } = await world.connect(manager);
    await session.receive("hello");
    await eventually(() => texts.length === 1, "the handler runs");
  });
});
