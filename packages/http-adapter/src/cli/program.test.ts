import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InstanceManager } from "@orquesta/core";
import { FakePlatform } from "@orquesta/core/testing";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";

const CLI = fileURLToPath(new URL("orquesta.ts", import.meta.url));

interface Program {
  readonly child: ChildProcess;
  /** Everything it has written so far. */
  text(): string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

describe("orquesta", () => {
  let cwd: string;

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "orquesta-cli-"));
    onTestFinished(() => rmSync(cwd, { recursive: true }));
  });

  function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
    const child = spawn(process.execPath, ["--conditions=@orquesta/source", CLI, ...args], {
      cwd,
      env: { PATH: process.env["PATH"], PORT: "0", HOST: "127.0.0.1", ...env },
    });
    let written = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        written += text;
      });
    }
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = once(child, "close").then(([code]) => code);
    return { child, text: () => written, ended };
  }

  async function takePort(): Promise<string> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const address = server.address();
    return typeof address === "object" && address ? String(address.port) : "";
  }

  it("tells its version and what it can do", async () => {
    const version = run(["--version"]);
    expect(await version.ended).toBe(0);
    expect(version.text()).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = run(["--help"]);
    expect(await help.ended).toBe(0);
    expect(help.text()).toMatch(/serve.*backup.*restore.*fake-whatsapp/s);
  });

  it("serves until it is asked to end", async () => {
    const { child, text, ended } = run(["serve"], { LOG_LEVEL: "warn" });
    await expect.poll(text, { timeout: 10_000 }).toContain("is ready");
    const [, url = ""] = /base URL +(\S+)/.exec(text()) ?? [];
    expect((await fetch(`${url}/api/health`)).status).toBe(200);
    child.kill("SIGTERM");
    // npm sends it again; that is no second wish.
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  it("reads .env, and what is set already wins", async () => {
    writeFileSync(join(cwd, ".env"), "LOG_LEVEL=loud\nPORT=http\n");
    const { text, ended } = run(["serve"]);
    expect(await ended).toBe(1);
    expect(text()).toBe("orquesta: LOG_LEVEL must be debug, info, warn or error\n");
  });

  it("ends with one sentence when a variable is wrong", async () => {
    const { text, ended } = run(["serve"], { BAILEYS_ROOT_KEY: "hunter2" });
    expect(await ended).toBe(1);
    expect(text()).toBe("orquesta: BAILEYS_ROOT_KEY must be 64 hex digits\n");
  });

  it("ends with one sentence when the port is taken", async () => {
    const port = await takePort();
    const { text, ended } = run(["serve"], { PORT: port });
    expect(await ended).toBe(1);
    expect(text()).toMatch(
      new RegExp(`^orquesta: port ${port} of 127\\.0\\.0\\.1 is in use: .*\n$`),
    );
  });

  it("backs a running server up, and restores nothing over it", { timeout: 60_000 }, async () => {
    const { text } = run(["serve"], { LOG_LEVEL: "warn" });
    await expect.poll(text, { timeout: 10_000 }).toContain("is ready");
    const backup = run(["backup", "--to", "copy"]);
    expect(await backup.ended).toBe(0);
    expect(backup.text()).toContain("Backed up");
    const names = ["keys.json", "manifest.json", "orquesta.sqlite", "secret.key"];
    expect(readdirSync(join(cwd, "copy")).toSorted()).toEqual(names);
    const [again, inUse] = [run(["backup", "--to", "copy"]), restore("--force")];
    expect(await Promise.all([again.ended, inUse.ended])).toEqual([1, 1]);
    expect(again.text()).toMatch(/^orquesta: .* is not empty\n$/);
    expect(inUse.text()).toMatch(/^orquesta: another process uses the database .*\n$/);
  });

  function restore(...args: readonly string[]): Program {
    return run(["restore", "--from", "copy", ...args]);
  }

  it("restores over another data directory only when told to", { timeout: 60_000 }, async () => {
    const dataDir = join(cwd, "original");
    const manager = new InstanceManager({ providers: [new FakePlatform().provider], dataDir });
    await manager.storage.backup(join(cwd, "copy"));
    await manager.close();
    const first = restore();
    expect(await first.ended).toBe(0);
    expect(first.text()).toContain("as it was at");
    const names = readdirSync(join(cwd, "data"));
    expect(names).toEqual(expect.arrayContaining(["orquesta.sqlite", "secret.key"]));
    const second = restore();
    expect(await second.ended).toBe(1);
    expect(second.text()).toMatch(/^orquesta: .* is not empty: .*\n$/);
    const third = restore("--force");
    expect(await third.ended).toBe(0);
    expect(third.text()).toContain("replaced-");
  });

  it("leaves a Postgres database to pg_dump", async () => {
    const url = "postgres://user:hunter2@127.0.0.1:1/x";
    const { text, ended } = run(["backup", "--to", "copy"], { DATABASE_URL: url });
    expect(await ended).toBe(1);
    expect(text()).toMatch(/^orquesta: .*pg_dump.*\n$/);
  });

  it("runs a fake WhatsApp and tells how to use it", async () => {
    const { child, text, ended } = run(["fake-whatsapp", "--port", "0", "--control-port", "0"]);
    await expect.poll(text, { timeout: 10_000 }).toContain("POST /scan");
    expect(text()).toMatch(/BAILEYS_WS_URL=ws:\/\/127\.0\.0\.1:\d+/);
    expect(text()).toMatch(/BAILEYS_ROOT_KEY=[0-9a-f]{64}\n/);
    child.kill("SIGINT");
    expect(await ended).toBe(0);
  });

  it("refuses ports that are none, or taken", async () => {
    const wrong = run(["fake-whatsapp", "--port", "http"]);
    expect(await wrong.ended).toBe(1);
    expect(wrong.text()).toContain("It must be a whole number from 0 to 65535.");
    const taken = run(["fake-whatsapp", "--port", await takePort()]);
    expect(await taken.ended).toBe(1);
    expect(taken.text()).toMatch(/^orquesta: a port is in use: .*\n$/);
  });
});
