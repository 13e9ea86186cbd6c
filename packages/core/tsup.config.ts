import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    bot: "src/engine/bot/index.ts",
    testing: "src/testing/index.ts",
    // A thread is a file of its own: see run-sqlite-worker.ts.
    "sqlite-worker": "src/engine/backup/sqlite-worker.ts",
  },
  format: "esm",
  target: "node22",
  dts: process.env["BUILD_TYPES"] !== "0",
  clean: true,
  sourcemap: true,
  splitting: true,
});
