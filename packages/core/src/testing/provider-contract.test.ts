import { describe, expect, it } from "vitest";
import {
  type Capabilities,
  NO_EVIDENCE,
  type Provider,
  type Session,
  type SessionContext,
  shownText,
} from "../index.ts";
import { FakePlatform } from "./fake-platform.ts";
import { type ProviderSubject, providerContract } from "./provider-contract.ts";

/** The fake platform as a subject; `bend` breaks its provider. */
function createSubject(
  resend: "same_id" | "ambiguous" = "same_id",
  bend: (provider: Provider, platform: FakePlatform) => Partial<Provider> = () => ({}),
  pairing: Capabilities["pairing"] = ["qr", "code"],
): ProviderSubject {
  const platform = new FakePlatform({ connects: false, capabilities: { resend, pairing } });
  const honest: Provider = platform.provider;
  const provider: Provider = { ...honest, ...bend(honest, platform) };
  return {
    provider,
    settings: { token: "t" },
    badSettings: { token: 5 },
    chatId: "+5511988887777",
    badChatId: "nobody",
    connect: (instanceId) => platform.session(instanceId).connect(),
    receive: (instanceId, id, text) => platform.session(instanceId).receive(text, { id }),
    arrived: (instanceId) =>
      platform.delivered
        .filter((delivery) => delivery.instanceId === instanceId)
        .map(({ message }) => shownText(message.content) ?? ""),
  };
}

describe.each(["same_id", "ambiguous"] as const)("the fake provider with resend %s", (resend) => {
  for (const { name, run } of providerContract) {
    it(name, async () => {
      await run(createSubject(resend));
    });
  }
});

describe("the fake provider without pairing codes", () => {
  for (const { name, run } of providerContract) {
    it(name, async () => {
      await run(createSubject("same_id", () => ({}), ["qr"]));
    });
  }
});

/** Changes what the provider's sessions do, or what they are given. */
function bendSession(
  change: (session: Session, context: SessionContext<unknown>) => Partial<Session>,
) {
  return (provider: Provider): Partial<Provider> => ({
    async open(context) {
      const session = await provider.open(context);
      const kept: Session = {
        send: (message, signal) => session.send(message, signal),
        close: (options) => session.close(options),
        evidence: () => session.evidence(),
        native: session.native,
        ...(session.requestPairingCode && { requestPairingCode: session.requestPairingCode }),
      };
      return { ...kept, ...change(session, context) };
    },
  });
}

function bendContext(
  change: (context: SessionContext<unknown>) => Partial<SessionContext<unknown>>,
) {
  return (provider: Provider): Partial<Provider> => ({
    open: (context) => provider.open({ ...context, ...change(context) }),
  });
}

const MUTANTS: Record<string, (provider: Provider, platform: FakePlatform) => Partial<Provider>> = {
  "takes any settings": () => ({ parseSettings: () => ({}) }),
  "throws a foreign error for bad settings": () => ({
    parseSettings() {
      throw new TypeError("no");
    },
  }),
  "takes any address": () => ({ parseChatId: (input) => input }),
  "changes an address each time": (provider) => ({
    parseChatId: (input) => `${provider.parseChatId(input)}0`,
  }),
  "repeats message ids": () => ({ createMessageId: () => "same" }),
  "has an id that no one can type": () => ({ id: "My Provider" }),
  "acknowledges before the commit": bendContext((context) => ({
    commit: async (change) => {
      void context.commit(change);
    },
  })),
  "has no dedupe keys": bendContext((context) => ({
    commit: ({ events = [], keys = [] }) =>
      context.commit({
        events: events.map(({ dedupeKey: _, ...event }) => event as (typeof events)[number]),
        keys,
      }),
  })),
  "has fresh dedupe keys for repeats": bendContext((context) => ({
    commit: ({ events = [], keys = [] }) =>
      context.commit({
        events: events.map((event) => ({ ...event, dedupeKey: String(Math.random()) })),
        keys,
      }),
  })),
  "never says that it is connected": bendContext(() => ({ report: () => {} })),
  "sends a repeat twice": (provider) => ({
    ...bendSession((session) => ({
      send: async (message, signal) => {
        await session.send(
          { ...message, messageId: `${message.messageId}-${message.attempt}` },
          signal,
        );
        return { messageId: message.messageId };
      },
    }))(provider),
  }),
  "swallows messages": bendSession(() => ({
    send: async ({ messageId }) => ({ messageId }),
  })),
  "throws on the second close": (provider) => ({
    ...bendSession((session) => {
      let closed = false;
      return {
        async close() {
          if (closed) throw new Error("closed already");
          closed = true;
          await session.close();
        },
      };
    })(provider),
  }),
  "pretends to send after its close": bendSession((session) => ({
    send: async (message, signal) => {
      return session.send(message, signal).catch(() => ({ messageId: message.messageId }));
    },
  })),
  "reports after its close": bendSession((session, context) => ({
    async close() {
      await session.close();
      setImmediate(() => {
        context.report({ state: "closed", afterwards: "reconnect", reason: "connection_lost" });
      });
    },
  })),
  "promises pairing codes and has none": (provider) => ({
    async open(context) {
      const session = await provider.open(context);
      return {
        send: (message, signal) => session.send(message, signal),
        close: (options) => session.close(options),
        evidence: () => session.evidence(),
        native: session.native,
      };
    },
  }),
  "has pairing codes and does not say so": (provider) => ({
    capabilities: { ...provider.capabilities, pairing: ["qr"] },
  }),
  "gives a pairing code to an account that is paired": bendSession(() => ({
    requestPairingCode: async () => ({ code: "ABCD1234", expiresAt: new Date().toISOString() }),
  })),
  "seems alive after its close": bendSession(() => ({
    evidence: () => ({ ...NO_EVIDENCE, lastSeenAt: Date.now() }),
  })),
  "never sees its platform": bendSession(() => ({ evidence: () => NO_EVIDENCE })),
  "declares a patience of nothing": (provider) => ({
    capabilities: { ...provider.capabilities, maxSilenceMs: 0 },
  }),
};

describe("the provider contract catches a provider that", () => {
  it.each(Object.keys(MUTANTS))("%s", async (name) => {
    const bend = MUTANTS[name];
    const failures: unknown[] = [];
    for (const { run } of providerContract) {
      await run(createSubject("same_id", bend)).catch((error: unknown) => failures.push(error));
      if (failures.length > 0) break;
    }
    expect(failures).not.toEqual([]);
  });
});
