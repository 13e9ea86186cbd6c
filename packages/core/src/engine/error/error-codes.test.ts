import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ERROR_CODES, isOrquestaError, OrquestaError } from "../../index.ts";

const page = readFileSync(new URL("../../../../../docs/errors.md", import.meta.url), "utf8");

describe("docs/errors.md", () => {
  it("lists every code with its status and whether to try again, and no other", () => {
    const rows = page.matchAll(/^\| `(\w+)` \| (\d+) \| (yes|no) \|/gm);
    const documented = Object.fromEntries(
      [...rows].map(([, code, status, again]) => {
        return [code, { status: Number(status), retryable: again === "yes" }];
      }),
    );
    expect(documented).toEqual(ERROR_CODES);
  });
});

describe("an OrquestaError", () => {
  it("has a code, keeps its cause and knows whether to try again", () => {
    const cause = new Error("foreign");
    const error = new OrquestaError("DATABASE_FAILED", "no", { cause });
    expect(error).toMatchObject({ code: "DATABASE_FAILED", retryable: true, cause, details: [] });
    expect(isOrquestaError(error, "DATABASE_FAILED")).toBe(true);
    expect(isOrquestaError(error, "INTERNAL")).toBe(false);
    expect(isOrquestaError(cause)).toBe(false);
  });
});
