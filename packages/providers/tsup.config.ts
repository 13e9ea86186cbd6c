import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    baileys: "src/baileys/index.ts",
    whatsappweb: "src/whatsappweb/index.ts",
    telegram: "src/telegram/index.ts",
    testing: "src/testing/index.ts",
    // Runs in a browser: what the stand-in for web.whatsapp.com serves.
    "web-page/main": "src/testing/web/page/main.ts",
  },
  format: "esm",
  target: "node22",
  dts: process.env["BUILD_TYPES"] !== "0",
  clean: true,
  sourcemap: true,
  splitting: true,
});
