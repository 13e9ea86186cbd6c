import { expect, test } from "vitest";
import { TestBench } from "../../test-client.ts";

const ACCOUNT = "5511999990000";
const ANA = "4915112345678";

test("what an account says about itself and others", async () => {
  await using bench = await TestBench.start();
  const { whatsapp } = bench;
  const ana = whatsapp.peer(ANA);
  const { socket } = await bench.link(ACCOUNT);
  const phone = whatsapp.phone(ACCOUNT);
  await socket.updateProfileStatus("Open");
  expect(phone.about).toBe("Open");
  await expect(socket.updateProfileStatus("x".repeat(140))).rejects.toThrow("not-acceptable");
  await socket.updateBlockStatus(ana.jid, "block");
  expect(await socket.fetchBlocklist()).toEqual([ana.lid]);
  await expect(socket.profilePictureUrl(ana.jid, "image")).rejects.toThrow("item-not-found");
  ana.profile = { picture: Buffer.from([0xff, 0xd8, 0xff]) };
  const url = await socket.profilePictureUrl(ana.jid, "image");
  expect((await fetch(url ?? "")).headers.get("content-type")).toBe("image/jpeg");
});

test("what devices arrange for chats is kept only when it follows on what is there", async () => {
  await using bench = await TestBench.start();
  const { socket } = await bench.link(ACCOUNT);
  const rubbish = { tag: "patch", attrs: {}, content: Buffer.from([0]) };
  const collection = {
    tag: "collection",
    attrs: { name: "regular_low", version: "7" },
    content: [rubbish],
  };
  const answer = await socket.query({
    tag: "iq",
    attrs: { to: "s.whatsapp.net", type: "set", xmlns: "w:sync:app:state" },
    content: [{ tag: "sync", attrs: {}, content: [collection] }],
  });
  expect(JSON.stringify(answer)).toContain("conflict");
  expect(bench.whatsapp.phone(ACCOUNT).appStateFailures).toEqual([]);
});
