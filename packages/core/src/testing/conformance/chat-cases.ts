import assert from "node:assert/strict";
import type { ConformanceCase } from "./conformance-case.ts";
import type { ConformancePlace } from "./conformance-place.ts";
import type { PeerChat } from "./conformance-subject.ts";
import { operationCase } from "./operation-case.ts";

const HOUR_MS = 3_600_000;

async function shows(place: ConformancePlace, wanted: Partial<PeerChat>): Promise<void> {
  await place.until(`the chat is ${JSON.stringify(wanted)}`, async () => {
    const chat = await place.peer.chat();
    return Object.entries({ ...chat, ...wanted }).every(
      ([key, value]) => Object.entries(chat).find(([name]) => name === key)?.[1] === value,
    );
  });
}

async function received(place: ConformancePlace): Promise<string> {
  const { message } = await place.contentOf("text", () =>
    place.peer.write({ type: "text", text: `read me ${Math.random()}` }),
  );
  return message.id;
}

function chats({ manager, instanceId, subject: { chatId } }: ConformancePlace) {
  return {
    setPresence: (presence: "typing" | "recording" | "paused") =>
      manager.chats.setPresence(instanceId, chatId, presence),
    markRead: (ids: string[]) => manager.chats.markRead(instanceId, chatId, ids),
    markUnread: () => manager.chats.markUnread(instanceId, chatId),
    archive: (archived: boolean) => manager.chats.archive(instanceId, chatId, archived),
    mute: (until: Date | null) => manager.chats.mute(instanceId, chatId, until),
    pin: (pinned: boolean) => manager.chats.pin(instanceId, chatId, pinned),
  };
}

export const chatCases: readonly ConformanceCase[] = [
  operationCase(
    "chats.setPresence",
    (place) => chats(place).setPresence("typing"),
    async (place) => {
      await chats(place).setPresence("typing");
      await place.until("typing is seen", async () => (await place.peer.presence()) === "typing");
      await chats(place).setPresence("recording");
      const seen = async () => (await place.peer.presence()) === "recording";
      await place.until("recording is seen", seen);
      await chats(place).setPresence("paused");
    },
  ),
  operationCase(
    "chats.markRead",
    (place) => chats(place).markRead(["m"]),
    async (place) => {
      const first = await received(place);
      await chats(place).markRead([first]);
      await place.until("it is read", async () => (await place.peer.read()).includes(first));
      const second = await received(place);
      await chats(place).markRead([]);
      await place.until("all is read", async () => (await place.peer.read()).includes(second));
    },
  ),
  operationCase(
    "chats.markUnread",
    (place) => chats(place).markUnread(),
    async (place) => {
      const id = await received(place);
      if (place.capabilities.operations.includes("chats.markRead")) {
        await chats(place).markRead([id]);
      }
      await chats(place).markUnread();
      await shows(place, { unread: true });
    },
  ),
  operationCase(
    "chats.archive",
    (place) => chats(place).archive(true),
    async (place) => {
      await received(place);
      await chats(place).archive(true);
      await shows(place, { archived: true });
      await chats(place).archive(false);
      await shows(place, { archived: false });
    },
  ),
  operationCase(
    "chats.mute",
    (place) => chats(place).mute(null),
    async (place) => {
      await chats(place).mute(new Date(Date.now() + HOUR_MS));
      await shows(place, { muted: true });
      await chats(place).mute(null);
      await shows(place, { muted: false });
    },
  ),
  operationCase(
    "chats.pin",
    (place) => chats(place).pin(true),
    async (place) => {
      await chats(place).pin(true);
      await shows(place, { pinned: true });
      await chats(place).pin(false);
      await shows(place, { pinned: false });
    },
  ),
  {
    name: "refuses what is no chat",
    async run(place) {
      if (!place.capabilities.operations.includes("chats.setPresence")) return;
      await assert.rejects(place.manager.chats.setPresence(place.instanceId, "", "typing"), {
        code: "VALIDATION_FAILED",
      });
    },
  },
];
