import type { Provider } from "@orquesta/core";
import { providerContract } from "@orquesta/core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeTelegram } from "../testing/telegram/fake-telegram.ts";
import { loadTelegraf } from "./api/telegraf-library.ts";
import { createContractSubject } from "./fixtures/contract-subject.ts";

let fake: FakeTelegram;
beforeAll(async () => {
  // Loading it takes longer than the contract gives a session.
  await loadTelegraf();
  fake = await FakeTelegram.listen();
});
afterAll(() => fake.close());

describe("Telegram keeps the contract of providers", () => {
  for (const { name, run } of providerContract) it(name, () => run(createContractSubject(fake)));
});

/** Its offset moves on whether or not anything was stored. */
function confirmsAtOnce(provider: Provider): Provider {
  return {
    ...provider,
    open: (context) =>
      provider.open({
        ...context,
        commit: async (change) => {
          context.commit(change).catch(() => {});
        },
      }),
  };
}

/** Every delivery is another message. */
function forgetsWhatItHasSeen(provider: Provider): Provider {
  let count = 0;
  return {
    ...provider,
    open: (context) =>
      provider.open({
        ...context,
        commit: (change) =>
          context.commit({
            ...change,
            events: (change.events ?? []).map((event) => {
              count += 1;
              return { ...event, dedupeKey: `${event.dedupeKey}|${count}` };
            }),
          }),
      }),
  };
}

const BROKEN: readonly (readonly [string, (provider: Provider) => Provider, string, RegExp])[] = [
  [
    "confirms updates before they are stored",
    confirmsAtOnce,
    "says received only after the commit, and not when it fails",
    /told before the commit had resolved/,
  ],
  [
    "takes a repeated update for another message",
    forgetsWhatItHasSeen,
    "gives a repeated message the same dedupe key, and another one another",
    /3 !== 2/,
  ],
];

describe("the contract finds a Telegram provider that", () => {
  it.each(BROKEN)("%s", async (_what, bend, name, why) => {
    const found = providerContract.find((one) => one.name === name);
    if (!found) throw new Error(`no such case: ${name}`);
    await expect(found.run(createContractSubject(fake, bend))).rejects.toThrow(why);
  });
});
