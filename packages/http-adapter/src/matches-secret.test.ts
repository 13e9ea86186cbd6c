import { expect, it } from "vitest";
import { matchesSecret } from "./matches-secret.ts";

it("matches the secret and nothing else", () => {
  expect(matchesSecret("secret", "secret")).toBe(true);
  expect(matchesSecret("secreT", "secret")).toBe(false);
  expect(matchesSecret("secret and more", "secret")).toBe(false);
  expect(matchesSecret("", "secret")).toBe(false);
});

it("matches nothing when no secret is set", () => {
  expect(matchesSecret("", undefined)).toBe(false);
  expect(matchesSecret("", "")).toBe(false);
  expect(matchesSecret("anything", undefined)).toBe(false);
});
