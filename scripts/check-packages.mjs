/**
 * Checks what users would install: builds, packs every public package and lints the tarballs. The
 * working copy proves nothing here, because its manifests still hold `workspace:`, `catalog:` and
 * the source condition, which `pnpm pack` takes out.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const packed = path.join(root, ".build", "packed");

function run(command, args, cwd = root) {
  const shell = process.platform === "win32";
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    shell,
  });
  return {
    passed: status === 0,
    stdout: stdout ?? "",
    output: `${stdout ?? ""}${stderr ?? ""}${error ?? ""}`,
  };
}

function publicPackages() {
  const packages = path.join(root, "packages");
  return fs
    .readdirSync(packages)
    .map((name) => path.join(packages, name))
    .filter((directory) => fs.existsSync(path.join(directory, "package.json")))
    .filter((directory) => !readManifest(directory).private);
}

function readManifest(directory) {
  return JSON.parse(fs.readFileSync(path.join(directory, "package.json"), "utf8"));
}

function pack(directory) {
  const { name, version } = readManifest(directory);
  const file = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
  const result = run("pnpm", ["pack", "--pack-destination", packed], directory);
  if (!result.passed) throw new Error(`pnpm pack failed for ${name}:\n${result.output}`);
  return path.join(packed, file);
}

/** What must not leave the house, and what must. */
function problemsOfTarball(tarball) {
  const manifest = run("tar", ["-xzOf", tarball, "package/package.json"]).stdout;
  const files = run("tar", ["-tzf", tarball]).stdout.split("\n");
  const problems = ["workspace:", "catalog:", "@orquesta/source"]
    .filter((word) => manifest.includes(word))
    .map((word) => `its package.json still says ${word}`);
  if (!files.includes("package/LICENSE")) problems.push("it has no LICENSE");
  const strays = files.filter((file) => /\.test\.|\/src\/|\.env/.test(file));
  return [...problems, ...strays.map((file) => `it contains ${file}`)];
}

function check(directory) {
  const tarball = pack(directory);
  const problems = problemsOfTarball(tarball);
  for (const [command, ...args] of [
    ["publint", "--strict", tarball],
    ["attw", "--profile", "esm-only", "--no-emoji", "--no-color", tarball],
  ]) {
    const result = run(command, args);
    if (!result.passed) problems.push(`${command}:\n${result.output}`);
  }
  return problems;
}

fs.rmSync(packed, { recursive: true, force: true });
fs.mkdirSync(packed, { recursive: true });

const built = run("pnpm", ["--recursive", "--filter", "./packages/*", "run", "build"]);
if (!built.passed) {
  console.error(`the build failed:\n${built.output}`);
  process.exit(1);
}

let failures = 0;
for (const directory of publicPackages()) {
  const problems = check(directory);
  failures += problems.length;
  const { name } = readManifest(directory);
  console.log(problems.length === 0 ? `${name}: fine` : `${name}:\n${problems.join("\n")}`);
}
process.exitCode = failures === 0 ? 0 : 1;
