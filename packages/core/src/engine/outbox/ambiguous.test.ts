import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { SqliteDialect } from "kysely";
import { expect, it } from "vitest";
import { type DatabaseDialect, OrquestaError, sqliteDialect } from "../../index.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually } from "../../testing/harness/eventually.ts";
import { RecordingLogger } from "../../testing/harness/recording-logger.ts";
import { type FakeManager, World } from "../../testing/harness/world.ts";
import { cachingStatements } from "../database/statement-cache.ts";
import type { JournalEvent } from "../event/instance-event.ts";
import type { OutgoingContent } from "../message/outgoing-content.ts";
import { shownText } from "../message/shown-text.ts";

const CHAT = "5511988887777";
const OTHER = "5511900000001";
const AMBIGUOUS = { capabilities: { resend: "ambiguous" } } as const;
const hello = { type: "text", text: "hello" } as const;

async function stateOf(manager: FakeManager, id: string, outboxId: string) {
  const { status, error } = await manager.message(id, outboxId);
  return [status, error?.code ?? null];
}

/** A SQLite file that can be told to take no writes. */
function refusable(path: string) {
  const connection = new BetterSqlite3(path);
  const dialect: DatabaseDialect = {
    ...sqliteDialect({ path }),
    async createKyselyDialect() {
      connection.pragma("journal_mode = WAL");
      return new SqliteDialect({ database: cachingStatements(connection) });
    },
  };
  const refuseWrites = (refuse: boolean) => connection.pragma(`query_only = ${refuse ? 1 : 0}`);
  return { dialect, refuseWrites };
}

it.each(["ambiguous", "same_id"] as const)(
  "a result that the database refuses is stored later, and nothing is sent again (%s)",
  async (resend) => {
    await using world = new World(undefined, { capabilities: { resend } });
    const { dialect, refuseWrites } = refusable(join(world.database.directory, "own.sqlite"));
    const logger = new RecordingLogger();
    const manager = await world.open({ database: dialect, logger });
    const { instance } = await world.connect(manager);
    let attempts = 0;
    world.platform.beforeSend = () => {
      attempts += 1;
    };
    world.platform.afterSend = () => {
      if (attempts === 1) refuseWrites(true);
    };
    const { id } = await manager.send(instance.id, CHAT, hello);
    await eventually(() => logger.text.includes("not stored yet"));
    refuseWrites(false);
    await eventually(async () => (await stateOf(manager, instance.id, id))[0] === "sent");
    await manager.send(instance.id, CHAT, { type: "text", text: "next" }, { until: "sent" });
    expect(world.platform.delivered.map(({ message }) => shownText(message.content))).toEqual([
      "hello",
      "next",
    ]);
    expect(attempts).toBe(2);
  },
);

it("a result that could not be stored until the session ended is unconfirmed, and nothing is sent again", async () => {
  await using world = new World(undefined, AMBIGUOUS);
  const path = join(world.database.directory, "own.sqlite");
  const { dialect, refuseWrites } = refusable(path);
  const manager = await world.open({ database: dialect });
  const { instance } = await world.connect(manager);
  const sent = Promise.withResolvers<void>();
  world.platform.afterSend = () => {
    refuseWrites(true);
    sent.resolve();
  };
  const { id } = await manager.send(instance.id, CHAT, hello);
  await sent.promise;
  await manager.close();
  const later = await world.open({ database: sqliteDialect({ path }) });
  const unconfirmed = ["unconfirmed", "SEND_OUTCOME_UNKNOWN"];
  await eventually(
    async () => String(await stateOf(later, instance.id, id)) === String(unconfirmed),
  );
  expect(world.platform.delivered).toHaveLength(1);
});

describeEachDatabase("where the platform chooses the ids", (createDatabase) => {
  it("a receipt that overtakes the answer counts", async () => {
    await using world = new World(createDatabase(), AMBIGUOUS);
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    world.platform.afterSend = async () => {
      await session.receipt("fake-1", "delivered");
      await session.receipt("another", "read");
    };
    const early = await manager.send(instance.id, CHAT, hello, { until: "sent" });
    expect(early).toMatchObject({ status: "delivered", messageId: "fake-1" });
    world.platform.afterSend = () => {};
    // In the same commit as the answer.
    const [same] = await Promise.all([
      manager.send(instance.id, CHAT, hello, { until: "sent" }),
      eventually(() => world.platform.delivered.length === 2).then(() =>
        session.receipt("fake-2", "read"),
      ),
    ]);
    await eventually(async () => (await stateOf(manager, instance.id, same.id)).join() === "read,");
  });

  it("what is sent about a message that was queued names it by the platform's id", async () => {
    await using world = new World(createDatabase(), AMBIGUOUS);
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    const journaled: OutgoingContent["type"][] = [];
    const named: unknown[] = [];
    manager.on("message.sent", ({ data }: JournalEvent<"message.sent">) => {
      if (data.origin !== "orquesta") return;
      journaled.push(data.content.type);
      if ("messageId" in data.content) named.push(data.content.messageId);
    });
    const gate = Promise.withResolvers<void>();
    world.platform.beforeSend = () => gate.promise;
    const { messageId } = await manager.send(instance.id, CHAT, hello);
    const contents: OutgoingContent[] = [
      { type: "edit", messageId, text: "good evening" },
      { type: "reaction", messageId, emoji: "👍" },
      { type: "text", text: "as I said", quoteMessageId: messageId },
      { type: "delete", messageId },
    ];
    for (const content of contents) await manager.send(instance.id, CHAT, content);
    gate.resolve();
    await eventually(() => journaled.length === 5);
    const account = world.platform.account(instance.id);
    expect(account.find("fake-1")).toMatchObject({
      text: "good evening",
      reactions: ["👍"],
      deleted: true,
    });
    expect(account.messages.map(({ quotedId }) => quotedId)).toEqual([null, "fake-1"]);
    expect(named).toEqual(["fake-1", "fake-1", "fake-1"]);
    // Also from another chat, and the platform's id as it is.
    const from = { type: "forward", fromChatId: CHAT } as const;
    for (const id of [messageId, "fake-1"]) {
      const content = { ...from, messageId: id };
      const { status } = await manager.send(instance.id, OTHER, content, { until: "sent" });
      expect(status).toBe("sent");
    }
  });

  it("what is sent about a message that was not sent fails, and nothing behind it", async () => {
    await using world = new World(createDatabase(), AMBIGUOUS);
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    world.platform.beforeSend = async ({ message }) => {
      if (message.chatId === OTHER) await new Promise(() => {});
      if (shownText(message.content) === "bad") throw new OrquestaError("SEND_REJECTED", "no");
    };
    world.platform.afterSend = ({ message }) => {
      if (shownText(message.content) === "lost") throw new Error("the line broke");
    };
    const text = (value: string) => ({ type: "text", text: value }) as const;
    const bad = await manager.send(instance.id, CHAT, text("bad"));
    const lost = await manager.send(instance.id, CHAT, text("lost"));
    const queued = await manager.send(instance.id, OTHER, text("queued"));
    const about: OutgoingContent[] = [
      { type: "edit", messageId: bad.messageId, text: "good" },
      { type: "text", text: "you see?", quoteMessageId: lost.messageId },
      { type: "forward", messageId: queued.messageId, fromChatId: OTHER },
    ];
    for (const content of about) {
      expect(await manager.send(instance.id, CHAT, content, { until: "sent" })).toMatchObject({
        status: "failed",
        error: {
          code: "SEND_REJECTED",
          message: "the platform does not have the message that it is about, or not surely",
        },
      });
    }
    const last = await manager.send(instance.id, CHAT, text("last"), { until: "sent" });
    expect(last.status).toBe("sent");
    expect(await stateOf(manager, instance.id, lost.id)).toEqual([
      "unconfirmed",
      "SEND_OUTCOME_UNKNOWN",
    ]);
  });

  it("a poll is found by the id that `send` gave, too", async () => {
    await using world = new World(createDatabase(), AMBIGUOUS);
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    const poll: OutgoingContent = { type: "poll", question: "?", options: ["a", "b"] };
    const { messageId, id } = await manager.send(instance.id, CHAT, poll);
    await eventually(async () => (await stateOf(manager, instance.id, id))[0] === "sent");
    expect(await manager.polls.results(instance.id, CHAT, messageId)).toMatchObject({
      question: "?",
    });
  });
});
