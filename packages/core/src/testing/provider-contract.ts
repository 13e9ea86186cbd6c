import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import {
  DURABLE_EVENT_NAMES,
  EPHEMERAL_EVENT_NAMES,
  type ErrorCode,
  isOrquestaError,
  NO_EVIDENCE,
  OPERATION_NAMES,
  outgoingContentSchema,
  type Provider,
} from "../index.ts";
import { SessionProbe } from "./session-probe.ts";

/** What a provider needs so that its promises can be tried out. */
export interface ProviderSubject {
  readonly provider: Provider;
  /** Settings that `parseSettings` takes. */
  readonly settings: unknown;
  /** Settings that it refuses. */
  readonly badSettings: unknown;
  /** An address as a person types it, of a chat that takes messages. */
  readonly chatId: string;
  readonly badChatId: string;
  /** Makes the account of an open session connect, as a phone that scans the code. */
  connect(instanceId: string): Promise<void> | void;
  /** Somebody writes to the account. Resolves when the platform was told "received". */
  receive(instanceId: string, messageId: string, text: string): Promise<unknown>;
  /** Texts that arrived at the chat, in order. */
  arrived(instanceId: string): readonly string[] | Promise<readonly string[]>;
}

export interface ContractCase {
  readonly name: string;
  run(subject: ProviderSubject): Promise<void>;
}

const WAIT_MS = 2000;
const TOLD_MS = 300;

function refuses(work: () => unknown, code: ErrorCode, what: string): void {
  assert.throws(work, (error) => isOrquestaError(error, code), `${what} has to throw ${code}`);
}

async function connected(subject: ProviderSubject): Promise<SessionProbe> {
  const probe = await SessionProbe.open(subject.provider, subject.settings);
  await subject.connect(probe.instanceId);
  await probe.until(() => probe.state === "connected", "the session connects", WAIT_MS);
  return probe;
}

/** Runs with an open session and closes it, however the case ends. */
async function withSession(
  subject: ProviderSubject,
  work: (probe: SessionProbe) => Promise<void>,
): Promise<void> {
  const probe = await connected(subject);
  try {
    await work(probe);
  } finally {
    await probe.end();
  }
}

/**
 * The promises of a provider, one case each. Runs under any test runner:
 * `for (const { name, run } of providerContract) it(name, () => run(createSubject()))`.
 * Every case takes a fresh subject.
 */
export const providerContract: readonly ContractCase[] = [
  {
    name: "declares what it can do",
    async run({ provider }) {
      const { outgoing, pairing, inbound, resend, portable, maxSilenceMs, ...rest } =
        provider.capabilities;
      const { events, operations, menus, limits, push } = rest;
      const names: readonly string[] = [...DURABLE_EVENT_NAMES, ...EPHEMERAL_EVENT_NAMES];
      const kinds: readonly string[] = outgoingContentSchema.options.map(
        ({ shape }) => shape.type.value,
      );
      assert.match(provider.id, /^[a-z][a-z0-9-]*$/, "an id is lower-case");
      assert.ok(outgoing.every((kind) => kinds.includes(kind)));
      assert.ok(events.every((name) => names.includes(name)));
      assert.ok(operations.every((name) => OPERATION_NAMES.includes(name)));
      for (const list of [outgoing, rest.incoming, events, operations]) {
        assert.equal(new Set(list).size, list.length, "nothing is declared twice");
      }
      assert.ok(menus === "native" || menus === "numbered");
      assert.equal(
        outgoing.includes("buttons") && outgoing.includes("list"),
        menus === "native",
        "buttons and lists are sent by those whose menus are native",
      );
      assert.ok(Object.values(limits).every((limit) => Number.isInteger(limit) && limit > 0));
      assert.equal(typeof push, "boolean");
      assert.ok(pairing.every((way) => way === "qr" || way === "code"));
      assert.ok(inbound === "at_least_once" || inbound === "best_effort");
      assert.ok(resend === "same_id" || resend === "ambiguous");
      assert.equal(typeof portable, "boolean");
      assert.ok(maxSilenceMs === null || maxSilenceMs >= 1000);
    },
  },
  {
    name: "parses settings, and refuses bad ones without repeating them",
    async run({ provider, settings, badSettings }) {
      const parsed = provider.parseSettings(settings);
      assert.deepEqual(
        provider.parseSettings(JSON.parse(JSON.stringify(parsed))),
        parsed,
        "settings survive being stored as JSON",
      );
      refuses(() => provider.parseSettings(badSettings), "VALIDATION_FAILED", "bad settings");
      refuses(() => provider.parseSettings(null), "VALIDATION_FAILED", "null");
    },
  },
  {
    name: "brings addresses to one form, and refuses what is none",
    async run({ provider, chatId, badChatId }) {
      const parsed = provider.parseChatId(chatId);
      assert.equal(provider.parseChatId(parsed), parsed, "parsing twice changes nothing");
      refuses(() => provider.parseChatId(badChatId), "VALIDATION_FAILED", "a bad chat id");
      refuses(() => provider.parseChatId(""), "VALIDATION_FAILED", "an empty chat id");
    },
  },
  {
    name: "makes a fresh message id each time",
    async run({ provider }) {
      const ids = new Set(Array.from({ length: 1000 }, () => provider.createMessageId()));
      assert.equal(ids.size, 1000);
      assert.ok(!ids.has(""));
    },
  },
  {
    name: "connects and says whose account it is",
    async run(subject) {
      await withSession(subject, async (probe) => {
        assert.ok(probe.account !== null && probe.account.id !== "");
        const { lastSeenAt } = probe.session.evidence();
        const { maxSilenceMs } = subject.provider.capabilities;
        if (maxSilenceMs !== null) assert.ok(lastSeenAt !== null, "it has seen the platform");
        assert.ok(lastSeenAt === null || Math.abs(Date.now() - lastSeenAt) < 60_000);
      });
    },
  },
  {
    name: "says received only after the commit, and not when it fails",
    async run(subject) {
      if (subject.provider.capabilities.inbound !== "at_least_once") return;
      await withSession(subject, async (probe) => {
        let told = false;
        probe.holdCommits();
        const receiving = subject.receive(probe.instanceId, "m1", "hello").then(() => {
          told = true;
        });
        await probe.until(() => probe.held > 0, "the message is committed", WAIT_MS);
        // Who tells it over a network takes its time.
        await Promise.race([receiving, setTimeout(TOLD_MS)]);
        assert.equal(told, false, "the platform was told before the commit had resolved");
        probe.letCommits();
        await receiving;
        assert.equal(probe.received("hello").length, 1);
      });
    },
  },
  {
    name: "gives a repeated message the same dedupe key, and another one another",
    async run(subject) {
      await withSession(subject, async (probe) => {
        await subject.receive(probe.instanceId, "m1", "hello");
        await subject.receive(probe.instanceId, "m1", "hello");
        await subject.receive(probe.instanceId, "m2", "hello");
        await probe.until(() => probe.received("hello").length >= 2, "messages", WAIT_MS);
        const keys = probe.received("hello").map(({ dedupeKey }) => dedupeKey);
        assert.ok(
          keys.every((key) => key !== undefined && key !== ""),
          "a dedupe key is missing",
        );
        assert.equal(new Set(keys).size, 2);
        const [first] = probe.received("hello");
        assert.ok(first?.chatId !== undefined, "a message belongs to a chat");
        assert.equal(first.chatId, first.data.message.chatId);
      });
    },
  },
  {
    name: "sends, and sends a repeat of an id as one message where it says so",
    async run(subject) {
      const { provider, chatId } = subject;
      await withSession(subject, async (probe) => {
        const first = probe.message(provider.parseChatId(chatId), "one");
        const sent = await probe.session.send(first, probe.signal);
        if (provider.capabilities.resend === "same_id") {
          assert.equal(sent.messageId, first.messageId);
          await probe.session.send({ ...first, attempt: 2 }, probe.signal);
        }
        await probe.session.send(probe.message(provider.parseChatId(chatId), "two"), probe.signal);
        assert.deepEqual([...(await subject.arrived(probe.instanceId))], ["one", "two"]);
      });
    },
  },
  {
    name: "gives pairing codes exactly when it says so, and none for an account that is paired",
    async run(subject) {
      await withSession(subject, async ({ session, signal }) => {
        const says = subject.provider.capabilities.pairing.includes("code");
        const can = typeof session.requestPairingCode === "function";
        assert.equal(can, says, "capabilities.pairing and requestPairingCode have to agree");
        const request = session.requestPairingCode?.("5511999990000", { signal });
        if (request === undefined) return;
        await assert.rejects(
          request,
          (error) => isOrquestaError(error, "CHALLENGE_UNAVAILABLE"),
          "a pairing code for a paired account has to throw CHALLENGE_UNAVAILABLE",
        );
      });
    },
  },
  {
    name: "closes more than once, and does nothing afterwards",
    async run(subject) {
      const probe = await connected(subject);
      await Promise.all([probe.session.close(), probe.session.close()]);
      await probe.session.close();
      probe.forgetReports();
      const message = probe.message(subject.provider.parseChatId(subject.chatId), "late");
      await assert.rejects(
        probe.session.send(message, probe.signal),
        (error) => isOrquestaError(error, "SESSION_CLOSED"),
        "sending on a closed session has to throw SESSION_CLOSED",
      );
      await probe.settle();
      assert.deepEqual(probe.reports, [], "a closed session reports nothing");
      assert.deepEqual(probe.session.evidence(), NO_EVIDENCE, "a closed session proves nothing");
      await probe.end();
    },
  },
];
