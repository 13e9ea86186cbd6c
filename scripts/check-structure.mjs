/**
 * The shape that every reader may rely on: where files are, how they are named, how long they get,
 * and what a package says about itself.
 */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const MAX_LINES = 300;

/** Files that may be longer, each with the reason. Adding one is a decision, not a way out. */
const LONG_FILES = {};

/** Folders whose code is tested from somewhere unexpected, each with the place. */
const TESTED_ELSEWHERE = {};

/** Folders that only hold others: a test in one of them vouches for none of the folders below. */
const HALLS = ["src", "engine", "platform", "dialects"];

const PROVIDER_FILES = (id) => [
  "index.ts",
  `${id}-provider.ts`,
  `${id}-options.ts`,
  `${id}-session.ts`,
  "incoming-message.ts",
  "outgoing-message.ts",
];
/** Folders of packages/providers/src that are no providers. */
const NOT_PROVIDERS = ["shared", "testing"];

const GRAB_BAGS = ["utils", "util", "helpers", "shared", "misc"];

const problems = [];

function complain(place, text) {
  problems.push(`${place}: ${text}`);
}

function read(file) {
  return fs.readFileSync(path.join(root, file), "utf8");
}

function folders(directory) {
  const absolute = path.join(root, directory);
  if (!fs.existsSync(absolute)) return [];
  const entries = fs.readdirSync(absolute, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

function filesBelow(directory) {
  const absolute = path.join(root, directory);
  if (!fs.existsSync(absolute)) return [];
  return fs
    .readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .map((file) => file.split(path.sep).join("/"));
}

function isTest(file) {
  return /\.test(-d)?\.ts$/.test(file);
}

function checkManifest(directory) {
  const manifest = JSON.parse(read(`${directory}/package.json`));
  const name = path.basename(directory);
  const expected = {
    name: `@orquesta/${name}`,
    license: "MIT",
    type: "module",
    sideEffects: false,
  };
  for (const [key, value] of Object.entries(expected)) {
    if (manifest[key] !== value) complain(`${directory}/package.json`, `${key} must be ${value}`);
  }
  for (const key of ["description", "keywords", "engines", "files", "exports", "publishConfig"]) {
    if (!manifest[key]) complain(`${directory}/package.json`, `${key} is missing`);
  }
  if (manifest.repository?.directory !== directory) {
    complain(`${directory}/package.json`, `repository.directory must be ${directory}`);
  }
  const published = withoutSource(manifest.exports ?? {});
  if (!isDeepStrictEqual(published, manifest.publishConfig?.exports)) {
    complain(
      `${directory}/package.json`,
      "publishConfig.exports must be exports without @orquesta/source",
    );
  }
}

/** What is published points at dist only; the source condition is for this repository. */
function withoutSource(exports) {
  const entries = Object.entries(exports).map(([subpath, target]) => {
    if (typeof target === "string") return [subpath, target];
    const { "@orquesta/source": _source, ...rest } = target;
    return [subpath, rest];
  });
  return Object.fromEntries(entries);
}

function checkFile(file) {
  const name = path.basename(file);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.ts$/.test(name)) {
    complain(file, "file names are kebab-case");
  }
  const text = read(file);
  const lines = text.split("\n").length - 1;
  if (!isTest(file) && lines > MAX_LINES && !(file in LONG_FILES)) {
    complain(file, `${lines} lines; ${MAX_LINES} is the limit`);
  }
  if (name === "index.ts" && /^export \* from/m.test(text)) {
    complain(file, "name what is exported instead of `export *`");
  }
}

function checkFolderName(folder) {
  if (GRAB_BAGS.includes(path.basename(folder))) {
    complain(folder, "name the folder after what its files are about");
  }
}

function hasCode(file) {
  return !isTest(file) && /^(export )?(async )?(function|class) /m.test(read(file));
}

/** A folder is tested from within, from below, or from the folder whose part it is. */
function isTested(folder, files) {
  if (files.some((file) => isTest(file) && file.startsWith(`${folder}/`))) return true;
  const parent = path.posix.dirname(folder);
  if (HALLS.includes(path.basename(folder)) || HALLS.includes(path.basename(parent))) return false;
  return files.some((file) => isTest(file) && path.posix.dirname(file) === parent);
}

function checkProvider(id) {
  const directory = `packages/providers/src/${id}`;
  const names = new Set(filesBelow(directory).map((file) => path.basename(file)));
  for (const file of PROVIDER_FILES(id)) {
    if (!names.has(file)) complain(directory, `${file} is missing`);
  }
}

function checkSources(directory) {
  const files = filesBelow(`${directory}/src`).filter((name) => name.endsWith(".ts"));
  for (const file of files) checkFile(file);
  for (const folder of new Set(files.map((file) => path.posix.dirname(file)))) {
    checkFolderName(folder);
    const own = files.filter((file) => path.posix.dirname(file) === folder);
    if (own.some(hasCode) && !isTested(folder, files) && !(folder in TESTED_ELSEWHERE)) {
      complain(folder, "has code but no test");
    }
  }
}

/** The README and .env.example name the same variables. */
function checkEnvironmentDocs() {
  const inExample = read(".env.example").match(/^#?[A-Z][A-Z_]*(?==)/gm) ?? [];
  const example = new Set(inExample.map((name) => name.replace("#", "")));
  const rows = read("README.md").match(/^\| `[A-Z].*?\|/gm) ?? [];
  const readme = new Set(rows.flatMap((row) => row.match(/[A-Z][A-Z_]+/g) ?? []));
  for (const name of example) if (!readme.has(name)) complain("README.md", `${name} is missing`);
  for (const name of readme) if (!example.has(name)) complain(".env.example", `${name} is missing`);
}

function checkAllowLists() {
  for (const place of [...Object.keys(LONG_FILES), ...Object.keys(TESTED_ELSEWHERE)]) {
    if (!fs.existsSync(path.join(root, place))) complain(place, "is allowed something but is gone");
  }
}

for (const name of folders("packages")) {
  checkManifest(`packages/${name}`);
  checkSources(`packages/${name}`);
}
for (const id of folders("packages/providers/src")) {
  if (!NOT_PROVIDERS.includes(id)) checkProvider(id);
}
checkEnvironmentDocs();
checkAllowLists();

for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? "structure: as it should be" : `${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
