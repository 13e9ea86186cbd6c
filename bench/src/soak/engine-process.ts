import { once } from "node:events";
import { type Measured, MeasuredProcess } from "../measured-process.ts";
import type { Answered, AnswerOf, OrderName, ParamsOf, Subject } from "./orders.ts";

const ORDER_MS = 180_000;
const EXIT_MS = 15_000;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The engine of `engine-program.ts`, in a process of its own. */
export class EngineProcess {
  readonly #process: MeasuredProcess;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #exit: string | null = null;

  private constructor(subject: Subject) {
    const program = new URL("./engine-program.ts", import.meta.url);
    const env = { SOAK_SUBJECT: JSON.stringify(subject), NODE_ENV: "test" };
    this.#process = new MeasuredProcess(program, [], env, ["--expose-internals"]);
    const { child } = this.#process;
    child.on("message", (message: object) => {
      if ("answer" in message) this.#hear(message as Answered);
    });
    child.once("exit", (code, signal) => {
      this.#exit = `the engine process ended: ${signal ?? code}`;
      for (const { reject } of this.#waiting.values()) reject(new Error(this.#exit));
      this.#waiting.clear();
    });
  }

  static async start(subject: Subject): Promise<EngineProcess> {
    const engine = new EngineProcess(subject);
    await engine.#process.hear((message): message is object => "ready" in message);
    return engine;
  }

  get pid(): number {
    return this.#process.child.pid ?? 0;
  }

  /** @throws Error with what the engine threw, or that its process is gone, or took too long */
  async ask<Name extends OrderName>(order: Name, params: ParamsOf<Name>): Promise<AnswerOf<Name>> {
    if (this.#exit !== null) throw new Error(this.#exit);
    this.#last += 1;
    const ask = this.#last;
    const late = AbortSignal.timeout(ORDER_MS);
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(ask, { resolve, reject });
      late.onabort = () => reject(new Error(`the engine does not answer to "${order}"`));
      this.#process.child.send({ ask, order, params });
    });
    try {
      return (await answer) as AnswerOf<Name>;
    } finally {
      late.onabort = null;
      this.#waiting.delete(ask);
    }
  }

  measure(): Promise<Measured> {
    return this.#process.measure();
  }

  /** @returns whether it ends by itself, as what has closed everything does */
  async leave(): Promise<boolean> {
    const { child } = this.#process;
    if (this.#exit !== null) return true;
    const gone = once(child, "exit", { signal: AbortSignal.timeout(EXIT_MS) });
    if (child.connected) child.disconnect();
    return gone.then(
      () => true,
      () => false,
    );
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  #hear({ answer, result, error }: Answered): void {
    const waiting = this.#waiting.get(answer);
    if (error !== undefined) waiting?.reject(new Error(error));
    else waiting?.resolve(result);
  }
}
