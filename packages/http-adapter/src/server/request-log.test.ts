import { silentLogger } from "@orquesta/core";
import { expect, it, vi } from "vitest";
import { withRequestLog } from "./request-log.ts";

it("S1-15 logs one line a request: method, path, status and time, without the query", async () => {
  const info = vi.fn();
  const handler = withRequestLog(async () => new Response(null, { status: 404 }), {
    ...silentLogger,
    info,
  });
  const response = await handler(new Request("http://test/api/x?key=hunter2", { method: "POST" }), {
    remoteAddress: "192.0.2.1",
  });
  expect(response.status).toBe(404);
  expect(info.mock.calls).toEqual([
    [
      "request",
      {
        method: "POST",
        path: "/api/x",
        status: 404,
        durationMs: expect.any(Number),
        requestId: null,
        client: "192.0.2.1",
      },
    ],
  ]);
});
