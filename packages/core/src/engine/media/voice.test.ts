import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { MediaOptions, OutgoingContent } from "../../index.ts";
import { World } from "../../testing/harness/world.ts";

const CHAT = "5511988887777";
const VOICE = { type: "voice", media: { bytes: toneOf(2) } } as const;

/** A WAV file with a tone. */
function toneOf(seconds: number): Buffer {
  const [rate, header] = [8000, Buffer.alloc(44)];
  const samples = Buffer.alloc(rate * seconds * 2);
  for (let n = 0; n < rate * seconds; n += 1) {
    samples.writeInt16LE(Math.round(8000 * Math.sin(n / 4)), n * 2);
  }
  header.write("RIFF", 0).toString();
  header.writeUInt32LE(36 + samples.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

async function send(world: World, content: OutgoingContent, media: MediaOptions = {}) {
  const manager = await world.open({ dataDir: world.database.directory, media });
  const { instance } = await world.connect(manager);
  await manager.send(instance.id, CHAT, content, { until: "sent", timeoutMs: 60_000 });
  const sent = world.platform.delivered.at(-1)?.message.content;
  if (sent?.type !== "voice" && sent?.type !== "audio") return expect.fail("no sound was sent");
  const { hash } = sent.media;
  return {
    media: sent.media,
    path: join(world.database.directory, "media", hash.slice(0, 2), hash),
  };
}

const voiceWorld = () => new World(undefined, { capabilities: { outgoing: ["voice", "audio"] } });

it("what is no Ogg Opus becomes a voice note that plays as long", async () => {
  await using world = voiceWorld();
  const { media, path } = await send(world, VOICE);
  expect(media).toMatchObject({ mimeType: "audio/ogg; codecs=opus", fileName: null });
  expect(media.seconds).toBeCloseTo(2, 1);
  // RFC 7845: the first packet says what it is, its version and its channels.
  const packet = (await readFile(path)).subarray(28, 38);
  expect(packet).toEqual(Buffer.from("OpusHead\u0001\u0001"));
});

it("Ogg Opus stays as it is, without ffmpeg; an audio of it is measured too", async () => {
  await using world = voiceWorld();
  const { path } = await send(world, VOICE);
  const bytes = await readFile(path);
  await using other = voiceWorld();
  const { media } = await send(other, { type: "voice", media: { bytes } }, { ffmpegPath: "none" });
  expect([media.size, media.seconds]).toEqual([bytes.length, expect.closeTo(2, 1)]);
  await using third = voiceWorld();
  const audio = await send(third, { type: "audio", media: { bytes } });
  expect(audio.media.seconds).toBeCloseTo(2, 1);
});

it("without ffmpeg the error names it, and nothing is sent", async () => {
  await using world = voiceWorld();
  const missing = { code: "FFMPEG_MISSING", message: expect.stringContaining("/nowhere/ffmpeg") };
  const sending = send(world, VOICE, { ffmpegPath: "/nowhere/ffmpeg" });
  await expect(sending).rejects.toMatchObject(missing);
  expect(await world.database.sql("select id from outbox")).toEqual([]);
});

it("what cannot be converted is refused: a broken file, one without sound, one that names others", async () => {
  const [header] = [VOICE.media.bytes.subarray(0, 44)];
  const playlist = Buffer.from(`ID3\x04\0\0\0\0\0\0#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n`);
  for (const bytes of [header, playlist]) {
    await using world = voiceWorld();
    const sending = send(world, { type: "voice", media: { bytes } });
    await expect(sending).rejects.toMatchObject({ code: "MEDIA_UNREADABLE" });
  }
});

it("a program that hangs is ended with the time that is allowed, and leaves nothing running", async () => {
  await using world = voiceWorld();
  const pidFile = join(world.database.directory, "pid");
  const ffmpegPath = join(world.database.directory, "ffmpeg");
  const script = `#!/bin/sh\necho $$ > ${pidFile}\nexec sleep 600\n`;
  await writeFile(ffmpegPath, script, { mode: 0o755 });
  const sending = send(world, VOICE, { ffmpegPath, readTimeoutMs: 1000 });
  await expect(sending).rejects.toMatchObject({ code: "MEDIA_UNREADABLE" });
  const pid = Number(await readFile(pidFile, "utf8"));
  expect(() => process.kill(pid, 0)).toThrow(expect.objectContaining({ code: "ESRCH" }));
});
