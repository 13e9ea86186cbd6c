import { describe, expect, it } from "vitest";
import { quiet } from "../../testing/harness/eventually.ts";
import { WebSink } from "../../testing/harness/web-sink.ts";
import { World } from "../../testing/harness/world.ts";
import { TargetRules, type TargetRulesOptions } from "./target-rules.ts";

const refused = { code: "WEBHOOK_TARGET_REFUSED" };

async function tryCreate(url: string, webhooks?: TargetRulesOptions): Promise<unknown> {
  await using world = new World();
  const manager = await world.open(webhooks && { webhooks });
  const creating = manager.create({ provider: "fake", webhooks: [{ url }] });
  return await creating.catch((error: unknown) => error);
}

function resolve(rules: TargetRules, hostname: string): Promise<unknown> {
  return new Promise((done) => {
    rules.lookup(hostname, { all: true }, (error, addresses) => done(error ?? addresses));
  });
}

describe("a webhook target", () => {
  it.each([
    "http://169.254.169.254/latest/meta-data",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://169.254.43518/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://[fd20:ce::254]/",
    "http://[fd00:c1::a9fe:a9fe]/",
    "http://[::169.254.169.254]/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[64:ff9b::168.63.129.16]/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://255.255.255.255/",
  ])("%s is refused, whatever is allowed", async (url) => {
    const hostname = new URL(url).hostname.replace(/^\[|\]$/g, "");
    const everything = { allowPrivate: true, allowedHosts: [hostname, `[${hostname}]`] };
    expect(await tryCreate(url, everything)).toMatchObject(refused);
  });

  it.each([
    "http://127.0.0.1/",
    "http://10.1.2.3/",
    "http://172.20.0.1/",
    "http://192.168.1.1/",
    "http://[::1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[fd12::1]/",
    "http://[64:ff9b::10.0.0.1]/",
    "http://[2002:c0a8:101::1]/",
    "http://100.64.0.1/",
  ])("%s of a private network is refused when that is the rule", async (url) => {
    expect(await tryCreate(url)).toMatchObject({ provider: "fake" });
    expect(await tryCreate(url, { allowPrivate: false })).toMatchObject(refused);
    const { hostname } = new URL(url);
    const allowed = { allowPrivate: false, allowedHosts: [hostname] };
    expect(await tryCreate(url, allowed)).toMatchObject({ provider: "fake" });
  });

  it("that is public is never refused", async () => {
    expect(await tryCreate("https://example.com/hook", { allowPrivate: false })).toMatchObject({
      provider: "fake",
    });
    expect(await tryCreate("http://93.184.216.34/", { allowPrivate: false })).toMatchObject({
      provider: "fake",
    });
  });
});

describe("a name", () => {
  it("that resolves to a metadata address is refused when it is called", async () => {
    // A form that only the resolver takes for an address, as a hostile DNS answer would be one.
    const rules = new TargetRules({ allowPrivate: true, allowedHosts: ["169.254.43518"] });
    expect(await resolve(rules, "169.254.43518")).toMatchObject(refused);
  });

  it("that resolves to this machine is refused when private networks are", async () => {
    expect(await resolve(new TargetRules({ allowPrivate: false }), "localhost")).toMatchObject(
      refused,
    );
    expect(await resolve(new TargetRules(), "localhost")).toBeInstanceOf(Array);
    const allowed = new TargetRules({ allowPrivate: false, allowedHosts: ["LOCALHOST"] });
    expect(await resolve(allowed, "localhost")).toBeInstanceOf(Array);
  });

  it("is looked up again for every connection, so that it cannot change its mind", async () => {
    await using sink = await WebSink.open();
    await using world = new World();
    const manager = await world.open({ webhooks: { allowPrivate: false } });
    const url = `http://localhost:${sink.port}/`;
    const { session } = await world.connect(manager, {
      webhooks: [{ url, shape: "instance-manager" }],
    });
    await session.receive("hi");
    await quiet(300);
    expect(sink.received).toEqual([]);
    await manager.close();
    const [row] = await world.database.sql("select state, error from task");
    expect(row).toMatchObject({ state: "pending", error: expect.stringContaining("refused") });
  });
});
