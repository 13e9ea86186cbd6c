import { join } from "node:path";
import { z } from "zod";
import { ChildProgram } from "./child-program.ts";
import { pollUntil } from "./poll-until.ts";

const receivedSchema = z.object({
  messages: z.array(
    z.object({ id: z.string(), from: z.string(), text: z.string(), duplicates: z.number() }),
  ),
});
export type Received = z.output<typeof receivedSchema>["messages"][number];

const sentSchema = z.object({ id: z.string() });

/** `orquesta fake-whatsapp`, spoken to as any program would: over its control port. */
export class FakeWhatsAppProgram implements AsyncDisposable {
  readonly url: string;
  readonly rootKey: string;
  readonly #control: string;
  readonly #program: ChildProgram;

  private constructor(program: ChildProgram, url: string, rootKey: string, control: string) {
    this.#program = program;
    this.url = url;
    this.rootKey = rootKey;
    this.#control = control;
  }

  /** Starts it from the project that has it installed. */
  static async start(consumer: string): Promise<FakeWhatsAppProgram> {
    const bin = join(consumer, "node_modules", ".bin", "orquesta");
    const args = ["fake-whatsapp", "--port", "0", "--control-port", "0"];
    const program = new ChildProgram(bin, args, { cwd: consumer });
    const url = await program.printed(/BAILEYS_WS_URL=(\S+)\n/);
    const rootKey = await program.printed(/BAILEYS_ROOT_KEY=(\S+)\n/);
    return new FakeWhatsAppProgram(
      program,
      url,
      rootKey,
      await program.printed(/write at (\S+)\n/),
    );
  }

  async scan(number: string, qr: string): Promise<void> {
    await this.#post("/scan", { number, qr });
  }

  /** Writes to an account; resolves with WhatsApp's id of the message. */
  async send(message: {
    readonly from: string;
    readonly to: string;
    readonly text: string;
    readonly name?: string;
  }): Promise<string> {
    return sentSchema.parse(await this.#post("/send", message)).id;
  }

  /** What a peer's phone shows. */
  async received(peer: string): Promise<readonly Received[]> {
    const answer = await fetch(`${this.#control}/received?peer=${peer}`);
    return receivedSchema.parse(await answer.json()).messages;
  }

  /** Everything the peer's phone shows, once the message is there that is looked for. */
  receivedUpTo(peer: string, isLast: (message: Received) => boolean): Promise<readonly Received[]> {
    return pollUntil(`${isLast} on the phone of ${peer}`, async () => {
      const messages = await this.received(peer);
      return messages.some(isLast) ? messages : undefined;
    });
  }

  async #post(path: string, body: object): Promise<unknown> {
    const answer = await fetch(`${this.#control}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (answer.ok) return answer.json();
    throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
