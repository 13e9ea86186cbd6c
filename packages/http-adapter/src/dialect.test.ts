import { describe, expect, it } from "vitest";
import { type Dialect, findDialect } from "./dialect.ts";

function dialect(...basePaths: string[]): Dialect {
  return { basePaths, answer: () => new Response(), describe: () => undefined };
}

describe("findDialect", () => {
  const singular = dialect("/api/instance", "/api/droplet");
  const plural = dialect("/api/v1");
  const rest = dialect("/");
  const dialects = [rest, singular, plural];

  it.each([
    ["/api/instance", singular],
    ["/api/instance/create", singular],
    ["/api/droplet/1", singular],
    ["/api/instances", rest],
    ["/api/instances/1", rest],
    ["/api/v1/instances", plural],
    ["/api/v10", rest],
    ["/", rest],
  ])("%s is owned by whole segments, the longest first", (path, owner) => {
    expect(findDialect(dialects, path)).toBe(owner);
  });

  it("finds nobody where nobody is", () => {
    expect(findDialect([plural], "/x")).toBeUndefined();
  });
});
