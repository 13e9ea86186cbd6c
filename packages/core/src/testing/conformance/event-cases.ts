import assert from "node:assert/strict";
import type { EventName } from "../../index.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import type { ConformancePlace } from "./conformance-place.ts";

/** A case of an event that the provider may or may not declare. */
function onEvent(
  event: EventName,
  name: string,
  run: (place: ConformancePlace) => Promise<void>,
): ConformanceCase {
  return {
    name,
    async run(place) {
      if (place.capabilities.events.includes(event)) await run(place.where(event));
    },
  };
}

/** A message of ours that the peer has. */
async function ours(place: ConformancePlace): Promise<string> {
  return (await place.sendAndSee({ type: "text", text: `look ${Math.random()}` })).id;
}

export const eventCases: readonly ConformanceCase[] = [
  onEvent("message.edited", "tells that somebody edited a message", async (place) => {
    const id = await place.peer.write({ type: "text", text: "befor" });
    const edited = await place.eventOf("message.edited", () => place.peer.edit(id, "before"));
    assert.equal(edited.messageId, id);
    assert.equal(edited.chatId, place.chatId);
    assert.equal(edited.sender.id, place.chatId);
    assert.deepEqual(edited.content, { type: "text", text: "before" });
  }),
  onEvent("message.deleted", "tells that somebody deleted a message", async (place) => {
    const id = await place.peer.write({ type: "text", text: "oh no" });
    const deleted = await place.eventOf("message.deleted", () => place.peer.delete(id));
    assert.equal(deleted.messageId, id);
    assert.equal(deleted.chatId, place.chatId);
    if (deleted.sender !== null) assert.equal(deleted.sender.id, place.chatId);
  }),
  onEvent("message.reacted", "tells reactions, and that they were taken back", async (place) => {
    const messageId = await ours(place);
    const given = await place.eventOf("message.reacted", () => place.peer.react(messageId, "👍"));
    assert.deepEqual(given.emojis, ["👍"]);
    assert.equal(given.messageId, messageId);
    assert.equal(given.chatId, place.chatId);
    assert.equal(given.sender.id, place.chatId);
    const taken = await place.eventOf("message.reacted", () => place.peer.react(messageId, null));
    assert.deepEqual(taken.emojis, []);
  }),
  onEvent("poll.voted", "tells votes, and that they were taken back", async (place) => {
    const options = ["red", "green"];
    const { id } = await place.sendAndSee({ type: "poll", question: "Which?", options });
    const vote = await place.eventOf("poll.voted", () => place.peer.vote(id, ["green"]));
    assert.equal(vote.messageId, id);
    assert.deepEqual(vote.options, ["green"]);
    assert.equal(vote.chatId, place.chatId);
    assert.equal(vote.voter.id, place.chatId);
    const results = () => place.manager.polls.results(place.instanceId, vote.chatId, id);
    const { question, options: counted } = await results();
    assert.equal(question, "Which?");
    assert.deepEqual(
      counted.map(({ title, votes, voters }) => [title, votes, voters.map((voter) => voter.id)]),
      [
        ["red", 0, []],
        ["green", 1, [vote.voter.id]],
      ],
    );
    const taken = await place.eventOf("poll.voted", () => place.peer.vote(id, []));
    assert.deepEqual(taken.options, []);
    const none = options.map((title) => ({ title, votes: 0, voters: [] }));
    assert.deepEqual(await results(), { question: "Which?", options: none });
  }),
  onEvent("presence.changed", "tells that somebody is typing", async (place) => {
    const shown = await place.eventOf("presence.changed", () => place.peer.setPresence("typing"));
    assert.equal(shown.chatId, place.chatId);
    assert.equal(shown.contactId, place.chatId);
    assert.equal(shown.presence, "typing");
  }),
  onEvent("call.received", "tells calls, and their end", async (place) => {
    let callId = "";
    const call = await place.eventOf("call.received", async () => {
      callId = await place.peer.call();
    });
    assert.equal(call.callId, callId);
    assert.equal(call.chatId, place.chatId);
    assert.equal(call.caller.id, place.chatId);
    assert.equal(call.rejected, false);
    if (!place.capabilities.events.includes("call.ended")) return;
    const ended = await place.eventOf("call.ended", () => place.peer.hangUp(callId));
    assert.equal(ended.callId, callId);
    assert.equal(ended.chatId, place.chatId);
  }),
  onEvent("group.changed", "tells what somebody changed in a group", async (place) => {
    const groupId = await place.peer.createGroup("Before");
    const changed = await place.eventOf(
      "group.changed",
      () => place.peer.renameGroup(groupId, "After"),
      ({ change }) => change.kind === "subject",
    );
    assert.equal(changed.chatId, groupId);
    assert.deepEqual(changed.change, { kind: "subject", subject: "After" });
  }),
];
