import { expect, it } from "vitest";
import { MESSAGE_STATUSES, statusesBefore } from "./message-status.ts";
import { parseOutgoingContent } from "./outgoing-content.ts";

it("statuses only move forward, and every one has a place", () => {
  for (const [index, status] of MESSAGE_STATUSES.entries()) {
    expect(statusesBefore(status)).toEqual(MESSAGE_STATUSES.slice(0, index));
  }
});

it("content is taken as it is or refused, with the field that is wrong", () => {
  const content = { type: "text", text: "hi", quoteMessageId: "q" };
  expect(parseOutgoingContent(content)).toEqual(content);
  for (const bad of [null, {}, { type: "other" }, { type: "text" }, { ...content, more: 1 }]) {
    expect(() => parseOutgoingContent(bad)).toThrow(
      expect.objectContaining({ code: "VALIDATION_FAILED" }),
    );
  }
  expect(() => parseOutgoingContent({ type: "text", text: 1 })).toThrow(
    expect.objectContaining({ details: [expect.objectContaining({ field: "text" })] }),
  );
});
