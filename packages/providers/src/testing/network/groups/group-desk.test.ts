import { expect, test } from "vitest";
import { TestBench } from "../../test-client.ts";
import { stanza } from "../../wire/stanza.ts";

const ACCOUNT = "5511999990000";
const ANA = "4915112345678";
const BOB = "4915187654321";

test("what the server lets members and admins do to a group, and what it refuses", async () => {
  await using bench = await TestBench.start();
  const { whatsapp } = bench;
  const ana = whatsapp.peer(ANA);
  whatsapp.peer(BOB);
  const { socket } = await bench.link(ACCOUNT);
  const group = whatsapp.group("Team", [ANA, ACCOUNT]);
  await expect(socket.groupParticipantsUpdate(group.jid, [BOB], "add")).rejects.toThrow(
    "forbidden",
  );
  await expect(socket.groupSettingUpdate(group.jid, "locked")).rejects.toThrow("not-authorized");
  await expect(socket.groupUpdateSubject(group.jid, "x".repeat(101))).rejects.toThrow(
    "not-acceptable",
  );
  expect(ana.changeGroup(group.jid, stanza("locked"))).toBeNull();
  await expect(socket.groupUpdateSubject(group.jid, "Ours")).rejects.toThrow("not-authorized");
  const promote = stanza("promote", {}, [
    stanza("participant", { jid: `${ACCOUNT}@s.whatsapp.net` }),
  ]);
  expect(ana.changeGroup(group.jid, promote)).toBeNull();
  await socket.groupUpdateSubject(group.jid, "Ours");
  const results = await socket.groupParticipantsUpdate(
    group.jid,
    [ANA, `${BOB}@s.whatsapp.net`],
    "remove",
  );
  expect(results.map(({ status }) => status)).toEqual(["404", "404"]);
  const owner = await socket.groupParticipantsUpdate(group.jid, [ana.jid], "remove");
  expect(owner.map(({ status }) => status)).toEqual(["406"]);
  expect((await socket.groupMetadata(group.jid)).subject).toBe("Ours");
  expect(ana.changeGroup("120363400000009999@g.us", stanza("locked"))).toBe("404");
});
