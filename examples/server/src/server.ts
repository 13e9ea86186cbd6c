import { createServer } from "node:http";
import { InstanceManager } from "@orquesta/core";
import { Bot } from "@orquesta/core/bot";
import { createHandler } from "@orquesta/http-adapter";
import { toNodeListener } from "@orquesta/http-adapter/node";
import { baileys } from "@orquesta/providers/baileys";

const { API_KEY = "", PORT = "3000" } = process.env;
if (API_KEY === "") throw new Error("set API_KEY: it opens the HTTP API");

const manager = new InstanceManager({ providers: [baileys()], dataDir: "./data" });

// Runs beside the webhooks: every instance that is created over HTTP has it.
new Bot().command("ping", (ctx) => ctx.reply("pong")).run(manager, { name: "ping" });

const orquesta = toNodeListener(createHandler(manager, { apiKey: API_KEY }));
const server = createServer(async (request, response) => {
  if (request.url !== "/mine") return orquesta(request, response);
  const instances = await manager.list();
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ connected: instances.filter(isConnected).length }));
});

function isConnected({ status }: { readonly status: string }): boolean {
  return status === "connected";
}

await manager.ready();
server.listen(Number(PORT), () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : address;
  console.log(`listening on http://localhost:${port}`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    server.close();
    server.closeIdleConnections();
    await manager.close();
    process.exit();
  });
}
