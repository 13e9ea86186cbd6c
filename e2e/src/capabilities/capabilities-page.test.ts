import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { capabilitiesPage } from "./capabilities-page.ts";

it("docs/capabilities.md is what the providers declare", async () => {
  const page = new URL("../../../docs/capabilities.md", import.meta.url);
  expect(await readFile(page, "utf8"), "run npm run capabilities").toBe(capabilitiesPage);
});
