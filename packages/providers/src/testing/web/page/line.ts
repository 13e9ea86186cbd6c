import type { AnswerOf, CallName, ParamsOf, ToPage, ToService } from "../protocol.ts";
import { PageError, ServerStatusCodeError } from "./page-error.ts";

interface Asked {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

type Told = Exclude<ToPage, { readonly answer: number }>;

/** The page's line to the service. */
export class Line {
  readonly #socket: WebSocket;
  readonly #asked = new Map<number, Asked>();
  readonly #onTold: (told: Told) => void;
  #last = 0;

  private constructor(socket: WebSocket, onTold: (told: Told) => void) {
    this.#socket = socket;
    this.#onTold = onTold;
    socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(String(data))));
    socket.addEventListener("close", () => {
      for (const { reject } of this.#asked.values()) reject(new PageError("the line is down"));
    });
  }

  static async open(onTold: (told: Told) => void): Promise<Line> {
    const socket = new WebSocket("wss://web.whatsapp.com/line");
    const line = new Line(socket, onTold);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("error", () => reject(new PageError("no line to the service")));
    });
    return line;
  }

  /** @throws ServerStatusCodeError when the service says no */
  async ask<Name extends CallName>(call: Name, params: ParamsOf<Name>): Promise<AnswerOf<Name>> {
    this.#last += 1;
    const ask: ToService = { ask: this.#last, call, params };
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#asked.set(ask.ask, { resolve, reject });
    });
    this.#socket.send(JSON.stringify(ask));
    return (await answer) as AnswerOf<Name>;
  }

  #hear(told: ToPage): void {
    if (!("answer" in told)) {
      this.#onTold(told);
      return;
    }
    const asked = this.#asked.get(told.answer);
    this.#asked.delete(told.answer);
    if ("result" in told) asked?.resolve(told.result);
    else asked?.reject(new ServerStatusCodeError(told.refusal.status, told.refusal.text));
  }
}
