import { createRequire } from "node:module";
import { z } from "zod";

/** The version of this package; it refers to itself by name, so sources and build find the same file. */
export function readVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)("@orquesta/http-adapter/package.json");
  return z.object({ version: z.string() }).parse(manifest).version;
}
