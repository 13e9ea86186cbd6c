import { mediaSourceSchema, outgoingContentSchema } from "@orquesta/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { operationsOf } from "../../../../documentation/operations.ts";
import { createTestApi } from "../../../../test-api.ts";
import { inSnakeCase } from "./in-snake-case.ts";
import { sendBodySchema, toSending } from "./send-body.ts";
import { SEND_EXAMPLES } from "./send-examples.ts";

const KINDS = outgoingContentSchema.options.map(({ shape }) => shape.type.value);

describe("the body of a message", () => {
  it("has every kind that the engine sends, with an example that the document has, too", async () => {
    expect(Object.keys(SEND_EXAMPLES)).toEqual(expect.arrayContaining(KINDS));
    for (const [kind, example] of Object.entries(SEND_EXAMPLES)) {
      expect(toSending(sendBodySchema.parse(example)).content.type).toBe(kind);
    }
    const { call } = createTestApi();
    const { body: document } = await call("GET", "/openapi.json");
    const send = operationsOf(document).find(({ operation: { operationId } }) => {
      return operationId === "sendMessage";
    });
    const examples = Object.entries(SEND_EXAMPLES).map(([kind, value]) => [kind, { value }]);
    expect(send?.operation.requestBody).toMatchObject({
      content: { "application/json": { examples: Object.fromEntries(examples) } },
    });
    const { oneOf } = document.components.schemas.SendMessage;
    expect(oneOf.map(({ title }: { title: string }) => title)).toEqual(KINDS);
    // A path of a file of the server is nothing that a caller may name.
    expect(JSON.stringify(document.components.schemas)).not.toMatch(/"(file|stream|bytes)":/);
  });

  it("becomes what the engine takes", () => {
    const body = sendBodySchema.parse({
      to: " 15550002222 ",
      type: "status",
      story: {
        type: "image",
        media: { base64: "aGk=", file_name: "a.png", mime_type: "image/png" },
        view_once: true,
      },
      audience: ["15550003333"],
      background_color: "#008069",
    });
    expect(toSending(body)).toEqual({
      chatId: "15550002222",
      content: {
        type: "status",
        story: {
          type: "image",
          media: { bytes: Buffer.from("hi"), fileName: "a.png", mimeType: "image/png" },
          viewOnce: true,
        },
        audience: ["15550003333"],
        backgroundColor: "#008069",
      },
    });
  });

  it("stays of one mind with the engine's schema, or says that it cannot", () => {
    const added = z.strictObject({
      viewOnce: z.array(z.strictObject({ someMedia: mediaSourceSchema })),
    });
    const media = { media_id: "1" };
    const own = inSnakeCase(added);
    expect(own.safeParse({ view_once: [{ some_media: media }] }).success).toBe(true);
    expect(own.safeParse({ view_once: [{ some_media: { file: "a" } }] }).success).toBe(false);
    expect(() => inSnakeCase(z.strictObject({ at: z.date() }))).toThrow("has a date");
  });
});
