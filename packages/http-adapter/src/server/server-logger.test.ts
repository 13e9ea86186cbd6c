import type { LogLevel } from "@orquesta/core";
import { describe, expect, it } from "vitest";
import { createServerLogger } from "./server-logger.ts";

function capture(readable: boolean, level: LogLevel = "info") {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { lines, logger: createServerLogger({ level, readable, destination }) };
}

describe("createServerLogger", () => {
  it("writes JSON with the context beside the message", () => {
    const { lines, logger } = capture(false);
    logger.child({ instanceId: "i1" }).warn("session closed", { reason: "crashed" });
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      level: "warn",
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      message: "session closed",
      instanceId: "i1",
      reason: "crashed",
    });
  });

  it("leaves out what is below its level", () => {
    const { lines, logger } = capture(false, "warn");
    logger.info("not interesting");
    expect(lines).toEqual([]);
  });

  it("never writes what looks like a secret", () => {
    const { lines, logger } = capture(false);
    logger.info("called", {
      apiKey: "hunter2",
      webhook: { headers: { authorization: "hunter2" } },
    });
    expect(lines.join()).not.toContain("hunter2");
  });

  it("writes a failure with its trace and its cause", () => {
    const { lines, logger } = capture(false);
    logger.error("failed", { error: new Error("outer", { cause: new Error("inner") }) });
    expect(lines[0]).toContain("outer: inner");
    expect(lines[0]).toContain("server-logger.test.ts");
  });

  it("writes lines for people", () => {
    const { lines, logger } = capture(true);
    logger.info("session opened", { instanceId: "i1", attempt: 2 });
    logger.info("request", { method: "GET", path: "/api/health", status: 200, durationMs: 3.4 });
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} info {2}session opened instanceId=i1 attempt=2\n$/,
    );
    expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} GET \/api\/health 200 3\.4 ms\n$/);
  });

  it("shows the trace of a failure to people", () => {
    const { lines, logger } = capture(true);
    logger.error("failed", { error: new Error("why") });
    expect(lines[0]).toMatch(/ error failed\nError: why\n {4}at /);
  });
});
