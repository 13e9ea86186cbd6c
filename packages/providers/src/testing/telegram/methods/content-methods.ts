import { badRequest } from "../wire/api-error.ts";
import { isJsonObject, type Parameters } from "../wire/parameters.ts";
import type { Location, Message, Poll } from "../wire/types.ts";
import { messageForBot } from "../world/message-view.ts";
import type { Call, Methods } from "./call.ts";
import { roomToWrite } from "./chat-access.ts";
import { deliver } from "./deliver.ts";
import { textOf } from "./text-of.ts";

const MAX_OPTIONS = 12;
const ACTIONS = [
  "typing",
  "upload_photo",
  "record_video",
  "upload_video",
  "record_voice",
  "upload_voice",
  "upload_document",
  "choose_sticker",
  "find_location",
  "record_video_note",
  "upload_video_note",
];

/** What is sent besides files. */
export const contentMethods: Methods = {
  sendMessage: (call: Call): Message => deliver(call, textOf(call.parameters)),
  sendLocation: (call: Call): Message => deliver(call, { location: locationOf(call.parameters) }),
  sendVenue: (call: Call): Message => {
    const { parameters } = call;
    const location = locationOf(parameters);
    const [title, address] = [parameters.text("title"), parameters.text("address")];
    if (title === "" || address === "") throw badRequest("VENUE_INVALID");
    return deliver(call, { location, venue: { location, title, address } });
  },
  sendContact: (call: Call): Message => {
    const { parameters } = call;
    const [phone, name] = [parameters.text("phone_number"), parameters.text("first_name")];
    if (phone === "") throw badRequest("phone_number is empty");
    if (name === "") throw badRequest("first_name is empty");
    const lastName = parameters.optionalText("last_name");
    const vcard = parameters.optionalText("vcard");
    return deliver(call, {
      contact: {
        phone_number: phone.replace(/[^\d]/g, ""),
        first_name: name,
        ...(lastName ? { last_name: lastName } : {}),
        ...(vcard ? { vcard } : {}),
      },
    });
  },
  sendDice: (call: Call): Message =>
    deliver(call, { dice: { emoji: call.parameters.optionalText("emoji") ?? "🎲", value: 4 } }),
  sendPoll,
  stopPoll,
  sendChatAction: (call: Call): true => {
    const action = call.parameters.text("action");
    if (!ACTIONS.includes(action)) throw badRequest("wrong parameter action in request");
    call.bot.actions.push({ chatId: roomToWrite(call).id, action });
    return true;
  },
};

function locationOf(parameters: Parameters): Location {
  const latitude = parameters.number("latitude");
  const longitude = parameters.number("longitude");
  if (latitude === undefined || Math.abs(latitude) > 90) throw badRequest("latitude is invalid");
  if (longitude === undefined || Math.abs(longitude) > 180) {
    throw badRequest("longitude is invalid");
  }
  const live = parameters.number("live_period");
  return { latitude, longitude, ...(live === undefined ? {} : { live_period: live }) };
}

function sendPoll(call: Call): Message {
  const { parameters, world } = call;
  const question = parameters.text("question");
  if (question === "") throw badRequest("poll question must be non-empty");
  if (question.length > 300) throw badRequest("poll question length must not exceed 300");
  const options = (parameters.list("options", "InputPollOption") ?? []).map(optionText);
  if (options.length < 2) throw badRequest("poll must have at least 2 option");
  if (options.length > MAX_OPTIONS)
    throw badRequest(`poll can't have more than ${MAX_OPTIONS} options`);
  const isQuiz = parameters.text("type") === "quiz";
  if (isQuiz && !parameters.has("correct_option_id")) {
    throw badRequest("correct option must be specified");
  }
  const isAnonymous = !parameters.has("is_anonymous") || parameters.flag("is_anonymous");
  // Refused before there is a poll.
  if (roomToWrite(call).type === "channel" && !isAnonymous) {
    throw badRequest("non-anonymous polls can't be sent to channel chats");
  }
  const box = world.openPoll({
    question,
    options,
    isAnonymous,
    isMultiple: parameters.flag("allows_multiple_answers"),
    type: isQuiz ? "quiz" : "regular",
    ...(isQuiz ? { correctOption: parameters.integer("correct_option_id") } : {}),
    askedBy: call.bot.id,
  });
  return deliver(call, { poll: box.poll });
}

/** Options come as objects, and came as texts before. */
function optionText(option: unknown): string {
  const text = isJsonObject(option) ? option.text : option;
  if (typeof text !== "string" || text === "") throw badRequest("poll options must be non-empty");
  if (text.length > 100) throw badRequest("poll options length must not exceed 100");
  return text;
}

function stopPoll(call: Call): Poll {
  const { parameters, post, bot } = call;
  const room = roomToWrite(call);
  const stored = room.get(parameters.integer("message_id"), "message with poll to stop");
  const id = stored.message.poll?.id;
  const box = id === undefined ? undefined : call.world.polls.get(id);
  if (!box) throw badRequest("message with poll to stop not found");
  if (stored.authorId !== bot.id) throw badRequest("poll can't be stopped");
  if (box.isClosed) throw badRequest("poll has already been closed");
  box.close();
  post.edit(room, stored, { poll: box.poll });
  bot.updates.push("poll", box.poll);
  return messageForBot(bot.id, stored.message).poll ?? box.poll;
}
