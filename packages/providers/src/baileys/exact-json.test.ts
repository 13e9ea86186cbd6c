import { expect, test } from "vitest";
import { decodeExactJson, encodeExactJson } from "./exact-json.ts";

test("bytes come back as bytes, and nothing else does", () => {
  class Message {
    readonly signature = Buffer.from("signature");
    toJSON(): unknown {
      return "something else";
    }
  }
  const value = {
    key: Uint8Array.of(0, 255, 7),
    nested: [{ buffer: Buffer.from("héllo") }, null, true, "text", 1.5],
    numbered: { 0: 1, 1: 2 },
    type: "Buffer",
    data: "no bytes",
    message: new Message(),
  };
  expect(decodeExactJson(encodeExactJson(value))).toEqual({
    ...value,
    key: Buffer.of(0, 255, 7),
    message: { signature: Buffer.from("signature") },
  });
});
