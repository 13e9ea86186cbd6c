import { mediaSourceSchema } from "@orquesta/core";
import { z } from "zod";
import { DESCRIPTIONS } from "./descriptions.ts";
import { mediaBodySchema, toSource } from "./media-body.ts";
import { toSnakeCase } from "./snake-case.ts";

const mediaSchema = mediaBodySchema.transform(toSource);

/**
 * The schema of what the engine takes as this API takes it: the same fields with the same rules, named in
 * snake_case, media as a body of JSON can have them.
 * @throws Error for a kind of schema that it does not know, so that none slips through by itself
 */
export function inSnakeCase(schema: z.core.$ZodType): z.ZodType {
  if (schema === mediaSourceSchema) return mediaSchema;
  if (schema instanceof z.ZodOptional) return inSnakeCase(schema.unwrap()).optional();
  if (schema instanceof z.ZodObject) return z.strictObject(fieldsOf(schema));
  if (schema instanceof z.ZodArray) {
    return schema.clone({ ...schema.def, element: inSnakeCase(schema.element) });
  }
  if (schema instanceof z.ZodDiscriminatedUnion || schema instanceof z.ZodUnion) {
    return schema.clone({ ...schema.def, options: schema.options.map(inSnakeCase) });
  }
  if (schema instanceof z.ZodNullable) return inSnakeCase(schema.unwrap()).nullable();
  if (schema instanceof z.ZodType && LEAVES.has(schema.def.type)) return schema;
  throw new Error(`a message has a ${schema._zod.def.type}, of which this API knows nothing`);
}

const LEAVES: ReadonlySet<string> = new Set(["string", "number", "boolean", "enum", "literal"]);

/** The fields of an object, described. */
export function fieldsOf(schema: z.ZodObject): Record<string, z.ZodType> {
  const fields = Object.entries(schema.shape).map(([name, field]): [string, z.ZodType] => {
    const own = toSnakeCase(name);
    const description = DESCRIPTIONS[own];
    const converted = inSnakeCase(field);
    return [own, description === undefined ? converted : converted.describe(description)];
  });
  return Object.fromEntries(fields);
}
