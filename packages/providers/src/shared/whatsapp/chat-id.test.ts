import { expect, it } from "vitest";
import { parseChatId } from "./chat-id.ts";

it("stories are a chat", () => {
  expect(parseChatId("status@broadcast")).toBe("status@broadcast");
});
