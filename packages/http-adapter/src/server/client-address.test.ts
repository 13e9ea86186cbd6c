import { describe, expect, it } from "vitest";
import { createClientAddress, type TrustProxy } from "./client-address.ts";

function clientOf(trust: TrustProxy, remoteAddress: string | null, forwarded?: string) {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  return createClientAddress(trust)(new Request("http://a/", { headers }), { remoteAddress });
}

describe("createClientAddress", () => {
  it.each<[TrustProxy, string | null, string | undefined, string | null]>([
    [[], "10.0.0.9", undefined, "10.0.0.9"],
    [[], "10.0.0.9", "1.2.3.4", "10.0.0.9"],
    [["10.0.0.0/8"], "10.0.0.9", "1.2.3.4", "1.2.3.4"],
    [["10.0.0.0/8"], "::ffff:10.0.0.9", "1.2.3.4", "1.2.3.4"],
    [["10.0.0.0/8"], "11.0.0.9", "1.2.3.4", "11.0.0.9"],
    [["10.0.0.0/8"], "10.0.0.9", "6.6.6.6, 1.2.3.4", "1.2.3.4"],
    [["10.0.0.0/8"], "10.0.0.9", "1.2.3.4, 10.0.0.2", "1.2.3.4"],
    [["::1", "fd00::/8"], "::1", "2001:db8::1, fd00::5", "2001:db8::1"],
    [["10.0.0.9"], "10.0.0.9", "evil\u00e9", "10.0.0.9"],
    [["10.0.0.9"], "10.0.0.9", "", "10.0.0.9"],
    [0, "10.0.0.9", "1.2.3.4", "10.0.0.9"],
    [1, "10.0.0.9", "6.6.6.6, 1.2.3.4", "1.2.3.4"],
    [2, "10.0.0.9", "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"],
    [1, null, "1.2.3.4", null],
  ])("trusts %j: %s, which says %j, is %s", (trust, remote, forwarded, expected) => {
    expect(clientOf(trust, remote, forwarded)).toBe(expected);
  });
});
