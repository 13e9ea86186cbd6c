import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The page asks nobody but the server that it came from, whatever the document says. */
export const SWAGGER_HEADERS = {
  "content-security-policy": [
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
} as const;

/** Browsers do not run scripts whose encoding they have to guess right. */
const TYPES = new Map([
  ["index.html", "text/html; charset=utf-8"],
  ["page.js", "text/javascript; charset=utf-8"],
  ["swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
  ["swagger-ui.css", "text/css; charset=utf-8"],
]);

/**
 * The build puts Swagger UI beside our own files. Run from the sources, it is where pnpm put it.
 */
function* places(): Generator<string> {
  yield fileURLToPath(new URL("./swagger/", import.meta.url));
  yield dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
}

async function readFirst(name: string): Promise<Uint8Array<ArrayBuffer>> {
  let failure: unknown;
  for (const place of places()) {
    try {
      return new Uint8Array(await readFile(join(place, name)));
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

/** A file of the Swagger UI page, undefined when the page has none of that name. */
export async function readSwaggerFile(
  name: string,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string } | undefined> {
  const type = TYPES.get(name);
  return type === undefined ? undefined : { bytes: await readFirst(name), type };
}
