import { INSTANCE_STATUSES, type InstanceStatus } from "@orquesta/core";
import { describe, expect, it } from "vitest";
import { AUTH_STATUS_WORDS, STATUS_WORDS, toAuthStatusWord, toStatusWord } from "./words.ts";

const NEW = { paired: false, reason: null };
const PAIRED = { paired: true, reason: null };

describe("words", () => {
  it.each<[InstanceStatus, string, string, string]>([
    ["created", "start", "pending", "pending"],
    ["starting", "start", "pending", "disconnected"],
    ["pairing", "qr_ready", "qr_ready", "qr_ready"],
    ["authenticating", "authenticated", "authenticated", "authenticated"],
    ["connected", "client_ready", "authenticated", "authenticated"],
    ["reconnecting", "start", "disconnected", "disconnected"],
    ["stopped", "stopped", "pending", "disconnected"],
    ["logged_out", "stopped", "disconnected", "disconnected"],
    ["failed", "error", "failed", "failed"],
  ])("S2-14 S2-15 %s is told as %s, %s, and %s when paired", (status, word, auth, pairedAuth) => {
    expect(toStatusWord({ status, ...NEW })).toBe(word);
    expect(toAuthStatusWord({ status, ...NEW })).toBe(auth);
    expect(toAuthStatusWord({ status, ...PAIRED })).toBe(pairedAuth);
  });

  it("S2-15 nobody scanned in time: the authentication failed", () => {
    const view = { status: "stopped", paired: false, reason: "qr_timeout" } as const;
    expect(toStatusWord(view)).toBe("stopped");
    expect(toAuthStatusWord(view)).toBe("failed");
  });

  it("S2-14 S2-15 every status of the engine has words of the document", () => {
    for (const status of INSTANCE_STATUSES) {
      expect(STATUS_WORDS).toContain(toStatusWord({ status, ...NEW }));
      expect(AUTH_STATUS_WORDS).toContain(toAuthStatusWord({ status, ...NEW }));
    }
  });
});
