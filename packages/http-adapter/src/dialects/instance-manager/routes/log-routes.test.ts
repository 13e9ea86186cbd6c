import { describe, expect, it } from "vitest";
import { createTestApi } from "../../../test-api.ts";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe("logs", () => {
  it("S2-12 shows the last log lines", async () => {
    const { call, create } = createTestApi();
    const { path } = await create();
    const { status, body } = await call("GET", `${path}/logs?tail=2`);
    expect(status).toBe(200);
    expect(body.data.tail).toBe(2);
    expect(body.data.logs.length).toBeLessThanOrEqual(2);
    expect(body.data.total_lines).toBeGreaterThanOrEqual(body.data.logs.length);
    expect(body.data.logs[0]).toEqual({
      timestamp: expect.stringMatching(ISO),
      level: expect.stringMatching(/^(debug|info|warn|error)$/),
      message: expect.any(String),
      source: expect.any(String),
    });
    expect((await call("GET", `${path}/logs`)).body.data.tail).toBe(100);
  });

  it.each(["0", "-1", "1.5", "many", "", "10001", "1e3", "99999999999"])(
    "S2-12 refuses tail=%s",
    async (tail) => {
      const { call, create } = createTestApi();
      const { path } = await create();
      const { status, body } = await call("GET", `${path}/logs?tail=${tail}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({ success: false, code: "VALIDATION_FAILED" });
      expect(body.error).toContain("tail");
    },
  );

  it("S2-12 narrows by level, time, text and source, and counts what matches", async () => {
    const { call, create, session } = createTestApi();
    const { id, path } = await create();
    const { logger } = (await session(id)).context;
    const part = logger.child({ source: "part" });
    part.info("Order 100% done");
    part.warn("order 1000 late");
    part.error("order lost");
    const read = async (query: Record<string, string>) => {
      const { body } = await call("GET", `${path}/logs?${new URLSearchParams(query)}`);
      const { logs, total_lines } = body.data;
      return [logs.map(({ message }: { message: string }) => message), total_lines];
    };
    expect(await read({ source: "part", level: "warn" })).toEqual([
      ["order 1000 late", "order lost"],
      2,
    ]);
    expect(await read({ search: "ORDER 100%" })).toEqual([["Order 100% done"], 1]);
    expect(await read({ source: "part", tail: "1" })).toEqual([["order lost"], 3]);
    const now = Date.now();
    const [from, to] = [now - 60_000, now + 60_000].map((time) => new Date(time).toISOString());
    const within = { source: "part", from: from ?? "", to: to ?? "" };
    expect((await read(within))[1]).toBe(3);
    expect((await read({ ...within, from: to ?? "" }))[1]).toBe(0);
    expect((await read({ from: "2026-01-01T00:00:00+01:00", source: "part" }))[1]).toBe(3);
  });

  it.each([
    ["level", "loud"],
    ["level", "INFO"],
    ["level", ""],
    ["from", "yesterday"],
    ["from", "2026-01-31"],
    ["to", "2026-01-31T12:00:00"],
    ["to", "2026-13-31T12:00:00Z"],
    ["search", ""],
    ["search", "x".repeat(201)],
    ["source", ""],
  ])("S2-12 refuses %s=%s", async (field, value) => {
    const { call, create } = createTestApi();
    const { path } = await create();
    const { status, body } = await call("GET", `${path}/logs?${field}=${value}`);
    expect([status, body.code]).toEqual([400, "VALIDATION_FAILED"]);
    expect(body.error).toContain(field);
  });

  it("S2-12 refuses a range that ends before it begins, and a field given twice", async () => {
    const { call, create } = createTestApi();
    const { path } = await create();
    const range = "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z";
    expect((await call("GET", `${path}/logs?${range}`)).status).toBe(400);
    expect((await call("GET", `${path}/logs?tail=1&tail=2`)).status).toBe(400);
  });
});
