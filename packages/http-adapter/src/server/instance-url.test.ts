import { describe, expect, it } from "vitest";
import { toInstanceUrl } from "./instance-url.ts";

const ID = "01a1fe14-face-7036-952d-e7db5fe6820e";
const OWN = `/api/v1/instances/${ID}`;

describe("toInstanceUrl", () => {
  it.each([
    ["/qr", `${OWN}/qr`],
    ["/logs?tail=5&search=%2F", `${OWN}/logs?tail=5&search=%2F`],
    ["/", OWN],
    ["/status", OWN],
    ["/status?x", `${OWN}?x`],
    [OWN, OWN],
    [`${OWN}/qr?a=1`, `${OWN}/qr?a=1`],
    ["http://other.example/qr", `${OWN}/qr`],
  ])("C-21 %s is %s", (target, expected) => {
    expect(toInstanceUrl(ID, target)).toBe(expected);
  });

  it.each([
    "/../../health",
    "/..%2f..%2fhealth",
    "/%2e%2e/%2e%2e/health",
    "//api/health",
    "/api/v1/instances",
    "/api/v1/instances/550e8400-e29b-41d4-a716-446655440000/qr",
    `${OWN}x/qr`,
    `${OWN}/../550e8400-e29b-41d4-a716-446655440000`,
    `/./${OWN}/%2e%2e/other`,
    "/\\..\\..\\health",
    "*",
    "",
    "http://[",
  ])("C-21 C-16 %s does not lead out of the instance", (target) => {
    const { pathname } = new URL(toInstanceUrl(ID, target), "http://main");
    expect(pathname === OWN || pathname.startsWith(`${OWN}/`)).toBe(true);
  });
});
