import { describe, expect, it } from "vitest";
import { postgresTestDatabase, sqliteTestDatabase, type TestDatabase } from "./test-database.ts";

/** Registers the same behaviours for SQLite and for Postgres. Without a Postgres they are skipped, in CI they fail. */
export function describeEachDatabase(
  name: string,
  behaviours: (createDatabase: () => TestDatabase) => void,
): void {
  describe(`${name} on SQLite`, () => behaviours(sqliteTestDatabase));
  const url = process.env["ORQUESTA_TEST_POSTGRES_URL"];
  if (url !== undefined) {
    describe(`${name} on Postgres`, () => behaviours(() => postgresTestDatabase(url)));
  } else if (process.env["CI"] === "true") {
    it(`${name} on Postgres`, () => {
      expect.fail("ORQUESTA_TEST_POSTGRES_URL is not set: these behaviours were not tested");
    });
  } else {
    describe.skip(`${name} on Postgres (ORQUESTA_TEST_POSTGRES_URL is not set)`, () => {
      behaviours(() => postgresTestDatabase(""));
    });
  }
}
