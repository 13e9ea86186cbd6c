import { expect, it } from "vitest";
import { World } from "../../testing/harness/world.ts";
import type { OutgoingContent } from "../message/outgoing-content.ts";
import type { OutboxMessage } from "../provider/session.ts";

const CHAT = "5511988887777";
const limits = { textLength: 20, captionLength: 5, mediaBytes: 1000 };
const media = { bytes: Buffer.from("x") };

it.each<[string, OutgoingContent, string]>([
  ["a text", { type: "text", text: "x".repeat(21) }, "texts of at most 20"],
  ["a caption", { type: "image", media, caption: "123456" }, "captions of at most 5"],
  [
    "a menu with its numbers",
    { type: "buttons", text: "x".repeat(15), buttons: [{ id: "a", title: "A" }] },
    "texts of at most 20",
  ],
])("%s that is too long for the platform is refused, and nothing is stored", async (...row) => {
  const [, content, problem] = row;
  await using world = new World(undefined, {
    capabilities: { limits, outgoing: ["text", "image"] },
  });
  const manager = await world.open();
  const { instance } = await world.connect(manager);
  await expect(manager.send(instance.id, CHAT, content)).rejects.toMatchObject({
    code: "VALIDATION_FAILED",
    message: expect.stringContaining(`fake takes ${problem}`),
  });
  expect(await world.database.sql("select id from outbox")).toEqual([]);
});

it("a message goes to the chat that the platform knows, whatever its address was", async () => {
  await using world = new World();
  const manager = await world.open();
  const { instance, session } = await world.connect(manager);
  const until = "sent";
  const hello = { type: "text", text: "hello" } as const;
  Object.assign(session, { resolveChat: async () => "551188887777" });
  const options = { until, idempotencyKey: "k" } as const;
  const first = await manager.send(instance.id, CHAT, hello, options);
  expect(first.chatId).toBe("551188887777");
  Object.assign(session, { resolveChat: () => Promise.reject(new Error("no answer")) });
  expect(await manager.send(instance.id, CHAT, hello, options)).toMatchObject({
    id: first.id,
    repeated: true,
  });
  const second = await manager.send(instance.id, CHAT, hello, { until });
  expect(second.chatId).toBe(CHAT);
  expect(world.platform.delivered.map(({ message }) => message.chatId)).toEqual([
    "551188887777",
    CHAT,
  ]);
});

it("chats and contacts that a message names are brought to their ids; what is none is refused", async () => {
  await using world = new World();
  const manager = await world.open();
  const { instance, session } = await world.connect(manager);
  const contents: OutboxMessage["content"][] = [];
  Object.assign(session, {
    resolveChat: async (id: string) => (id === "5511977776666" ? "551177776666" : id),
    send: async ({ messageId, content }: OutboxMessage) => {
      contents.push(content);
      return { messageId };
    },
  });
  const forward = { type: "forward", messageId: "m" } as const;
  const story = { type: "text" as const, text: "hi", mentions: ["+5511966665555"] };
  const sent: [string, OutgoingContent][] = [
    [CHAT, { type: "text", text: "hi", mentions: [`+${CHAT}`] }],
    [CHAT, { type: "text", text: "hi", mentions: "all" }],
    [CHAT, { ...forward, fromChatId: "+5511977776666" }],
    ["status@broadcast", { type: "status", story, audience: [`+${CHAT}`] }],
  ];
  for (const [chatId, content] of sent) {
    await manager.send(instance.id, chatId, content, { until: "sent" });
  }
  expect(contents).toEqual([
    { type: "text", text: "hi", mentions: [CHAT] },
    { type: "text", text: "hi", mentions: "all" },
    { ...forward, fromChatId: "551177776666" },
    { type: "status", story: { ...story, mentions: ["5511966665555"] }, audience: [CHAT] },
  ]);
  const toNobody = manager.send(instance.id, CHAT, { ...forward, fromChatId: "nobody" });
  await expect(toNobody).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
});
