import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const original = fileURLToPath(new URL("bootstrap.mjs", import.meta.url));
const WRITE_DOWN = 'echo "$1 $2 lock=$npm_config_package_lock_only" >> "$LOG"';
let root;
let log;

/** A checkout of nothing, with a pnpm on the PATH that writes down how it is called. */
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "bootstrap-")));
  log = path.join(root, "calls.log");
  for (const folder of ["scripts", "bin", "node_modules"]) fs.mkdirSync(path.join(root, folder));
  fs.copyFileSync(original, path.join(root, "scripts", "bootstrap.mjs"));
  fs.writeFileSync(path.join(root, "package.json"), "{}");
  fs.writeFileSync(path.join(root, "pnpm-lock.yaml"), "one");
  writePnpm(WRITE_DOWN);
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

/** A pnpm of the right version that does `body` when it is called for anything else. */
function writePnpm(body) {
  const version = /PNPM_VERSION = "(.*)"/.exec(fs.readFileSync(original, "utf8"))[1];
  const lines = ["#!/bin/sh", `if [ "$1" = --version ]; then echo ${version}; exit; fi`, body, ""];
  fs.writeFileSync(path.join(root, "bin", "pnpm"), lines.join("\n"), { mode: 0o755 });
}

function start(args, env = {}) {
  const { npm_config_user_agent: _agent, ORQUESTA_BOOTSTRAP: _mark, ...inherited } = process.env;
  const PATH = path.join(root, "bin") + path.delimiter + process.env.PATH;
  return spawn(process.execPath, [path.join(root, "scripts", "bootstrap.mjs"), ...args], {
    env: { ...inherited, PATH, LOG: log, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function run(args, env) {
  const child = start(args, env);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  const code = await new Promise((resolve) => child.once("close", resolve));
  return { code, output };
}

function calls() {
  return fs.existsSync(log) ? fs.readFileSync(log, "utf8").trimEnd().split("\n") : [];
}

describe("bootstrap", () => {
  it("installs once, and again only when the lockfile changed", async () => {
    await run(["run", "hello"]);
    await run(["run", "hello"]);
    expect(calls().map((call) => call.split(" ")[0])).toEqual(["install", "run", "run"]);
    fs.writeFileSync(path.join(root, "pnpm-lock.yaml"), "two");
    await run(["run", "hello"]);
    expect(calls().filter((call) => call.startsWith("install"))).toHaveLength(2);
  });

  it("installs every time a person asks for it", async () => {
    await run(["install"]);
    await run(["install"]);
    expect(calls()).toHaveLength(2);
  });

  it("does nothing as a postinstall of pnpm, called by itself or by a person", async () => {
    expect((await run(["install"], { ORQUESTA_BOOTSTRAP: root })).code).toBe(0);
    expect((await run(["install"], { npm_config_user_agent: "pnpm/12.21.0" })).code).toBe(0);
    expect(calls()).toEqual([]);
  });

  it("keeps the root's npm settings from the programs below it", async () => {
    await run(["run", "hello"], { npm_config_package_lock_only: "true" });
    expect(calls().at(-1)).toBe("run hello lock=");
  });

  it("runs a file with the arguments that it was given", async () => {
    fs.writeFileSync(path.join(root, "hi.mjs"), "console.log(process.argv.slice(2).join('+'))");
    expect(await run(["node", "hi.mjs", "a", "b"])).toMatchObject({
      code: 0,
      output: expect.stringContaining("a+b"),
    });
  });

  it("passes a failed install on and tries again the next time", async () => {
    writePnpm("exit 3");
    const failed = await run(["run", "hello"]);
    expect(failed.code).toBe(1);
    expect(failed.output).toContain("pnpm install failed (exit code 3)");
    writePnpm(WRITE_DOWN);
    expect((await run(["run", "hello"])).code).toBe(0);
    expect(calls().map((call) => call.split(" ")[0])).toEqual(["install", "run"]);
  });

  it("stays until its child has ended, and ends with the child's code", async () => {
    await run(["run", "hello"]);
    writePnpm("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done");
    const child = start(["run", "hello"]);
    let output = "";
    child.stdout.on("data", (data) => {
      output += data;
      if (String(data).includes("ready")) child.kill("SIGTERM");
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect({ code, output }).toEqual({ code: 7, output: "ready\nbye\n" });
  });
});
