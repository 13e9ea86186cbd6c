import { describe, expect, it } from "vitest";
import { InstanceManager } from "../index.ts";
import { Child } from "../testing/harness/child.ts";
import { describeEachDatabase } from "../testing/harness/each-database.ts";
import { eventually, quiet } from "../testing/harness/eventually.ts";
import { World } from "../testing/harness/world.ts";

const SCRIPT = new URL("../testing/harness/crashing-child.ts", import.meta.url);
const ambiguous = { capabilities: { resend: "ambiguous" } } as const;

/** A process that runs a scenario on the world's database. */
function crashing(world: World, SCENARIO: string, RESEND = "same_id"): Child {
  const { schema } = world.database.dialect();
  return new Child(SCRIPT, {
    SCENARIO,
    RESEND,
    DIRECTORY: world.database.directory,
    ...(schema !== null && {
      SCHEMA: schema,
      POSTGRES_URL: world.database.url ?? "",
    }),
  });
}

function said(child: Child, line: RegExp, times = 1): Promise<readonly string[]> {
  return eventually(
    () => {
      const found = child.lines.filter((one) => line.test(one));
      return found.length >= times && found;
    },
    `${line} in ${child.errors.join("\n")}`,
  );
}

describeEachDatabase("after kill -9", (createDatabase) => {
  it("a message whose handler was running is handled again, and says so", async () => {
    await using world = new World(createDatabase());
    await using child = crashing(world, "consume");
    await said(child, /^handling 2/);
    await child.kill();
    expect(child.lines.filter((line) => line.startsWith("handling"))).toEqual([
      "handling 1 false",
      "handling 2 false",
    ]);
    const manager = world.create();
    const handled: string[] = [];
    manager.consume("bot", ({ message, repeat }) => void handled.push(`${message.id} ${repeat}`));
    await eventually(() => handled.some((line) => line.startsWith("3")));
    // The first may come again: its mark was not waited for. What is not done is never left out.
    expect(handled.slice(-2)).toEqual(["2 true", "3 false"]);
  });

  it("what was accepted is sent once, in order, with the ids that were given", async () => {
    await using world = new World(createDatabase());
    await using child = crashing(world, "accept");
    const accepted = await said(child, /^accepted/, 3);
    await child.kill();
    await world.open();
    await eventually(() => world.platform.delivered.length === 3);
    await quiet();
    expect(world.platform.delivered.map(({ message }) => `accepted ${message.messageId}`)).toEqual(
      accepted,
    );
  });

  it("a message whose answer was lost is sent again with the same id where the peer drops repeats", async () => {
    await using world = new World(createDatabase());
    await using child = crashing(world, "send");
    const [arrived] = await said(child, /^arrived/);
    await child.kill();
    await world.open();
    await eventually(() => world.platform.delivered.length === 1);
    expect(`arrived ${world.platform.delivered[0]?.message.messageId}`).toBe(arrived);
  });

  it("a message whose answer was lost is unconfirmed where it could show twice", async () => {
    await using world = new World(createDatabase(), ambiguous);
    await using child = crashing(world, "send", "ambiguous");
    await said(child, /^arrived/);
    await child.kill();
    const manager = await world.open();
    const updates: unknown[] = [];
    manager.on("message.updated", ({ data }) => updates.push(data));
    await eventually(async () => {
      const [row] = await world.database.sql("select status from outbox");
      return row?.["status"] === "unconfirmed";
    });
    await quiet();
    expect(world.platform.delivered).toEqual([]);
    expect(updates).toMatchObject([
      { status: "unconfirmed", error: { code: "SEND_OUTCOME_UNKNOWN" } },
    ]);
  });

  it("everything that was acknowledged is in the journal, with the keys, and nothing twice", async () => {
    await using world = new World(createDatabase());
    await using child = crashing(world, "receive");
    await said(child, /^acknowledged/, 50);
    await child.kill();
    const acknowledged = child.lines.filter((line) => line.startsWith("acknowledged")).length;
    const manager = await world.open();
    const [instance] = await manager.list();
    const id = instance?.id ?? "";
    await eventually(() => world.platform.hasSession(id));
    const session = world.platform.session(id);
    const counter = (await session.keys.get("counter", ["1"])).get("1");
    expect(Number(Buffer.from(counter ?? []).toString())).toBeGreaterThanOrEqual(acknowledged - 1);
    // The platform repeats what was not acknowledged, and a little more.
    for (let n = acknowledged - 10; n < acknowledged + 5; n += 1) {
      await session.receive(String(n), { id: String(n) });
    }
    const rows = await world.database.sql("select number, name, data from event order by number");
    expect(rows.map(({ number }) => Number(number))).toEqual(rows.map((_, index) => index + 1));
    const received = rows.filter(({ name }) => name === "message.received");
    const ids = received.map(({ data }) => Number(JSON.parse(String(data)).message.id));
    expect(ids).toEqual(Array.from({ length: acknowledged + 5 }, (_, n) => n));
  });

  it("a removal is finished", async () => {
    await using world = new World(createDatabase());
    await using child = crashing(world, "remove");
    await said(child, /^removing/);
    await eventually(async () => {
      const [row] = await world.database.sql("select desired from instance");
      return row?.["desired"] === "removed";
    });
    await child.kill();
    const manager = await world.open();
    expect(await manager.list()).toEqual([]);
    expect(await world.database.sql("select * from event")).toEqual([]);
  });
});

describe("a SQLite file", () => {
  it("is locked while its process lives and free as soon as it is killed", async () => {
    await using world = new World();
    await using child = crashing(world, "idle");
    await said(child, /^connected/);
    const open = async () => {
      await using manager = new InstanceManager({
        providers: [world.platform.provider],
        dataDir: world.database.directory,
      });
      await manager.ready();
    };
    await expect(open()).rejects.toMatchObject({ code: "DATABASE_LOCKED" });
    await child.kill();
    await open();
  });
});
