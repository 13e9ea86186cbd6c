import net from "node:net";
import { describe, expect, it } from "vitest";

function outcome(...args) {
  return new Promise((resolve) => {
    const socket = net.connect(...args);
    socket.once("connect", () => {
      socket.destroy();
      resolve("connected");
    });
    socket.once("error", (error) => resolve(error.message));
  });
}

describe("refuse-network", () => {
  it("lets tests reach servers on loopback", async () => {
    const server = net.createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address();
    expect(await outcome({ port, host: "127.0.0.1" })).toBe("connected");
    expect(await outcome(port, "localhost")).toBe("connected");
    await new Promise((resolve) => server.close(resolve));
  });

  it("refuses names and addresses of other machines", async () => {
    expect(await outcome({ port: 443, host: "example.com" })).toContain("example.com");
    expect(await outcome(443, "192.0.2.1")).toContain("192.0.2.1");
  });

  it("covers fetch", async () => {
    const failure = await fetch("http://192.0.2.1/").catch((error) => error);
    expect(failure.cause.message).toContain("must not use the network");
  });
});
