import { join } from "node:path";
import { z } from "zod";
import { ChildProgram } from "./child-program.ts";
import { pollUntil } from "./poll-until.ts";

const instanceSchema = z.object({
  data: z.object({ status: z.string(), auth_status: z.string() }),
});

export interface ServerSettings {
  readonly consumer: string;
  /** Where it runs and keeps its data. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export const API_KEY = "an-operator-key-for-tests";

/** `orquesta serve` as a process of its own, spoken to over HTTP only. */
export class OrquestaServer implements AsyncDisposable {
  readonly program: ChildProgram;
  readonly url: string;

  private constructor(program: ChildProgram, url: string) {
    this.program = program;
    this.url = url;
  }

  static async start({ consumer, cwd, env }: ServerSettings): Promise<OrquestaServer> {
    const bin = join(consumer, "node_modules", ".bin", "orquesta");
    const settings = {
      PORT: "0",
      HOST: "127.0.0.1",
      DATA_DIR: "./data",
      API_KEY,
      PACING: "off",
      ...env,
    };
    const program = new ChildProgram(bin, ["serve"], { cwd, env: settings });
    return new OrquestaServer(program, await program.printed(/base URL +(\S+)\n/));
  }

  async call(
    method: "GET" | "POST",
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        "x-api-key": API_KEY,
        ...(body && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  }

  /** Waits until an instance is connected; every status it had on the way, in order. */
  async clientReady(instanceId: string): Promise<readonly string[]> {
    const seen = new Set<string>();
    return pollUntil(`client_ready of ${instanceId}`, async () => {
      const { body } = await this.call("GET", `/instances/${instanceId}`);
      const { status } = instanceSchema.parse(body).data;
      seen.add(status);
      return status === "client_ready" ? [...seen] : undefined;
    }).catch((cause: unknown) => {
      const message = `it had the statuses ${[...seen].join(", ")}; it printed:\n${this.program.output}`;
      throw new Error(message, { cause });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
  }
}
