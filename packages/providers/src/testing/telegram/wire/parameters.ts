import { badRequest } from "./api-error.ts";

/** A file that came inside a request. */
export interface Upload {
  readonly bytes: Buffer;
  readonly fileName: string;
  readonly mimeType: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The parameters of one call. They come as JSON, as a form or in the query: a number may be written
 * as text, and an object as JSON text, as the real Bot API takes both.
 */
export class Parameters {
  readonly #values: JsonObject;
  readonly #uploads: ReadonlyMap<string, Upload>;

  constructor(values: JsonObject, uploads: ReadonlyMap<string, Upload> = new Map()) {
    this.#values = values;
    this.#uploads = uploads;
  }

  /** As they came, for the log of calls. */
  get values(): JsonObject {
    return this.#values;
  }

  has(name: string): boolean {
    const value = this.#values[name];
    return value !== undefined && value !== null && value !== "";
  }

  text(name: string): string {
    const value = this.#values[name];
    if (value === undefined || value === null) return "";
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  }

  optionalText(name: string): string | undefined {
    return this.has(name) ? this.text(name) : undefined;
  }

  integer(name: string, fallback?: number): number {
    if (!this.has(name) && fallback !== undefined) return fallback;
    const value = Number(this.has(name) ? this.text(name) : Number.NaN);
    if (!Number.isSafeInteger(value)) throw badRequest(`parameter "${name}" is invalid`);
    return value;
  }

  number(name: string): number | undefined {
    if (!this.has(name)) return undefined;
    const value = Number(this.text(name));
    if (!Number.isFinite(value)) throw badRequest(`parameter "${name}" is invalid`);
    return value;
  }

  flag(name: string): boolean {
    const value = this.text(name).toLowerCase();
    return value === "true" || value === "1" || value === "yes";
  }

  /** undefined when it is absent. */
  json(name: string, what: string = name): unknown {
    const value = this.#values[name];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value !== "string") return value;
    try {
      return JSON.parse(value);
    } catch {
      throw badRequest(`can't parse ${what} JSON object`);
    }
  }

  object(name: string, what: string = name): JsonObject | undefined {
    const value = this.json(name, what);
    if (value === undefined) return undefined;
    if (!isJsonObject(value)) throw badRequest(`object expected as ${what}`);
    return value;
  }

  list(name: string, what: string = name): readonly unknown[] | undefined {
    const value = this.json(name, what);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw badRequest(`expected an Array of ${what}`);
    return value;
  }

  upload(name: string): Upload | undefined {
    return this.#uploads.get(name);
  }

  /** The same uploads with other values: an item of an album, a message that a webhook answered with. */
  with(values: JsonObject): Parameters {
    return new Parameters(values, this.#uploads);
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
