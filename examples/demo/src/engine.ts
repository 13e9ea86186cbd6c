/** The server as a process of its own, so that it can be killed: started by engine-process.ts. */
import { flushCompileCache } from "node:module";
import { readConfiguration, startServer } from "@orquesta/http-adapter/server";

// Ctrl-C reaches every process of the terminal; this one ends when the demo says so, or is gone.
process.on("SIGINT", () => {});
process.once("disconnect", () => process.exit());

const server = await startServer(
  readConfiguration(JSON.parse(process.env["DEMO_SERVER"] ?? "{}")),
  {
    print: () => {},
  },
);
process.once("SIGTERM", async () => {
  await server.close();
  process.exit();
});
process.send?.(server.port);
// A process that is killed leaves nothing behind: what it compiled is for the one that comes after it.
setTimeout(flushCompileCache, 500).unref();
