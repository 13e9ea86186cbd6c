import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { provideServerKeys } from "./server-keys.ts";

const NONE = { apiKey: undefined, globalApiKey: undefined, jwtSecret: undefined };
const ALL = { apiKey: "a", globalApiKey: "g", jwtSecret: "j" };

describe("provideServerKeys", () => {
  let parent: string;
  let dataDir: string;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "orquesta-keys-"));
    dataDir = join(parent, "data");
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  it("makes keys that only the owner can read", () => {
    const keys = provideServerKeys(dataDir, NONE);
    expect(keys.keptIn).toBe(join(dataDir, "keys.json"));
    expect(new Set([keys.apiKey, keys.globalApiKey, keys.jwtSecret]).size).toBe(3);
    expect(keys.apiKey).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, "keys.json")).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(["keys.json"]);
  });

  it("finds the same keys on the next start, and closes a file that was left open", () => {
    const first = provideServerKeys(dataDir, NONE);
    chmodSync(join(dataDir, "keys.json"), 0o644);
    expect(provideServerKeys(dataDir, NONE)).toEqual(first);
    expect(statSync(join(dataDir, "keys.json")).mode & 0o777).toBe(0o600);
  });

  it("lets configured keys win and keeps only the others", () => {
    const keys = provideServerKeys(dataDir, { ...NONE, apiKey: "mine" });
    expect(keys.apiKey).toBe("mine");
    expect(
      Object.keys(JSON.parse(readFileSync(join(dataDir, "keys.json"), "utf8"))).sort(),
    ).toEqual(["globalApiKey", "jwtSecret"]);
  });

  it("adds a key that is missing and leaves the others as they are", () => {
    const before = provideServerKeys(dataDir, { ...NONE, apiKey: "mine" });
    const after = provideServerKeys(dataDir, NONE);
    expect(after.globalApiKey).toBe(before.globalApiKey);
    expect(after.apiKey).toMatch(/^[0-9a-f]{64}$/);
    expect(provideServerKeys(dataDir, NONE)).toEqual(after);
  });

  it("touches no disk when everything is configured", () => {
    expect(provideServerKeys(dataDir, ALL)).toEqual({ ...ALL, keptIn: null });
    expect(readdirSync(parent)).toEqual([]);
  });

  it("refuses a damaged file and says which, without quoting it", () => {
    provideServerKeys(dataDir, NONE);
    writeFileSync(join(dataDir, "keys.json"), '{"apiKey":"hunter2');
    expect(() => provideServerKeys(dataDir, NONE)).toThrow(/keys\.json is damaged/);
    expect(() => provideServerKeys(dataDir, NONE)).not.toThrow(/hunter2/);
  });

  it("says what it cannot write", () => {
    writeFileSync(dataDir, "a file in the place of the folder");
    expect(() => provideServerKeys(dataDir, NONE)).toThrow(/keys\.json cannot be read and written/);
  });
});
