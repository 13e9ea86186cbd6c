import { defineConfig } from "vitest/config";

/**
 * Tests read the sources of every package, so that they need no build. Only the one condition: "import"
 * in this list would also hold for `require`, which then gets ES modules (pg asks for pg-pool so).
 */
const conditions = ["@orquesta/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    setupFiles: ["scripts/testing/refuse-network.mjs"],
    // Longer than the longest wait in a test, so that the wait says what did not happen.
    testTimeout: 90_000,
    hookTimeout: 60_000,
    teardownTimeout: 5_000,
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: {
          name: "sources",
          include: [
            "packages/*/src/**/*.test.ts",
            "bench/**/*.test.ts",
            "crash/**/*.test.ts",
            "scripts/**/*.test.mjs",
          ],
        },
      },
      {
        extends: true,
        test: {
          // What users get: packed and installed by its global set-up, run as programs.
          name: "e2e",
          include: ["e2e/src/**/*.test.ts"],
          globalSetup: ["e2e/src/global-setup.ts"],
        },
      },
    ],
  },
});
