import { cp } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { defineConfig } from "tsup";

/**
 * The page is published inside the package: `swagger-ui-dist` as a dependency would bring 12 MB, and a
 * script that reports every installation to somebody else.
 */
async function copySwaggerPage(): Promise<void> {
  const from = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  const copies = {
    "swagger-ui-bundle.js": "swagger-ui-bundle.js",
    "swagger-ui.css": "swagger-ui.css",
    // Under another name: a LICENSE anywhere in the package keeps the packer from adding ours.
    LICENSE: "swagger-ui-terms.txt",
    NOTICE: "swagger-ui-notice.txt",
  };
  for (const [name, copy] of Object.entries(copies)) {
    await cp(join(from, name), join("dist/swagger", copy));
  }
  await cp("src/documentation/swagger", "dist/swagger", { recursive: true });
}

export default defineConfig({
  entry: {
    index: "src/index.ts",
    client: "src/client/index.ts",
    node: "src/mounts/node.ts",
    server: "src/server/index.ts",
    cli: "src/cli/orquesta.ts",
  },
  format: "esm",
  target: "node22",
  dts: process.env["BUILD_TYPES"] !== "0",
  clean: true,
  sourcemap: true,
  splitting: true,
  onSuccess: copySwaggerPage,
});
