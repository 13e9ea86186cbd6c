import type { DestinationStream } from "pino";
import { z } from "zod";

const requestSchema = z.object({
  method: z.string(),
  path: z.string(),
  status: z.number(),
  durationMs: z.number(),
});

const errorSchema = z.object({ stack: z.string().optional(), message: z.string() });

const lineSchema = z.looseObject({ level: z.string(), time: z.string(), message: z.string() });

function describeContext(context: Readonly<Record<string, unknown>>): string {
  return Object.entries(context)
    .map(([key, value]) => ` ${key}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("");
}

/** `GET /api/health 200 3 ms` */
function describeRequest(context: Readonly<Record<string, unknown>>): string | undefined {
  const request = requestSchema.safeParse(context);
  if (!request.success) return undefined;
  const { method, path, status, durationMs } = request.data;
  return `${method} ${path} ${status} ${durationMs} ms`;
}

function describe(json: string): string {
  const { level, time, message, error, ...context } = lineSchema.parse(JSON.parse(json));
  const clock = time.slice(11, 23);
  if (message === "request") {
    const request = describeRequest(context);
    if (request !== undefined) return `${clock} ${request}\n`;
  }
  const failure = errorSchema.safeParse(error);
  const trace = failure.success ? `\n${failure.data.stack ?? failure.data.message}` : "";
  return `${clock} ${level.padEnd(5)} ${message}${describeContext(context)}${trace}\n`;
}

/** Turns the JSON lines of a logger into lines for people. */
export function readableLines(out: DestinationStream): DestinationStream {
  return { write: (json: string) => out.write(describe(json)) };
}
