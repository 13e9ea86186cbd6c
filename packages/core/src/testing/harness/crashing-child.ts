/** Runs a manager until it is killed; says what happens, one line each. */
import { setTimeout } from "node:timers/promises";
import { InstanceManager, postgresDialect, sqliteDialect } from "../../index.ts";
import { FakePlatform } from "../fake-platform.ts";

const { SCENARIO, DIRECTORY, POSTGRES_URL, SCHEMA, RESEND } = process.env;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function forever(): Promise<never> {
  return setTimeout(3_600_000) as Promise<never>;
}

const platform = new FakePlatform({
  capabilities: { resend: RESEND === "ambiguous" ? "ambiguous" : "same_id" },
});
const database =
  POSTGRES_URL !== undefined && SCHEMA !== undefined
    ? postgresDialect({ url: POSTGRES_URL, schema: SCHEMA })
    : sqliteDialect({ path: `${DIRECTORY}/orquesta.sqlite` });
const manager = new InstanceManager({
  providers: [platform.provider],
  database,
  secret: Buffer.alloc(32, "orquesta test secret"),
  nodeId: "node-a",
});

if (SCENARIO === "consume") {
  manager.consume("bot", async ({ message, repeat }) => {
    say(`handling ${message.id} ${repeat}`);
    if (message.id === "2") await forever();
  });
}
const { id } = await manager.ensure({ provider: "fake", name: "one" });
await manager.start(id, { until: "connected" });
say(`connected ${id}`);
const session = platform.session(id);

switch (SCENARIO) {
  case "consume":
    for (const message of ["1", "2", "3"]) await session.receive("hi", { id: message });
    break;
  case "accept":
    platform.beforeSend = forever;
    for (const text of ["1", "2", "3"]) {
      const { messageId } = await manager.send(id, "5511988887777", { type: "text", text });
      say(`accepted ${messageId}`);
    }
    break;
  case "send":
    platform.afterSend = async ({ message }) => {
      say(`arrived ${message.messageId}`);
      await forever();
    };
    await manager.send(id, "5511988887777", { type: "text", text: "1" });
    break;
  case "receive":
    for (let n = 0; ; n += 1) {
      await session.commit({
        events: [],
        keys: [{ type: "counter", id: "1", value: Buffer.from(String(n)) }],
      });
      await session.receive(String(n), { id: String(n) });
      say(`acknowledged ${n}`);
    }
  case "remove":
    for (let n = 0; n < 200; n += 1) await session.receive(String(n));
    say("removing");
    platform.whileClosing = forever;
    await manager.remove(id);
}
await forever();
