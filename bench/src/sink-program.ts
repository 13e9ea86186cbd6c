import { createServer } from "node:http";

/**
 * A webhook endpoint in a process of its own. Told `down` it refuses connections until it is told `up`;
 * told `report` it says how many deliveries it took, how many of them twice, and how many came before
 * one of their chat that was sent earlier.
 */
const lastOf = new Map<string, number>();
const seen = new Set<string>();
let taken = 0;
let repeated = 0;
let disordered = 0;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    response.end();
    take(String(request.headers["webhook-id"] ?? ""), Buffer.concat(chunks).toString());
  });
});

function take(id: string, text: string): void {
  taken += 1;
  if (id === "") return;
  const { chatId, body } = JSON.parse(text).message;
  if (seen.has(id)) repeated += 1;
  else if (Number(body) < (lastOf.get(chatId) ?? -1)) disordered += 1;
  seen.add(id);
  lastOf.set(chatId, Math.max(Number(body), lastOf.get(chatId) ?? -1));
}

let port = 0;

function listen(): void {
  server.listen(port, "127.0.0.1", () => {
    const address = server.address();
    port = typeof address === "object" && address ? address.port : 0;
    process.send?.({ port });
  });
}

process.on("message", (message) => {
  if (message === "up") listen();
  if (message === "report") process.send?.({ taken, repeated, disordered });
  if (message === "reset") {
    taken = 0;
    process.send?.({ reset: true });
  }
  if (message !== "down") return;
  server.close(() => process.send?.({ down: true }));
  server.closeAllConnections();
});

listen();
