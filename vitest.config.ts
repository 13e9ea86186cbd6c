import { defineConfig } from "vitest/config";

/** Tests read the sources of every package, so that they need no build. */
const conditions = ["@orquesta/source", "module", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "bench/**/*.test.ts", "scripts/**/*.test.mjs"],
    setupFiles: ["scripts/testing/refuse-network.mjs"],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    teardownTimeout: 5_000,
    restoreMocks: true,
    unstubEnvs: true,
  },
});
