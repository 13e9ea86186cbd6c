import { defineConfig } from "tsup";

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
});
