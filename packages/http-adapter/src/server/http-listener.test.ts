import { Agent, request } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { HttpListener } from "./http-listener.ts";

const LOCAL = { port: 0, host: "127.0.0.1" };

/** One request over a connection that the client would like to keep. */
function get(port: number, agent: Agent): Promise<{ status: number; connection: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    connection: string;
  }>();
  request({ port, host: "127.0.0.1", agent }, (response) => {
    response.resume();
    response.on("end", () => {
      resolve({ status: response.statusCode ?? 0, connection: response.headers.connection ?? "" });
    });
  })
    .on("error", reject)
    .end();
  return promise;
}

describe("HttpListener", () => {
  const agent = new Agent({ keepAlive: true });
  afterEach(() => agent.destroy());

  it("lets a request wait until there is somebody to serve it", async () => {
    const http = await HttpListener.open(LOCAL);
    const answer = get(http.port, agent);
    http.serve(async (_incoming, outgoing) => void outgoing.end());
    await expect(answer).resolves.toMatchObject({ status: 200 });
    await http.close(1_000);
  });

  it("finishes the running request on close and keeps no connection for another", async () => {
    const http = await HttpListener.open(LOCAL);
    const arrived = Promise.withResolvers<void>();
    const mayAnswer = Promise.withResolvers<void>();
    http.serve(async (_incoming, outgoing) => {
      arrived.resolve();
      await mayAnswer.promise;
      outgoing.end();
    });
    const answer = get(http.port, agent);
    await arrived.promise;
    const closed = http.close(10_000);
    mayAnswer.resolve();
    await expect(answer).resolves.toEqual({ status: 200, connection: "close" });
    await closed;
    await expect(get(http.port, agent)).rejects.toThrow(/ECONNREFUSED/);
  });

  it("cuts what runs longer than the deadline", async () => {
    const http = await HttpListener.open(LOCAL);
    const arrived = Promise.withResolvers<void>();
    http.serve(async () => arrived.resolve());
    const answer = get(http.port, agent);
    const failed = expect(answer).rejects.toThrow(/socket hang up|ECONNRESET/);
    await arrived.promise;
    await http.close(1);
    await failed;
  });

  it("says in words that the port is taken", async () => {
    const http = await HttpListener.open(LOCAL);
    await expect(HttpListener.open({ ...LOCAL, port: http.port })).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: `port ${http.port} of 127.0.0.1 is in use: stop the other program or set PORT to another one`,
    });
    await http.close(0);
  });
});
