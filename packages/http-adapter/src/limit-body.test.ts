import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { Hono } from "hono";
import { describe, expect, it, onTestFinished } from "vitest";
import { limitBody } from "./limit-body.ts";
import { toNodeListener } from "./mounts/node.ts";
import { RequestFault } from "./request-fault.ts";

const faults: string[] = [];

function createApp(): Hono {
  const app = new Hono();
  app.post("/", limitBody(10), async (c) => c.text(await c.req.text()));
  app.onError((error, c) => {
    const code = error instanceof RequestFault ? error.code : "INTERNAL";
    faults.push(code);
    return c.text(code, 400);
  });
  return app;
}

/** Sends what is not worth a client library: half requests, chunked ones. */
async function exchange(text: string): Promise<string> {
  const app = createApp();
  const server = createServer(toNodeListener(async (request) => app.fetch(request)));
  onTestFinished(() => server.close().closeAllConnections());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on TCP has such an address.
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1").setEncoding("utf8");
  let answer = "";
  socket.on("data", (chunk: string) => {
    answer += chunk;
  });
  socket.end(text);
  await once(socket, "close");
  return answer;
}

describe("limitBody", () => {
  it("lets through what is small enough", async () => {
    const response = await createApp().request("/", { method: "POST", body: "0123456789" });
    expect(await response.text()).toBe("0123456789");
  });

  it("refuses what says that it is too long, and what is without saying so", async () => {
    const told = await createApp().request("/", { method: "POST", body: "01234567890" });
    expect(await told.text()).toBe("PAYLOAD_TOO_LARGE");
    const body = new Blob(["01234567890"]).stream();
    const untold = await createApp().request("/", { method: "POST", body, duplex: "half" });
    expect(await untold.text()).toBe("PAYLOAD_TOO_LARGE");
  });

  it("counts chunks that arrive through a Node server", async () => {
    const head =
      "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect(await exchange(`${head}3\r\nabc\r\n0\r\n\r\n`)).toMatch(/200 OK.*abc$/s);
    expect(await exchange(`${head}8\r\nabcdefgh\r\n8\r\nabcdefgh\r\n0\r\n\r\n`)).toMatch(
      /PAYLOAD_TOO_LARGE$/,
    );
  });

  it("takes a body that ends too early for the client's fault", async () => {
    faults.length = 0;
    await exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
    await expect.poll(() => faults).toEqual(["INVALID_JSON"]);
  });
});
