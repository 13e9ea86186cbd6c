import { expect, test } from "vitest";
import { baileys } from "./index.ts";

const { parseChatId, createMessageId } = baileys();

test.each([
  ["5511988887777", "5511988887777@s.whatsapp.net"],
  ["+55 (11) 98888-7777", "5511988887777@s.whatsapp.net"],
  ["5511988887777@s.whatsapp.net", "5511988887777@s.whatsapp.net"],
  ["5511988887777:12@s.whatsapp.net", "5511988887777@s.whatsapp.net"],
  ["5511988887777@c.us", "5511988887777@s.whatsapp.net"],
  ["123456789012345@lid", "123456789012345@lid"],
  ["120363041234567890@g.us", "120363041234567890@g.us"],
  ["5511988887777-1612345678@g.us", "5511988887777-1612345678@g.us"],
  ["status@broadcast", "status@broadcast"],
])("%s is the chat %s", (input, chatId) => {
  expect(parseChatId(input)).toBe(chatId);
});

test.each([
  "",
  "12",
  "ana",
  "0511988887777",
  "x@g.us",
  "12345@broadcast",
  "1@newsletter",
  "5511@c.us@lid",
])("%j is refused", (input) => {
  expect(() => parseChatId(input)).toThrow(
    expect.objectContaining({ code: "VALIDATION_FAILED", details: [expect.anything()] }),
  );
});

test("message ids look like those of WhatsApp Web and do not repeat", () => {
  const ids = Array.from({ length: 1_000 }, createMessageId);
  expect(new Set(ids).size).toBe(1_000);
  expect(ids.every((id) => /^3EB0[0-9A-F]{18}$/.test(id))).toBe(true);
});
