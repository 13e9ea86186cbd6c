/** Imports the engine, or the module that it is told, and nothing else; says what was loaded and what keeps running. */
import { registerHooks } from "node:module";

const loaded: string[] = [];
registerHooks({
  load(url, context, nextLoad) {
    loaded.push(url);
    return nextLoad(url, context);
  },
});
await import(process.env["IMPORTED"] ?? "../../index.ts");
for (const url of loaded) process.stdout.write(`${url}\n`);
const active = process
  .getActiveResourcesInfo()
  .filter((kind) => /Timeout|TCP|FSReq|Immediate/.test(kind));
process.stdout.write(`active: ${JSON.stringify(active)}\n`);
