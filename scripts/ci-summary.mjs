/**
 * Prints the last line of a CI run, "N passed, N failed", and fails when that is not a success.
 *
 *   node scripts/ci-summary.mjs <vitest JSON report> <exit code of the tests> <passed> <failed>
 *
 * Tests count one by one; the other steps (checks, crash run) come as two numbers and count as one
 * each. A test run that fails without a failed test in its report counts as one failure: it must
 * not look like a success because it died early.
 */
import fs from "node:fs";

const [report, testExit, stepsPassed, stepsFailed] = process.argv.slice(2);

function readReport(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, testResults: [] };
  }
}

/** Files that could not even be loaded have no tests to count, so each counts as a failure. */
function countBrokenFiles({ testResults }) {
  return testResults.filter(({ status, assertionResults }) => {
    return status === "failed" && !assertionResults.some((test) => test.status === "failed");
  }).length;
}

const result = readReport(report);
const testsFailed = result.numFailedTests + countBrokenFiles(result);
const diedEarly = testExit !== "0" && testsFailed === 0;
const nothingRan = testExit === "0" && result.numPassedTests === 0;

const passed = result.numPassedTests + Number(stepsPassed);
const failed = testsFailed + Number(stepsFailed) + (diedEarly || nothingRan ? 1 : 0);

if (diedEarly) console.log(`the test run ended with code ${testExit} and reported no failed test`);
if (nothingRan) console.log("no test passed: the report is missing or empty");
if (result.numPendingTests > 0) console.log(`${result.numPendingTests} tests were skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
