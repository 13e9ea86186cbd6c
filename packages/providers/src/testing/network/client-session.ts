import { randomBytes } from "node:crypto";
import { type WaitOptions, withDeadline } from "../deadline.ts";
import { FakeWhatsAppError } from "../fake-whatsapp-error.ts";
import type { Connection, ConnectionListener } from "../wire/connection.ts";
import type { NoiseClient } from "../wire/noise-responder.ts";
import {
  child,
  MalformedStanzaError,
  nowSeconds,
  requiredAttribute,
  type Stanza,
  stanza,
} from "../wire/stanza.ts";
import { handleCall } from "./accounts/calls.ts";
import { handlePresence } from "./accounts/presence.ts";
import { shareAppStateKey } from "./accounts/share-app-state-key.ts";
import type { Answer } from "./answer.ts";
import type { CodePairing } from "./code-pairing.ts";
import type { Companion } from "./companion.ts";
import type { Linking } from "./linking.ts";
import type { LinkingRules } from "./linking-rules.ts";
import type { LoginFaults } from "./login-faults.ts";
import type { MessagesFromAccounts } from "./messages-from-accounts.ts";
import { type Network, refuse } from "./network.ts";
import { type PairingCandidate, type PairingLink, parseCandidate } from "./pairing-candidate.ts";
import type { PairingDesk } from "./pairing-desk.ts";
import { answerQuery } from "./queries.ts";
import type { ReceiptsFromAccounts } from "./receipts-from-accounts.ts";

const CLIENT_TOO_OLD = 405;

/** The parts of the server that a session hands its stanzas to. */
export interface SessionServices {
  readonly network: Network;
  readonly desk: PairingDesk;
  readonly codes: CodePairing;
  readonly faults: LoginFaults;
  readonly linking: Linking;
  readonly rules: LinkingRules;
  readonly messages: MessagesFromAccounts;
  readonly receipts: ReceiptsFromAccounts;
}

/** One client's connection, first as a stranger, then as a linked device. */
export class ClientSession implements ConnectionListener, PairingLink {
  readonly #services: SessionServices;
  readonly #connection: Connection;
  readonly #questions = new Map<string, (answer: Stanza) => void>();
  readonly #onGone = new Set<() => void>();
  #companion: Companion | null = null;
  #candidate: PairingCandidate | null = null;

  constructor(services: SessionServices, connection: Connection) {
    this.#services = services;
    this.#connection = connection;
  }

  get congested(): boolean {
    return this.#connection.congested;
  }

  send(node: Stanza): void {
    this.#connection.send(node);
  }

  fail(code: number | undefined, reason?: Stanza): void {
    this.#connection.fail(code, reason);
    this.#detach();
  }

  failAndLinger(code: number): void {
    this.#connection.failAndLinger(code);
    this.#detach();
  }

  drop(): void {
    this.#connection.drop();
    this.#detach();
  }

  stall(): () => void {
    return this.#connection.stall();
  }

  query(iq: Stanza, wait: WaitOptions): Promise<Stanza> {
    const id = iq.attrs["id"] ?? randomBytes(6).toString("hex");
    return withDeadline("the client's answer", wait, (resolve, reject) => {
      const onGone = (): void =>
        reject(new FakeWhatsAppError("NOT_CONNECTED", "the client closed its connection"));
      this.#questions.set(id, resolve);
      this.#onGone.add(onGone);
      this.send({ ...iq, attrs: { ...iq.attrs, id } });
      return () => {
        this.#questions.delete(id);
        this.#onGone.delete(onGone);
      };
    });
  }

  handshaken(client: NoiseClient): void {
    const reason = this.#services.faults.take();
    if (reason !== null) {
      this.#refuseLogin(reason, "a failure was ordered");
      return;
    }
    if (this.#services.rules.isTooOld(client.payload)) {
      this.#refuseLogin(CLIENT_TOO_OLD, "the client's version is too old");
      return;
    }
    const registration = client.payload.devicePairingData;
    if (registration?.eIdent?.length) {
      this.#candidate = parseCandidate(this, client.noiseKey, registration);
      this.#services.desk.enter(this.#candidate);
      return;
    }
    this.#logIn(client);
  }

  stanza(node: Stanza): void {
    try {
      this.#route(node);
    } catch (error) {
      if (!(error instanceof MalformedStanzaError)) throw error;
      this.#refuseStanza(node, error.message);
    }
  }

  drained(): void {
    this.#companion?.queue.pump();
  }

  refused(reason: string): void {
    refuse(this.#services.network, this.#companion?.number ?? null, reason);
  }

  closed(): void {
    for (const onGone of [...this.#onGone]) onGone();
    if (this.#candidate) {
      this.#services.desk.leave(this.#candidate);
      this.#services.codes.leave(this.#candidate);
    }
    this.#detach();
  }

  #logIn({ payload, noiseKey }: NoiseClient): void {
    const number = String(payload.username ?? "");
    const { directory } = this.#services.network;
    const companion = directory
      .resolve(`${number}@s.whatsapp.net`)
      ?.user.companions.get(payload.device ?? 0);
    if (!companion?.noiseKey.equals(noiseKey)) {
      this.#refuseLogin(401, `login of ${number}:${payload.device ?? 0}, which is not linked`);
      return;
    }
    companion.link?.fail(undefined, stanza("conflict", { type: "replaced" }));
    companion.link = this;
    this.#companion = companion;
    const { device } = companion;
    this.send(stanza("success", { t: nowSeconds(), lid: companion.lid, location: "fake" }));
    this.#services.network.events.emit("login", { number, device });
  }

  #route(node: Stanza): void {
    if (node.tag === "iq") {
      this.#routeQuery(node);
      return;
    }
    const companion = this.#companion;
    if (!companion) return;
    const { messages, network, receipts } = this.#services;
    if (node.tag === "message") messages.handle(companion, this, node);
    else if (node.tag === "receipt") receipts.receipt(companion, node);
    else if (node.tag === "ack") receipts.ack(companion, node);
    else if (node.tag === "call") handleCall(network, companion, this, node);
    else handlePresence(network, companion, node);
  }

  #routeQuery(iq: Stanza): void {
    const id = requiredAttribute(iq, "id");
    const type = requiredAttribute(iq, "type");
    if (type === "result" || type === "error") {
      this.#questions.get(id)?.(iq);
      return;
    }
    this.#answer(iq, id, this.#answerTo(iq));
    // From here on the client is active, and takes what waited for it.
    if (iq.attrs["xmlns"] !== "passive" || !child(iq, "active") || !this.#companion) return;
    shareAppStateKey(this.#services.network, this.#companion);
    this.#companion.queue.attach(this);
  }

  #answerTo(iq: Stanza): Answer {
    const { codes, linking, network } = this.#services;
    const companion = this.#companion;
    if (!companion) {
      if (!this.#candidate || iq.attrs["xmlns"] !== "md") return { content: undefined };
      return codes.handle(this.#candidate, iq);
    }
    if (child(iq, "remove-companion-device")) {
      linking.unlinkByClient(companion);
      return { content: undefined };
    }
    return answerQuery(network, companion, iq);
  }

  #answer(iq: Stanza, id: string, answer: Answer): void {
    const from = iq.attrs["to"]?.endsWith("@g.us") ? iq.attrs["to"] : "s.whatsapp.net";
    if ("error" in answer) {
      this.send(stanza("iq", { type: "error", id, from }, [stanza("error", answer.error)]));
      return;
    }
    const content = answer.content ? [answer.content] : undefined;
    this.send(stanza("iq", { type: "result", id, from }, content));
  }

  #refuseLogin(reason: number, why: string): void {
    this.refused(why);
    this.#connection.end(stanza("failure", { reason: String(reason), location: "fake" }));
  }

  #refuseStanza(node: Stanza, why: string): void {
    this.refused(why);
    const id = node.attrs["id"];
    if (node.tag === "iq" && id) {
      this.#answer(node, id, { error: { code: "400", text: "bad-request" } });
      return;
    }
    this.fail(undefined, stanza("xml-not-well-formed"));
  }

  #detach(): void {
    const companion = this.#companion;
    if (companion?.link !== this) return;
    companion.link = null;
    companion.queue.detach();
    const { number, device } = companion;
    this.#services.network.events.emit("disconnect", { number, device });
  }
}
