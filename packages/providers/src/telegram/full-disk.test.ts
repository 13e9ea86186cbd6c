import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TelegramBench, WAIT } from "./fixtures/telegram-bench.ts";

/** Null: only root may make a small disk. */
function smallDisk() {
  const directory = mkdtempSync(join(tmpdir(), "orquesta-disk-"));
  try {
    const options = ["-t", "tmpfs", "-o", "size=16m", "tmpfs", directory];
    execFileSync("mount", options, { stdio: "ignore" });
  } catch {
    rmdirSync(directory);
    return null;
  }
  const filler = join(directory, "filler");
  return {
    directory,
    fill: () => expect(() => writeFileSync(filler, Buffer.alloc(32 << 20))).toThrow("ENOSPC"),
    free: () => rmSync(filler),
    [Symbol.dispose]() {
      execFileSync("umount", [directory]);
      rmdirSync(directory);
    },
  };
}

test("a full disk: Telegram keeps what was not stored, and gives it when there is room", async ({
  skip,
}) => {
  using disk = smallDisk() ?? skip("only root may make a small disk");
  await using bench = await TelegramBench.start({ dataDir: disk.directory });
  const talk = await bench.talk();
  const { bot, ana, id, chatId } = talk;
  disk.fill();
  const texts = Array.from({ length: 5 }, (_, index) => `${index} ${"x".repeat(4_000)}`);
  for (const text of texts) ana.write(bot, text);
  const polls = () =>
    bot.calls.filter(({ method }) => method.toLowerCase() === "getupdates").length;
  const before = polls();
  // It asks again and again, and never for what comes after.
  await expect.poll(polls, WAIT).toBeGreaterThan(before + 2);
  expect(bot.pendingUpdates).toHaveLength(texts.length);
  await expect(
    bench.manager.send(id, chatId, { type: "text", text: "x".repeat(4_000) }),
  ).rejects.toMatchObject({ code: "DATABASE_FAILED" });
  await expect
    .poll(() => bench.manager.get(id), WAIT)
    .toMatchObject({ status: "reconnecting", reason: "disk_full" });
  disk.free();
  const received = await bench.events(id, "message.received", 1 + texts.length);
  expect(received.slice(1).map(({ message: { content } }) => content)).toEqual(
    texts.map((text) => ({ type: "text", text })),
  );
  await expect.poll(() => bot.pendingUpdates, WAIT).toEqual([]);
  expect(await bench.send(talk, { type: "text", text: "after" })).toMatchObject({ status: "sent" });
  const shown = bot.chatWith(ana).messages.filter(({ from }) => from?.id === bot.id);
  expect(shown.map(({ text }) => text)).toEqual(["after"]);
});
