/**
 * Everything that a change has to satisfy besides its tests. Each step is a program of its own with
 * an exit code; all of them run, also after a failure, and the end lists what failed.
 *
 *   npm run check               all steps
 *   npm run check -- types      only the steps named
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const sourceFolders = ["packages", "bench", "crash", "e2e", "examples"].filter((name) => {
  return fs.existsSync(path.join(root, name));
});

const STEPS = {
  format: ["biome", "check", "--linter-enabled=false", "."],
  lint: ["biome", "lint", "--error-on-warnings", "."],
  types: ["tsc", "--project", "tsconfig.json"],
  layers: ["depcruise", "--config", ".dependency-cruiser.cjs", ...sourceFolders],
  structure: ["node", "scripts/check-structure.mjs"],
  unused: ["knip", "--no-config-hints"],
  "doc-examples": ["node", "scripts/check-doc-examples.mjs"],
  packages: ["node", "scripts/check-packages.mjs"],
};

/** Steps that run at the same time: more only take the processor from one another. */
const PARALLEL = 2;

function environment() {
  const bin = path.join(root, "node_modules", ".bin");
  return { ...process.env, PATH: bin + path.delimiter + process.env.PATH, NO_COLOR: "1" };
}

function run(name) {
  const [command, ...args] = STEPS[name];
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const output = [];
    const child = spawn(command, args, {
      cwd: root,
      env: environment(),
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    const finish = (passed) => {
      const seconds = (performance.now() - startedAt) / 1000;
      resolve({ name, passed, seconds, output: Buffer.concat(output).toString().trimEnd() });
    };
    child.stdout.on("data", (chunk) => output.push(chunk));
    child.stderr.on("data", (chunk) => output.push(chunk));
    child.once("error", (error) => {
      output.push(Buffer.from(String(error)));
      finish(false);
    });
    child.once("close", (code) => finish(code === 0));
  });
}

function report({ name, passed, seconds, output }) {
  console.log(
    `${passed ? "ok    " : "FAILED"}  ${name.padEnd(14)}${seconds.toFixed(1).padStart(6)} s`,
  );
  if (!passed && output) console.log(`${output.replace(/^/gm, "    ")}\n`);
}

async function runAll(names) {
  const waiting = [...names];
  const results = [];
  const lane = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const result = await run(name);
      report(result);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  return results;
}

/** The longest first, so that the short ones fill the gaps. */
const DEFAULT_ORDER = [
  "packages",
  "types",
  "doc-examples",
  "lint",
  "format",
  "layers",
  "unused",
  "structure",
];

const wanted = process.argv.slice(2).filter((argument) => argument !== "--");
const unknown = wanted.filter((name) => !(name in STEPS));
if (unknown.length > 0) {
  console.error(`unknown step: ${unknown.join(", ")}; there are: ${Object.keys(STEPS).join(", ")}`);
  process.exit(2);
}

const startedAt = performance.now();
const results = await runAll(wanted.length > 0 ? wanted : DEFAULT_ORDER);
const failed = results.filter(({ passed }) => !passed).map(({ name }) => name);
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
console.log(
  failed.length === 0
    ? `all ${results.length} checks passed in ${seconds} s`
    : `${failed.length} of ${results.length} checks failed in ${seconds} s: ${failed.join(", ")}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
