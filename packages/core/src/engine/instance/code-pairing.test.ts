import { expect, it, vi } from "vitest";
import { OrquestaError } from "../../index.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { type FakeManager, World } from "../../testing/harness/world.ts";

const PHONE = "+55 (11) 99999-0000";
const DIGITS = "5511999990000";

async function createPairing(world: World, manager: FakeManager): Promise<string> {
  const { id } = await manager.create({ provider: "fake" });
  await manager.start(id);
  await showQr(world, id);
  await eventually(async () => (await manager.get(id)).status === "pairing", "pairing");
  return id;
}

async function showQr(world: World, id: string): Promise<void> {
  await eventually(() => world.platform.hasSession(id), "a session");
  world.platform.session(id).showQr();
}

const failure = (code: string, message: RegExp) => ({
  code,
  message: expect.stringMatching(message),
});

describeEachDatabase("a pairing code", (createDatabase) => {
  it("is given for a phone, announced, handed out, and not covered by the next QR code", async () => {
    await using world = new World(createDatabase(), { connects: false });
    const manager = await world.open();
    const codes: unknown[] = [];
    manager.on("pairing.code", ({ data, number }) => codes.push([data, number]));
    const id = await createPairing(world, manager);
    const challenge = await manager.pair(id, { phone: PHONE, timeoutMs: 60_000 });
    expect(challenge).toEqual({
      type: "code",
      value: expect.stringMatching(/^[1-9A-Z]{8}$/),
      expiresAt: expect.any(String),
    });
    const { value: code, expiresAt } = challenge;
    expect(codes).toEqual([[{ code, expiresAt }, null]]);
    world.platform.session(id).showQr("a later one");
    expect(await manager.challenge(id)).toEqual(challenge);
    expect(world.platform.session(id).codesAskedFor).toEqual([DIGITS]);
  });

  it("gives way to the QR code when it has expired", async () => {
    await using world = new World(createDatabase(), { connects: false });
    const manager = await world.open();
    const id = await createPairing(world, manager);
    await manager.pair(id, { phone: PHONE });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 121_000 });
    try {
      world.platform.session(id).showQr("the QR code");
      expect(await manager.challenge(id)).toMatchObject({ type: "qr", value: "the QR code" });
    } finally {
      vi.useRealTimers();
    }
  });

  it("waits for a session that opens, and for the next one when it closes meanwhile", async () => {
    await using world = new World(createDatabase(), { connects: false });
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    await manager.start(id);
    const asking = manager.pair(id, { phone: PHONE, timeoutMs: 60_000 });
    let first = true;
    world.platform.beforePairingCode = (session) => {
      if (!first) return;
      first = false;
      session.report({ state: "closed", afterwards: "restart", reason: "restart_required" });
      throw new OrquestaError("SESSION_CLOSED", "ask the next one");
    };
    await showQr(world, id);
    await eventually(() => !first, "the first session is asked");
    await showQr(world, id);
    expect((await asking).type).toBe("code");
  });

  it("is the same for a repeat, also at the same time; another phone or code replaces it", async () => {
    await using world = new World(createDatabase(), { connects: false });
    const manager = await world.open();
    const id = await createPairing(world, manager);
    const [first, second] = await Promise.all([
      manager.pair(id, { phone: PHONE }),
      manager.pair(id, { phone: DIGITS }),
    ]);
    expect(second).toEqual(first);
    const chosen = await manager.pair(id, { phone: PHONE, code: "CHSEN123" });
    expect(chosen.value).toBe("CHSEN123");
    expect(await manager.pair(id, { phone: PHONE })).toEqual(chosen);
    await manager.pair(id, { phone: "5511999990001" });
    expect(world.platform.session(id).codesAskedFor).toEqual([DIGITS, DIGITS, "5511999990001"]);
  });

  it("is a new one after a restart: the code of the session before is worth nothing", async () => {
    await using world = new World(createDatabase(), { connects: false });
    const manager = await world.open();
    const id = await createPairing(world, manager);
    await manager.pair(id, { phone: PHONE });
    await manager.restart(id);
    await showQr(world, id);
    await eventually(async () => (await manager.get(id)).status === "pairing", "pairing");
    expect((await manager.challenge(id)).type).toBe("qr");
    await manager.pair(id, { phone: PHONE });
    expect(world.platform.session(id).codesAskedFor).toEqual([DIGITS]);
  });

  it("is refused for bad input before anything is asked, and starts nothing", async () => {
    await using world = new World(createDatabase(), { connects: false });
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    for (const phone of ["", "123456", "0551199", "letters", "1".repeat(16), "5511 99x"]) {
      await expect(manager.pair(id, { phone }), phone).rejects.toMatchObject(
        failure("VALIDATION_FAILED", /phone/),
      );
    }
    await expect(manager.pair(id, { phone: PHONE })).rejects.toMatchObject(
      failure("INSTANCE_NOT_RUNNING", /created/),
    );
    await expect(manager.pair("nobody", { phone: PHONE })).rejects.toMatchObject({
      code: "INSTANCE_NOT_FOUND",
    });
    expect((await manager.get(id)).status).toBe("created");
    const other = await createPairing(world, manager);
    await expect(manager.pair(other, { phone: PHONE, code: "short" })).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
    });
  });

  it("is refused while there is an account, and where the instance ends or stops meanwhile", async () => {
    await using world = new World(createDatabase(), { connects: false });
    const manager = await world.open();
    const id = await createPairing(world, manager);
    world.platform.session(id).connect();
    await eventually(async () => (await manager.get(id)).status === "connected", "connected");
    await expect(manager.pair(id, { phone: PHONE })).rejects.toMatchObject(
      failure("CHALLENGE_UNAVAILABLE", /paired already/),
    );
    await manager.logout(id);
    await manager.start(id);
    const stopped = expect(manager.pair(id, { phone: PHONE })).rejects.toMatchObject({
      code: "INSTANCE_NOT_RUNNING",
    });
    await quiet();
    await manager.stop(id);
    await stopped;
  });

  it("is not waited for longer than asked, and does not keep the next from asking", async () => {
    await using world = new World(createDatabase(), { connects: false });
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    await manager.start(id);
    await expect(manager.pair(id, { phone: PHONE, timeoutMs: 10 })).rejects.toMatchObject({
      code: "TIMED_OUT",
    });
    const signal = AbortSignal.abort();
    await expect(manager.pair(id, { phone: PHONE, signal })).rejects.toMatchObject({
      code: "ABORTED",
    });
    await showQr(world, id);
    expect((await manager.pair(id, { phone: PHONE, timeoutMs: 60_000 })).type).toBe("code");
  });

  it("is told as unavailable when the platform fails, with the cause", async () => {
    await using world = new World(createDatabase(), { connects: false });
    const manager = await world.open();
    const id = await createPairing(world, manager);
    const cause = new TypeError("foreign");
    world.platform.beforePairingCode = () => {
      throw cause;
    };
    await expect(manager.pair(id, { phone: PHONE })).rejects.toMatchObject({
      code: "CHALLENGE_UNAVAILABLE",
      cause,
    });
  });

  it("is not to be had where the provider has none", async () => {
    const capabilities = { pairing: ["qr"] } as const;
    await using world = new World(createDatabase(), { connects: false, capabilities });
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    await expect(manager.pair(id, { phone: PHONE })).rejects.toMatchObject({
      code: "CAPABILITY_MISSING",
    });
  });
});

describeEachDatabase("a passkey", (createDatabase) => {
  it("is a challenge that nobody can answer here, also for those who wait, and after a reboot", async () => {
    const database = createDatabase();
    await using world = new World(database, { connects: false });
    const manager = await world.open();
    const heard: unknown[] = [];
    manager.on("pairing.passkey", ({ data }) => heard.push(data));
    const { id } = await manager.create({ provider: "fake" });
    await manager.start(id);
    await eventually(() => world.platform.hasSession(id), "a session");
    const waiting = manager.challenge(id, { timeoutMs: 60_000 });
    const session = world.platform.session(id);
    session.context.emit({ name: "pairing.passkey", data: {} });
    session.report({ state: "closed", afterwards: "fail", reason: "passkey_required" });
    const expected = { type: "passkey", message: expect.stringMatching(/import/) };
    expect(await waiting).toEqual(expected);
    expect(heard).toEqual([{}]);
    await manager.close();
    const next = await world.open();
    expect(await next.get(id)).toMatchObject({ status: "failed", reason: "passkey_required" });
    expect(await next.challenge(id)).toEqual(expected);
  });
});
