import { z } from "zod";
import type { LogLevel } from "../log/logger.ts";
import type { LogLine } from "./instance-view.ts";

/** From the least to the most serious. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];
/** Most lines that an instance's log may keep. */
export const MAX_LOG_LINES = 50_000;

export const logQuerySchema = z
  .strictObject({
    tail: z.int().min(1).max(MAX_LOG_LINES).default(100),
    level: z.enum(LOG_LEVELS).optional(),
    from: z.date().optional(),
    to: z.date().optional(),
    search: z.string().min(1).max(200).optional(),
    source: z.string().min(1).max(100).optional(),
  })
  .refine(({ from, to }) => !(from && to && from > to), {
    path: ["from"],
    error: "must not be after `to`",
  });

/** Which lines of a log to read. What is not given does not narrow. */
export interface LogQuery {
  /** How many lines at most, the last ones of those that match. 1 to 50 000. @default 100 */
  readonly tail?: number | undefined;
  /** This level and those above it. */
  readonly level?: LogLevel | undefined;
  /** Not before. */
  readonly from?: Date | undefined;
  /** Not after. */
  readonly to?: Date | undefined;
  /** Text in the message, upper or lower case: no pattern. 1 to 200 characters. */
  readonly search?: string | undefined;
  /** The whole name of the part of Orquesta that wrote the line. */
  readonly source?: string | undefined;
}

/** Lines of a log. */
export interface LogPage {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  /** How many lines match, also beyond `tail`. */
  readonly total: number;
}
