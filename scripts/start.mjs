/**
 * What `npm start` runs: builds the packages whose sources changed since their last build, then
 * becomes the server, or another command of it (`npm run fake-whatsapp`). It is one process, so the
 * server hears every signal itself.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import module from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stamps = path.join(root, ".build", "stamps");
const cli = path.join(root, "packages", "http-adapter", "dist", "cli.js");

function say(text) {
  process.stderr.write(`[orquesta] ${text}\n`);
}

function isTest(file) {
  return /\.test(-d)?\.ts$/.test(file);
}

/**
 * Name, size and time of every file that goes into the build: no contents, because this runs at
 * every start and a fleet waits for it.
 */
function fingerprint(directory) {
  const hash = createHash("sha256").update(process.version);
  const inputs = fs
    .readdirSync(path.join(directory, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !isTest(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
  for (const name of ["package.json", "tsup.config.ts"]) inputs.push(path.join(directory, name));
  for (const file of inputs.sort()) {
    const { size, mtimeMs } = fs.statSync(file);
    hash.update(`${path.relative(directory, file)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function readStamp(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** The packages to build, each with the stamp to leave when that worked. */
function findStale() {
  const packages = path.join(root, "packages");
  return fs
    .readdirSync(packages)
    .filter((name) => fs.existsSync(path.join(packages, name, "tsup.config.ts")))
    .map((name) => {
      const directory = path.join(packages, name);
      return { name, directory, stampFile: path.join(stamps, name), stamp: fingerprint(directory) };
    })
    .filter(({ directory, stampFile, stamp }) => {
      return readStamp(stampFile) !== stamp || !fs.existsSync(path.join(directory, "dist"));
    });
}

function build({ name, directory, stampFile, stamp }) {
  const tsup = path.join(root, "node_modules", "tsup", "dist", "cli-default.js");
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [tsup, "--silent"], {
      cwd: directory,
      env: { ...process.env, BUILD_TYPES: "0" },
      // The compiler's own words go where progress goes: standard output belongs to the server.
      stdio: ["ignore", process.stderr, process.stderr],
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code !== 0) return reject(new Error(`building packages/${name} failed`));
      fs.mkdirSync(stamps, { recursive: true });
      fs.writeFileSync(stampFile, stamp);
      return resolve();
    });
  });
}

async function buildStale() {
  const stale = findStale();
  if (stale.length === 0) return;
  const startedAt = performance.now();
  say(`building ${stale.map(({ name }) => name).join(", ")} …`);
  // Packages import each other's dist at run time only, so their order does not matter here.
  const outcomes = await Promise.allSettled(stale.map(build));
  const failures = outcomes.filter(({ status }) => status === "rejected");
  for (const { reason } of failures) say(reason.message);
  if (failures.length > 0) process.exit(1);
  say(`built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

await buildStale();
// Keeps compiled code on disk, so that the next start does not compile it again. A Node that cannot do
// that is too old, which the command itself says best.
module.enableCompileCache?.(path.join(root, ".build", "compile-cache"));
const commandLine = process.argv.slice(2);
process.argv = [process.execPath, cli, ...(commandLine.length > 0 ? commandLine : ["serve"])];
await import(pathToFileURL(cli).href);
