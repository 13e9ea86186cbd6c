import { afterEach, expect, it, vi } from "vitest";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import { NO_EVIDENCE } from "../provider/session-evidence.ts";
import { attempt } from "./attempt.ts";

afterEach(() => {
  vi.useRealTimers();
});

const MINUTE_MS = 60_000;
const MEDIA = { hash: "00".repeat(32), mimeType: "video/mp4", fileName: null, seconds: null };

function entryOf(size: number): OutboxEntry {
  return {
    seq: 1,
    id: "o",
    instanceId: "i",
    chatId: "c",
    messageId: "m",
    content: { type: "video", media: { ...MEDIA, size } },
    status: "queued",
    attempt: 0,
    error: null,
    createdAt: 0,
    sentAt: null,
    waitsFor: null,
  };
}

/** Its first send hangs until it is told to end, the second goes well. */
function hangingSession() {
  const log: string[] = [];
  let sends = 0;
  const session = {
    native: null,
    evidence: () => NO_EVIDENCE,
    close: async () => {},
    async send({ messageId }: { readonly messageId: string }, signal: AbortSignal) {
      sends += 1;
      log.push(`begins ${sends}`);
      if (sends === 1) {
        const { promise, resolve } = Promise.withResolvers<void>();
        signal.addEventListener("abort", () => resolve());
        await promise;
        log.push("is told to end");
        throw new OrquestaError("SEND_OUTCOME_UNKNOWN", "told to end");
      }
      return { messageId };
    },
  };
  return { log, session };
}

it("a message whose medium is gone has failed, and is not tried again", async () => {
  const { session } = hangingSession();
  const send = async () => {
    throw new OrquestaError("MEDIA_NOT_FOUND", "the medium is not kept any more");
  };
  const capabilities = { resend: "same_id", menus: "numbered" } as const;
  const { signal } = new AbortController();
  expect(
    await attempt({ session: { ...session, send }, capabilities, signal }, entryOf(1)),
  ).toEqual({
    status: "failed",
    error: { code: "MEDIA_NOT_FOUND", message: "the medium is not kept any more" },
  });
});

it.each([
  ["a small medium is given a minute", 1, MINUTE_MS],
  ["a large one as long as a slow line needs", 64 * 1024 * 300, 6 * MINUTE_MS],
])("%s; a send that takes longer has ended before the next one begins", async (_what, size, ms) => {
  vi.useFakeTimers();
  const { log, session } = hangingSession();
  const capabilities = { resend: "same_id", menus: "numbered" } as const;
  const { signal } = new AbortController();
  const sent = attempt({ session, capabilities, signal }, entryOf(size));
  await vi.advanceTimersByTimeAsync(ms - 100);
  expect(log).toEqual(["begins 1"]);
  await vi.advanceTimersByTimeAsync(200);
  expect(log).toEqual(["begins 1", "is told to end", "begins 2"]);
  expect(await sent).toEqual({ status: "sent", messageId: "m" });
});
