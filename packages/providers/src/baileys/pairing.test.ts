import type { InstanceEvent } from "@orquesta/core";
import { afterEach, expect, test, vi } from "vitest";
import type { BaileysOptions } from "./baileys-options.ts";
import { AccountBench, firstQr } from "./fixtures/account-bench.ts";
import { EngineBench } from "./fixtures/engine-bench.ts";
import { MemoryInstance } from "./fixtures/memory-context.ts";
import { parsePairingCode } from "./pairing-code.ts";

const ACCOUNT = "5511999990000";
const PHONE = "+55 11 99999-0000";
const WAIT = { timeout: 10_000, interval: 5 };
const CODE = /^[1-9A-HJ-NP-TV-Z]{8}$/;

afterEach(() => void vi.useRealTimers());

async function startPairing(
  options?: BaileysOptions,
  settings?: Readonly<Record<string, unknown>>,
) {
  const bench = await EngineBench.start(options);
  const qrs: InstanceEvent<"pairing.qr">[] = [];
  const statuses: string[] = [];
  bench.manager.on("pairing.qr", (event) => qrs.push(event));
  bench.manager.on("instance.status_changed", ({ data: { status, reason } }) => {
    statuses.push(reason === null ? status : `${status}(${reason})`);
  });
  const id = await bench.create("one", settings);
  await bench.manager.start(id, { until: "pairing", timeoutMs: 20_000 });
  const pair = (code?: string) => bench.manager.pair(id, { phone: PHONE, code, timeoutMs: 20_000 });
  return { bench, id, qrs, statuses, pair, phone: bench.whatsapp.phone(ACCOUNT) };
}

test("a pairing code links the account; the restart after it (515) is nothing to warn of", async () => {
  const { bench, id, statuses, pair, phone } = await startPairing();
  await using _ = bench;
  const { value, expiresAt } = await pair();
  expect(value).toMatch(CODE);
  const validMs = Date.parse(expiresAt) - Date.now();
  expect(validMs).toBeGreaterThan(120_000);
  expect(validMs).toBeLessThanOrEqual(160_000);
  await phone.enterCode(value);
  const view = await bench.until(id, "connected");
  expect(view.account?.phone).toBe(ACCOUNT);
  expect(statuses).toEqual(["starting", "pairing", "authenticating", "connected"]);
  const { lines } = await bench.manager.logs(id);
  expect(lines.filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
  expect(lines.map(({ message }) => message)).toContainEqual(expect.stringMatching(/linked.*515/));
  expect(JSON.stringify(lines)).not.toMatch(new RegExp(`${value}|${ACCOUNT}`));
  await expect(pair()).rejects.toMatchObject({ code: "CHALLENGE_UNAVAILABLE" });
});

test("a code of one's own, written as people write codes", async () => {
  const { bench, id, pair, phone } = await startPairing();
  await using _ = bench;
  for (const code of ["SHPNAME", "SHPNAME12", "SHOPNAM1", "SHPNAM01", "SHPNÁME1", "SHPN_ME1"]) {
    await expect(pair(code), code).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
  }
  expect((await bench.manager.challenge(id)).type).toBe("qr");
  expect(await pair("shpn-ame1")).toMatchObject({ type: "code", value: "SHPNAME1" });
  await phone.enterCode("SHPN-AME1");
  await bench.until(id, "connected");
});

test("what a code may look like", () => {
  for (const code of ["ABCD1234", "abcd-1234", "ABCD 1234"]) {
    expect(parsePairingCode(code)).toBe("ABCD1234");
  }
  for (const code of ["", "ABC-D1234", "ABCD--1234", "ABCD123", "ABCDU234", "ABCD1234\n"]) {
    expect(() => parsePairingCode(code), code).toThrow("must be 8 of");
  }
});

test("a wrong code links nothing; the instance pairs on, and the next code works", async () => {
  const { bench, id, pair, phone } = await startPairing();
  await using _ = bench;
  const first = await pair("ABCD1234");
  await expect(phone.enterCode("ABCD1235")).rejects.toMatchObject({ code: "WRONG_PAIRING_CODE" });
  await bench.until(id, "reconnecting");
  const second = await pair();
  expect(second.value).not.toBe(first.value);
  await phone.enterCode(second.value);
  await bench.until(id, "connected");
});

test("a restart between code and phone comes back to pairing, not to a login", async () => {
  const { bench, id, statuses, pair, phone } = await startPairing();
  await using _ = bench;
  const refused: string[] = [];
  bench.whatsapp.events.on("refused", ({ reason }) => refused.push(reason));
  const first = await pair();
  await bench.manager.restart(id);
  await bench.until(id, "pairing");
  expect((await bench.manager.challenge(id, { timeoutMs: 10_000 })).type).toBe("qr");
  const second = await pair();
  expect(second.value).not.toBe(first.value);
  await phone.enterCode(second.value);
  await bench.until(id, "connected");
  expect(refused).toEqual([]);
  expect(statuses.slice(2, 4)).toEqual(["starting", "pairing"]);
});

test("a process that dies with half-made credentials pairs anew", async () => {
  await using bench = await AccountBench.start();
  const instance = new MemoryInstance();
  const session = await bench.open(instance);
  await firstQr(instance);
  const signal = AbortSignal.timeout(10_000);
  const given = await session.requestPairingCode?.(ACCOUNT, { signal });
  expect(given?.code).toMatch(CODE);
  expect(JSON.stringify(instance.logged)).not.toContain(given?.code);
  const stored = Buffer.from(instance.rows.get("creds|main") ?? []).toString();
  expect(stored).toContain(ACCOUNT);
  instance.onCommit = () => {
    throw new Error("the process is dead");
  };
  await session.close();
  const next = new MemoryInstance();
  for (const [name, value] of instance.rows) next.rows.set(name, value);
  await bench.open(next);
  await bench.whatsapp.phone(ACCOUNT).scan(await firstQr(next));
  await expect.poll(() => next.changes.at(-1)?.state, WAIT).toBe("closed");
  await bench.connect(next);
});

test("the code is asked for when the first QR code is there, and not of a closed session", async () => {
  await using bench = await AccountBench.start();
  const instance = new MemoryInstance();
  const session = await bench.open(instance);
  const signal = AbortSignal.timeout(10_000);
  const early = session.requestPairingCode?.(ACCOUNT, { signal });
  expect(instance.changes).toEqual([]);
  await bench.whatsapp.phone(ACCOUNT).enterCode((await early)?.code ?? "");
  await expect.poll(() => instance.changes.at(-1)?.state, WAIT).toBe("closed");
  await expect(session.requestPairingCode?.(ACCOUNT, { signal })).rejects.toMatchObject({
    code: "SESSION_CLOSED",
  });
  const linked = await bench.connect(instance);
  await expect(linked.requestPairingCode?.(ACCOUNT, { signal })).rejects.toMatchObject({
    code: "CHALLENGE_UNAVAILABLE",
  });
});

test("a refusal of WhatsApp is told, and the QR code still works", async () => {
  const { bench, id, pair, phone } = await startPairing();
  await using _ = bench;
  bench.whatsapp.linkingRules.refuseNextPairingCodes(1);
  await expect(pair()).rejects.toMatchObject({
    code: "CHALLENGE_UNAVAILABLE",
    message: expect.stringContaining("429 rate-overlimit"),
  });
  const challenge = await bench.manager.challenge(id);
  if (challenge.type !== "qr") throw new Error("no QR code");
  await phone.scan(challenge.value);
  await bench.until(id, "connected");
});

test("a connection that is about to end is renewed, so that there is time to type", async () => {
  const { bench, id, qrs, statuses, pair, phone } = await startPairing({ qrTimeoutMs: 1_000 });
  await using _ = bench;
  await expect.poll(() => qrs.length, WAIT).toBe(3);
  const { value, expiresAt } = await pair();
  expect(statuses).toEqual(["starting", "pairing", "starting", "pairing"]);
  expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(3_000);
  expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(6_000);
  await phone.enterCode(value);
  await bench.until(id, "connected");
});

test("QR codes change, say truly how long they last, and end at the limit", async () => {
  const { bench, id, qrs } = await startPairing({ qrTimeoutMs: 300 }, { qrLimit: 2 });
  await using _ = bench;
  const view = await bench.until(id, "stopped");
  expect(view.reason).toBe("qr_timeout");
  expect(new Set(qrs.map(({ data }) => data.qr)).size).toBe(2);
  for (const { occurredAt, data } of qrs) {
    const validMs = Date.parse(data.expiresAt) - Date.parse(occurredAt);
    expect(validMs).toBeGreaterThan(200);
    expect(validMs).toBeLessThanOrEqual(300);
  }
  await expect(bench.manager.challenge(id)).rejects.toMatchObject({
    code: "CHALLENGE_UNAVAILABLE",
    message: expect.stringContaining("qr_timeout"),
  });
});

test("more QR codes than WhatsApp gives to one connection come from the next", async () => {
  const { bench, id, qrs, statuses } = await startPairing({ qrTimeoutMs: 100 }, { qrLimit: 8 });
  await using _ = bench;
  await bench.until(id, "stopped");
  expect(qrs).toHaveLength(8);
  expect(statuses).toEqual(["starting", "pairing", "starting", "pairing", "stopped(qr_timeout)"]);
  qrs.length = 0;
  await bench.manager.start(id);
  await bench.until(id, "stopped");
  expect(qrs).toHaveLength(8);
});

test("the limit of QR codes does not end a pairing code that is valid", async () => {
  const { bench, id, qrs, pair, phone } = await startPairing(
    { qrTimeoutMs: 1_000 },
    { qrLimit: 1 },
  );
  await using _ = bench;
  const challenge = await pair();
  await expect.poll(() => qrs.length, WAIT).toBe(2);
  expect(await bench.manager.challenge(id)).toEqual(challenge);
  await phone.enterCode(challenge.value);
  await bench.until(id, "connected");
});

test("pain 4: without any QR code the attempt ends and says so", async () => {
  await using bench = await AccountBench.start();
  bench.whatsapp.linkingRules.withholdQrCodes();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const instance = new MemoryInstance();
  const session = await bench.open(instance);
  await expect.poll(() => session.evidence().lastSeenAt, WAIT).not.toBeNull();
  vi.advanceTimersByTime(29_000);
  expect(instance.changes).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(instance.changes).toEqual([
    { state: "closed", afterwards: "reconnect", reason: "no_challenge" },
  ]);
  expect(instance.logged.join("\n")).toContain("sent no QR code");
});

test.each(["qr", "code"] as const)(
  "an account that demands a passkey after the %s fails and says what to do",
  async (way) => {
    const { bench, id, statuses, pair, phone } = await startPairing();
    await using _ = bench;
    phone.demandPasskey();
    const heard: unknown[] = [];
    bench.manager.on("pairing.passkey", ({ data }) => heard.push(data));
    const challenge = way === "code" ? await pair() : await bench.manager.challenge(id);
    if (challenge.type === "passkey") throw new Error("too early");
    const { value } = challenge;
    const linking = way === "code" ? phone.enterCode(value) : phone.scan(value);
    await expect(linking).rejects.toMatchObject({ code: "PASSKEY_REQUIRED" });
    expect(await bench.until(id, "failed")).toMatchObject({
      reason: "passkey_required",
      paired: false,
    });
    expect(statuses).toEqual(["starting", "pairing", "failed(passkey_required)"]);
    expect(heard).toEqual([{}]);
    expect(await bench.manager.challenge(id)).toEqual({
      type: "passkey",
      message: expect.stringMatching(/passkey.*import/),
    });
    await expect(pair()).rejects.toMatchObject({
      code: "INSTANCE_NOT_RUNNING",
      message: expect.stringMatching(/passkey.*import/),
    });
    phone.demandPasskey(false);
    await bench.manager.start(id, { until: "pairing", timeoutMs: 20_000 });
    await phone.enterCode((await pair()).value);
    await bench.until(id, "connected");
  },
);
