import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { INSTANCE_STATUSES, INSTANCE_TRANSITIONS } from "../../index.ts";

const page = readFileSync(new URL("../../../../../docs/instance-life.md", import.meta.url), "utf8");

function tableBelow(heading: string): string {
  return page.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
}

describe("docs/instance-life.md", () => {
  it("shows the table of transitions that the engine has", () => {
    const rows = tableBelow("Transitions").matchAll(/^\| `(\w+)` \| (.+) \|$/gm);
    const documented = Object.fromEntries(
      [...rows].map(([, from, to = ""]) => [from, [...to.matchAll(/\w+/g)].map(String)]),
    );
    expect(documented).toEqual(INSTANCE_TRANSITIONS);
  });

  it("explains every status", () => {
    const rows = tableBelow("Statuses").matchAll(/^\| `(\w+)` \|/gm);
    expect([...rows].map(([, status]) => status)).toEqual(INSTANCE_STATUSES);
  });
});
