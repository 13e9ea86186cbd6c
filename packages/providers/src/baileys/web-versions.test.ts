import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { EngineBench } from "./fixtures/engine-bench.ts";
import { WebVersions } from "./web-versions.ts";

const PINNED: [number, number, number] = [2, 3000, 1_043_857_760];
const REVISION = 1_043_857_760;
const page = (revision: number) => `self.x={"client_revision":${revision},"y":1}`;

afterEach(() => void vi.useRealTimers());

/** A page that names versions: what it answers in turn, the last one from then on; null: nothing. */
async function startPage(...answers: readonly (string | number | null)[]) {
  let asked = 0;
  const server = createServer((_request, response) => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    if (answer === null || answer === undefined) return;
    if (typeof answer === "number") response.writeHead(answer);
    response.end(typeof answer === "number" ? page(REVISION + 9) : answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // Listening on TCP.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/sw.js`, count: () => asked };
}

test.each([
  ["plain JSON", page(REVISION + 1)],
  ["escaped JSON", `JSON.parse("{\\"client_revision\\":${REVISION + 1}}")`],
])("the newest version comes from the page, in %s, asked for once", async (_, body) => {
  const { url, count } = await startPage(body);
  const versions = new WebVersions({ url });
  versions.prepare();
  const all = await Promise.all([1, 2, 3].map(() => versions.choose(PINNED)));
  for (const used of all) {
    expect(used).toMatchObject({ numbers: [2, 3000, REVISION + 1], source: "network" });
  }
  await versions.choose(PINNED);
  expect(count()).toBe(1);
});

test.each([
  ["names nothing", "<html>"],
  ["names too much", page(2 ** 32)],
  ["fails", 500],
])("a page that %s leaves the pinned version, and is not asked again soon", async (_, answer) => {
  const { url, count } = await startPage(answer);
  const versions = new WebVersions({ url });
  const used = await versions.choose(PINNED);
  expect(used).toMatchObject({ numbers: PINNED, source: "pinned" });
  expect(used.failure).toMatchObject({ message: expect.stringContaining("names no version") });
  await versions.choose(PINNED);
  expect(count()).toBe(1);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11 * 60_000 });
  await versions.choose(PINNED);
  expect(count()).toBe(2);
});

test("a page that names an older version than the pinned one is not believed", async () => {
  const { url } = await startPage(page(1));
  expect(await new WebVersions({ url }).choose(PINNED)).toMatchObject({
    numbers: PINNED,
    source: "pinned",
    failure: null,
  });
});

test("a page that does not answer costs the first start 3 s, and the others nothing", async () => {
  const { url, count } = await startPage(null);
  const versions = new WebVersions({ url });
  const begun = performance.now();
  const first = await versions.choose(PINNED);
  expect(performance.now() - begun).toBeGreaterThan(2_900);
  expect(first).toMatchObject({ source: "pinned", failure: { name: "TimeoutError" } });
  expect(await versions.choose(PINNED)).toMatchObject({ source: "pinned" });
  expect(count()).toBe(1);
});

test("nobody is asked where there is no address, or where the version is fixed", async () => {
  const { url, count } = await startPage(page(REVISION + 1));
  expect(await new WebVersions({ url: null }).choose(PINNED)).toEqual({
    numbers: PINNED,
    source: "pinned",
    failure: null,
    isRenewed: false,
  });
  const fixed = new WebVersions({ url, fixed: [2, 3000, 5] });
  fixed.prepare();
  const used = await fixed.choose(PINNED);
  expect(used).toMatchObject({ numbers: [2, 3000, 5], source: "fixed" });
  expect(fixed.refused(used)).toBe(false);
  expect(count()).toBe(0);
});

test("after six hours the version is asked for again, while the old one is still used", async () => {
  const { url, count } = await startPage(page(REVISION + 1), page(REVISION + 2));
  const versions = new WebVersions({ url });
  await versions.choose(PINNED);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 6 * 3_600_000 });
  expect((await versions.choose(PINNED)).numbers[2]).toBe(REVISION + 1);
  await vi.waitFor(async () => {
    expect((await versions.choose(PINNED)).numbers[2]).toBe(REVISION + 2);
  });
  expect(count()).toBe(2);
});

test("a refused version is renewed once for all who used it; a refused renewal is the end", async () => {
  const { url, count } = await startPage(page(REVISION + 1), page(REVISION + 2));
  const versions = new WebVersions({ url });
  const old = await Promise.all([1, 2].map(() => versions.choose(PINNED)));
  expect(old.map((used) => versions.refused(used))).toEqual([true, true]);
  const renewed = await Promise.all([1, 2].map(() => versions.choose(PINNED)));
  expect(renewed.map(({ numbers }) => numbers[2])).toEqual([REVISION + 2, REVISION + 2]);
  expect(count()).toBe(2);
  expect(renewed.map((used) => versions.refused(used))).toEqual([false, false]);
  // Somebody starts it by hand: a new attempt.
  const next = await versions.choose(PINNED);
  expect(count()).toBe(3);
  expect(versions.refused(next)).toBe(true);
  const last = await versions.choose(PINNED);
  versions.accepted(last);
  const later = await versions.choose(PINNED);
  expect(later.isRenewed).toBe(false);
  expect(versions.refused(later)).toBe(true);
});

test("pain 4: on 405 the version is renewed and the session opened again, logged with its source", async () => {
  const { url: versionUrl, count } = await startPage(page(REVISION + 1), page(REVISION + 5));
  await using bench = await EngineBench.start({ versionUrl });
  bench.whatsapp.linkingRules.requireVersion([2, 3000, REVISION + 5]);
  const id = await bench.create("one");
  await bench.manager.start(id, { until: "pairing", timeoutMs: 20_000 });
  expect(count()).toBe(2);
  const lines = (await bench.manager.logs(id)).lines.map(({ message }) => message).join("\n");
  expect(lines).toContain(`${REVISION + 1}`);
  expect(lines).toContain(`${REVISION + 5}`);
  expect(lines).toContain("from the network");
});

test("405 twice in a row: the instance fails and says so, and a start tries again", async () => {
  const { url: versionUrl } = await startPage(page(REVISION + 1));
  await using bench = await EngineBench.start({ versionUrl });
  const { linkingRules, events } = bench.whatsapp;
  linkingRules.requireVersion([2, 3000, REVISION + 5]);
  const refused: string[] = [];
  events.on("refused", ({ reason }) => refused.push(reason));
  const id = await bench.create("one");
  await bench.manager.start(id);
  expect((await bench.until(id, "failed")).reason).toBe("version_refused");
  expect(refused).toHaveLength(2);
  await expect(bench.manager.challenge(id)).rejects.toMatchObject({
    code: "CHALLENGE_UNAVAILABLE",
    message: expect.stringContaining("refused the version"),
  });
  await bench.manager.start(id);
  await bench.until(id, "failed");
  expect(refused).toHaveLength(4);
  linkingRules.requireVersion(null);
  await bench.manager.start(id, { until: "pairing", timeoutMs: 20_000 });
});

test("a fixed version that is refused fails at once", async () => {
  await using bench = await EngineBench.start({ version: [2, 3000, 5] });
  bench.whatsapp.linkingRules.requireVersion([2, 3000, 6]);
  const id = await bench.create("one");
  await bench.manager.start(id);
  expect((await bench.until(id, "failed")).reason).toBe("version_refused");
  bench.whatsapp.linkingRules.requireVersion([2, 3000, 5]);
  await bench.manager.start(id, { until: "pairing", timeoutMs: 20_000 });
});
