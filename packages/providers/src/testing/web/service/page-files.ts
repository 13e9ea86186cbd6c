import fs from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";

/** The page's script: its sources in this repository, one bundled file in the package. */
const IS_SOURCE = import.meta.url.endsWith(".ts");
const FOLDER = new URL(IS_SOURCE ? "../page/" : "./web-page/", import.meta.url);
const MAIN = IS_SOURCE ? "main.ts" : "main.js";

export const PAGE_HTML = `<!doctype html>
<html>
  <head><meta charset="utf-8"><title>WhatsApp</title><link rel="icon" href="data:,"></head>
  <body><div id="app"></div><script type="module" src="/page/${MAIN}"></script></body>
</html>
`;

/** The script at a path below /page/; null when there is none. */
export async function readPageFile(path: string): Promise<string | null> {
  if (!/^[a-z0-9/-]+\.(ts|js)$/.test(path)) return null;
  try {
    const text = await fs.readFile(new URL(path, FOLDER), "utf8");
    return path.endsWith(".ts") ? stripTypeScriptTypes(text) : text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
