import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("ci-summary.mjs", import.meta.url));
let directory;

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "ci-summary-"));
});

afterEach(() => {
  fs.rmSync(directory, { recursive: true, force: true });
});

/** Runs the summary over a report and returns its last line and its exit code. */
function summarise(report, testExit, passed, failed) {
  const file = path.join(directory, "report.json");
  if (report) fs.writeFileSync(file, JSON.stringify(report));
  const args = [script, file, ...[testExit, passed, failed].map(String)];
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return { lastLine: stdout.trimEnd().split("\n").at(-1), status };
}

function reportOf({ passed = 0, failed = 0, brokenFiles = 0 }) {
  const broken = { status: "failed", assertionResults: [] };
  const testResults = Array.from({ length: brokenFiles }, () => broken);
  if (failed > 0) {
    testResults.push({ status: "failed", assertionResults: [{ status: "failed" }] });
  }
  return { numPassedTests: passed, numFailedTests: failed, numPendingTests: 0, testResults };
}

describe("ci-summary", () => {
  it("adds the other steps to the tests", () => {
    const result = summarise(reportOf({ passed: 12 }), 0, 2, 0);
    expect(result).toEqual({ lastLine: "14 passed, 0 failed", status: 0 });
  });

  it("counts each failed test once", () => {
    const result = summarise(reportOf({ passed: 12, failed: 3 }), 1, 2, 0);
    expect(result).toEqual({ lastLine: "14 passed, 3 failed", status: 1 });
  });

  it("counts a file that could not be loaded", () => {
    const result = summarise(reportOf({ passed: 12, brokenFiles: 1 }), 1, 2, 0);
    expect(result).toEqual({ lastLine: "14 passed, 1 failed", status: 1 });
  });

  it("fails for a failed step although every test passed", () => {
    const result = summarise(reportOf({ passed: 12 }), 0, 1, 1);
    expect(result).toEqual({ lastLine: "13 passed, 1 failed", status: 1 });
  });

  it("fails when the test run died without a report", () => {
    expect(summarise(null, 137, 2, 0)).toEqual({ lastLine: "2 passed, 1 failed", status: 1 });
  });

  it("fails when no test ran at all", () => {
    expect(summarise(reportOf({}), 0, 2, 0)).toEqual({ lastLine: "2 passed, 1 failed", status: 1 });
  });
});
