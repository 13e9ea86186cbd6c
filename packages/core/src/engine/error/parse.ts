import type { ZodType, z } from "zod";
import { OrquestaError } from "./orquesta-error.ts";

/**
 * Parses untrusted input.
 * @throws VALIDATION_FAILED with one detail per offending field; the values themselves are not repeated.
 */
export function parse<T>(schema: ZodType<T>, input: unknown, subject: string): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const details = result.error.issues.map((issue) => ({
    field: issue.path.join("."),
    message: reasonOf(issue),
  }));
  const first = details[0];
  const where = first && first.field !== "" ? `${first.field}: ` : "";
  throw new OrquestaError(
    "VALIDATION_FAILED",
    `${subject} is not valid: ${where}${first?.message ?? "unknown reason"}`,
    { details },
  );
}

/** Of a key that is not allowed zod says only that; what is wrong with it stands one level deeper. */
function reasonOf(issue: z.core.$ZodIssue): string {
  return issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
}
