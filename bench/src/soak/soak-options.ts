import { parseArgs } from "node:util";

export interface SoakOptions {
  readonly minutes: number;
  readonly baileys: number;
  readonly web: number;
  readonly telegram: number;
  /** Messages that come in, over all instances; every one is answered. */
  readonly perSecond: number;
}

/**
 * `--accounts 100` is the soak of Baileys alone.
 * @throws Error that says what is wrong with the arguments
 */
export function parseSoakOptions(args: readonly string[]): SoakOptions {
  const text = { type: "string" } as const;
  const options = {
    minutes: text,
    accounts: text,
    baileys: text,
    web: text,
    telegram: text,
    "per-second": text,
  };
  const { values } = parseArgs({ args: [...args], options });
  const isBaileysAlone = values.accounts !== undefined;
  const parsed = {
    minutes: positive("minutes", values.minutes ?? "60"),
    baileys: count("baileys", values.baileys ?? values.accounts ?? "20"),
    web: count("web", values.web ?? (isBaileysAlone ? "0" : "5")),
    telegram: count("telegram", values.telegram ?? (isBaileysAlone ? "0" : "50")),
    perSecond: positive("per-second", values["per-second"] ?? (isBaileysAlone ? "20" : "10")),
  };
  if (parsed.baileys + parsed.web + parsed.telegram > 0) return parsed;
  throw new Error("there has to be one instance at least");
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new Error(`--${name} has to be a number above 0`);
}

function count(name: string, text: string): number {
  const number = Number(text);
  if (text !== "" && Number.isSafeInteger(number) && number >= 0) return number;
  throw new Error(`--${name} has to be a number of instances`);
}
