/**
 * Prints the last line of a CI run, "N passed, N failed", and fails when that is not a success.
 *
 *   node scripts/ci-summary.mjs <vitest JSON report> <steps passed> <steps failed>
 *
 * Tests count one by one. Steps (the test run as a whole, the checks, the crash run, the services)
 * count as one each: a test run that dies before its report must not look like a success.
 */
import fs from "node:fs";

const [report, stepsPassed, stepsFailed] = process.argv.slice(2);

function readReport(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/** Files that could not even be loaded have no tests to count, so each counts as a failure. */
function countTests(result) {
  if (result === null) return { passed: 0, failed: 1, skipped: 0 };
  const broken = result.testResults.filter((file) => {
    return (
      file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed")
    );
  });
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + broken.length,
    skipped: result.numPendingTests + (result.numTodoTests || 0),
  };
}

const tests = countTests(readReport(report));
const passed = tests.passed + Number(stepsPassed);
const failed = tests.failed + Number(stepsFailed);
if (tests.passed === 0) console.log("no test passed: the report is missing or empty");
if (tests.skipped > 0) console.log(`${tests.skipped} tests were skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && tests.passed > 0 ? 0 : 1;
