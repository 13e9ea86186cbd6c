import type { z } from "zod";
import type { mediaBodySchema } from "./media-body.ts";

type SnakeName<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? Rest extends Uncapitalize<Rest>
    ? `${Lowercase<First>}${SnakeName<Rest>}`
    : `${Lowercase<First>}_${SnakeName<Rest>}`
  : Name;

/** What the engine takes, as this API takes it: names in snake_case, media as a body of JSON can have them. */
export type InSnakeCase<T> = T extends readonly (infer Item)[]
  ? InSnakeCase<Item>[]
  : T extends object
    ? {
        [Key in keyof T as Key extends string ? SnakeName<Key> : never]: Key extends "media"
          ? z.input<typeof mediaBodySchema>
          : InSnakeCase<T[Key]>;
      }
    : T;

export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function toCamelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
}

/** The names of all fields as the engine has them. */
export function inCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamelCase);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [toCamelCase(name), inCamelCase(field)]),
  );
}
