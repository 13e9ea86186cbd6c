import { expect, test, vi } from "vitest";
import { EngineBench } from "../fixtures/engine-bench.ts";

const OWN = "5511900000001";
const PEERS = ["5511980000001", "5511980000002"];

test("an answer of who was told of a message is sent, and said to be", async () => {
  await using bench = await EngineBench.start();
  const id = await bench.pair(OWN);
  const accepted: string[] = [];
  bench.manager.consume("answers", async ({ instanceId, message }) => {
    const { content, chatId } = message;
    const text = content.type === "text" ? `answer to ${content.text}` : "";
    accepted.push((await bench.manager.send(instanceId, chatId, { type: "text", text })).id);
  });
  for (const text of ["one", "two", "three"]) {
    for (const number of PEERS) {
      const peer = bench.whatsapp.peer(number);
      await peer.send(OWN, text);
      await peer.waitFor((message) => message.text === `answer to ${text}`);
    }
  }
  for (const outboxId of accepted) {
    await vi.waitFor(async () => {
      const { status, error } = await bench.manager.message(id, outboxId);
      expect({ status, error }).toEqual({ status: "delivered", error: null });
    });
  }
  expect(accepted).toHaveLength(6);
});
