import type { FakeWhatsApp, StreamErrorCode } from "./fake-whatsapp.ts";

/** Bad input to the control port: answered with 400 and this message. */
export class ControlInputError extends Error {}

/** The parameters of one call: the fields of the JSON body, or of the query string. */
export interface ControlInput {
  text(name: string): string;
  /** Undefined when it was left out. */
  optionalText(name: string): string | undefined;
  number(name: string): number;
}

export interface ControlRoute {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly takes: Readonly<Record<string, string>>;
  readonly does: string;
  readonly run: (input: ControlInput, signal: AbortSignal) => object | Promise<object>;
}

const STREAM_ERRORS: readonly Extract<StreamErrorCode, number>[] = [401, 440, 503, 515];
const PHONE_NUMBER = "a phone number, digits with the country code";

/** What the control port can do. */
export function controlRoutes(whatsapp: FakeWhatsApp): readonly ControlRoute[] {
  return [
    ...pairingRoutes(whatsapp),
    ...messageRoutes(whatsapp),
    ...accountRoutes(whatsapp),
    ...faultRoutes(whatsapp),
  ];
}

function pairingRoutes(whatsapp: FakeWhatsApp): readonly ControlRoute[] {
  return [
    {
      method: "POST",
      path: "/scan",
      takes: { number: PHONE_NUMBER, qr: "the whole text of the QR code" },
      does: "Scans a client's QR code with the account's phone; answers when it is linked.",
      run: async (input, signal) => {
        const phone = whatsapp.phone(input.text("number"));
        return { device: await phone.scan(input.text("qr"), { signal }) };
      },
    },
    {
      method: "POST",
      path: "/code",
      takes: { number: PHONE_NUMBER, code: "the pairing code that the client shows" },
      does: "Types a pairing code into the account's phone; answers when it is linked.",
      run: async (input, signal) => {
        const phone = whatsapp.phone(input.text("number"));
        return { device: await phone.enterCode(input.text("code"), { signal }) };
      },
    },
    {
      method: "POST",
      path: "/unlink",
      takes: { number: PHONE_NUMBER },
      does: "Removes the account's linked devices: they are logged out with 401.",
      run: (input) => {
        whatsapp.phone(input.text("number")).unlink();
        return {};
      },
    },
  ];
}

function messageRoutes(whatsapp: FakeWhatsApp): readonly ControlRoute[] {
  return [
    {
      method: "POST",
      path: "/send",
      takes: {
        from: PHONE_NUMBER,
        to: "the account's phone number",
        text: "what to write",
        name: "optional: what the peer is called, from now on",
      },
      does: "Writes a message from a peer (made on first use) to an account.",
      run: (input) => {
        const name = input.optionalText("name");
        const peer = whatsapp.peer(input.text("from"), name === undefined ? {} : { name });
        return peer.send(input.text("to"), input.text("text"));
      },
    },
    {
      method: "GET",
      path: "/received",
      takes: { peer: PHONE_NUMBER },
      does: "Lists what this peer's WhatsApp shows.",
      run: (input) => ({
        messages: whatsapp.peer(input.text("peer")).received.map(withoutContent),
      }),
    },
  ];
}

function accountRoutes(whatsapp: FakeWhatsApp): readonly ControlRoute[] {
  return [
    {
      method: "GET",
      path: "/receipts",
      takes: { number: PHONE_NUMBER },
      does: "Lists what the account has receipted, asked for again, or given up.",
      run: (input) => {
        const number = input.text("number");
        return {
          receipts: whatsapp.receipts(number),
          retries: whatsapp.retries(number),
          nacks: whatsapp.nacks(number),
        };
      },
    },
    {
      method: "GET",
      path: "/pending",
      takes: { number: PHONE_NUMBER },
      does: "Lists the messages that wait for the account.",
      run: (input) => ({ pending: whatsapp.pending(input.text("number")) }),
    },
  ];
}

function faultRoutes(whatsapp: FakeWhatsApp): readonly ControlRoute[] {
  return [
    {
      method: "POST",
      path: "/drop",
      takes: { number: PHONE_NUMBER },
      does: "Resets the account's TCP connections.",
      run: (input) => {
        whatsapp.drop(input.text("number"));
        return {};
      },
    },
    {
      method: "POST",
      path: "/stream-error",
      takes: { number: PHONE_NUMBER, code: `one of ${STREAM_ERRORS.join(", ")}` },
      does: "Ends the account's connections with a stream error; 401 also unlinks it.",
      run: (input) => {
        const asked = input.number("code");
        const code = STREAM_ERRORS.find((known) => known === asked);
        if (code === undefined) {
          throw new ControlInputError(`"code" must be one of ${STREAM_ERRORS.join(", ")}`);
        }
        whatsapp.streamError(input.text("number"), code);
        return {};
      },
    },
  ];
}

function withoutContent({ content: _, ...message }: { content?: unknown }): object {
  return message;
}
