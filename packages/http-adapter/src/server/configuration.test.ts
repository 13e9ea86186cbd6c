import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfiguration } from "./configuration.ts";

const ROOT_KEY = "ab".repeat(32);

function messageOf(variables: Record<string, string>): string {
  try {
    readConfiguration(variables);
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return "accepted";
}

describe("readConfiguration", () => {
  it("S2-36 has defaults for everything, port 3000 among them", () => {
    expect(readConfiguration({})).toEqual({
      port: 3000,
      host: undefined,
      maxConnections: undefined,
      publicUrl: undefined,
      docs: "on",
      trustProxy: [],
      dataDir: resolve("data"),
      databaseUrl: undefined,
      durability: "normal",
      retention: {
        eventDays: 30,
        eventsPerInstance: Infinity,
        doneTaskDays: 7,
        outboxDays: 30,
        logDays: 30,
      },
      apiKey: undefined,
      globalApiKey: undefined,
      jwtSecret: undefined,
      secret: undefined,
      instanceManagerAuth: "required",
      maxInstancesPerCompany: 10,
      sessionArchiveDays: 7,
      maxMessageBodyBytes: 25_165_824,
      maxEventStreams: 256,
      instancePorts: { first: 8080, last: 8179 },
      webhooks: { allowPrivate: undefined, allowedHosts: [], maxPerSecond: undefined },
      pacing: {
        gapMs: 1000,
        jitterMs: 1000,
        typingMsPerCharacter: 30,
        maxTypingMs: 3000,
        newChatsPerHour: 20,
        newChatsPerDay: 100,
      },
      baileys: { url: undefined, rootKey: undefined },
      chromiumPath: undefined,
      telegram: { apiRoot: undefined },
      ffmpegPath: undefined,
      instanceLogLines: 2000,
      logLevel: "info",
      environment: "development",
    });
  });

  it("reads every variable", () => {
    const configuration = readConfiguration({
      PORT: "4000",
      HOST: "127.0.0.1",
      MAX_CONNECTIONS: "500",
      PUBLIC_URL: "https://bots.example.com/",
      DOCS: "off",
      TRUST_PROXY: "10.0.0.0/8, ::1",
      DATA_DIR: "/srv/orquesta",
      DATABASE_URL: "postgres://user:password@db/orquesta",
      DURABILITY: "full",
      RETENTION_EVENT_DAYS: "0",
      RETENTION_EVENTS_PER_INSTANCE: "5000",
      RETENTION_TASK_DAYS: "1",
      RETENTION_OUTBOX_DAYS: "2",
      RETENTION_LOG_DAYS: "3",
      API_KEY: "a",
      GLOBAL_API_KEY: "g",
      JWT_SECRET: "j",
      ORQUESTA_SECRET: "s".repeat(32),
      INSTANCE_MANAGER_AUTH: "off",
      MAX_INSTANCES_PER_COMPANY: "0",
      SESSION_ARCHIVE_DAYS: "30",
      MAX_MESSAGE_BODY_BYTES: "70000000",
      MAX_EVENT_STREAMS: "5",
      INSTANCE_PORTS: "9000-9010",
      WEBHOOK_ALLOW_PRIVATE: "0",
      WEBHOOK_ALLOWED_HOSTS: "hooks.internal, other.internal",
      WEBHOOK_MAX_PER_SECOND: "250",
      PACING: "on",
      PACING_GAP_MS: "1",
      PACING_JITTER_MS: "2",
      PACING_TYPING_MS_PER_CHARACTER: "3",
      PACING_MAX_TYPING_MS: "4",
      PACING_NEW_CHATS_PER_HOUR: "0",
      PACING_NEW_CHATS_PER_DAY: "6",
      BAILEYS_WS_URL: "ws://127.0.0.1:4810",
      BAILEYS_ROOT_KEY: ROOT_KEY,
      CHROMIUM_PATH: "/opt/chromium/chrome",
      TELEGRAM_API_ROOT: "http://127.0.0.1:8081",
      INSTANCE_LOG_LINES: "5000",
      FFMPEG_PATH: "/opt/ffmpeg",
      LOG_LEVEL: "debug",
      NODE_ENV: "test",
    });
    expect(configuration).toEqual({
      port: 4000,
      host: "127.0.0.1",
      maxConnections: 500,
      publicUrl: "https://bots.example.com",
      docs: "off",
      trustProxy: ["10.0.0.0/8", "::1"],
      dataDir: "/srv/orquesta",
      databaseUrl: "postgres://user:password@db/orquesta",
      durability: "full",
      retention: {
        eventDays: Infinity,
        eventsPerInstance: 5000,
        doneTaskDays: 1,
        outboxDays: 2,
        logDays: 3,
      },
      apiKey: "a",
      globalApiKey: "g",
      jwtSecret: "j",
      secret: "s".repeat(32),
      instanceManagerAuth: "off",
      maxInstancesPerCompany: 0,
      sessionArchiveDays: 30,
      maxMessageBodyBytes: 70_000_000,
      maxEventStreams: 5,
      instancePorts: null,
      webhooks: {
        allowPrivate: false,
        allowedHosts: ["hooks.internal", "other.internal"],
        maxPerSecond: 250,
      },
      pacing: {
        gapMs: 1,
        jitterMs: 2,
        typingMsPerCharacter: 3,
        maxTypingMs: 4,
        newChatsPerHour: null,
        newChatsPerDay: 6,
      },
      baileys: { url: "ws://127.0.0.1:4810", rootKey: ROOT_KEY },
      chromiumPath: "/opt/chromium/chrome",
      telegram: { apiRoot: "http://127.0.0.1:8081" },
      ffmpegPath: "/opt/ffmpeg",
      instanceLogLines: 5000,
      logLevel: "debug",
      environment: "test",
    });
  });

  it("takes an empty value for none, which switches the instances' own ports off", () => {
    const configuration = readConfiguration({ PORT: "", API_KEY: "", INSTANCE_PORTS: "" });
    expect(configuration.port).toBe(3000);
    expect(configuration.apiKey).toBeUndefined();
    expect(configuration.instancePorts).toBeNull();
  });

  it("C-21 gives instances ports of their own, unless they may move to another node", () => {
    const range = { INSTANCE_PORTS: "9000-9010" };
    expect(readConfiguration(range).instancePorts).toEqual({ first: 9000, last: 9010 });
    const shared = { ...range, DATABASE_URL: "postgres://user@db/orquesta" };
    expect(readConfiguration(shared).instancePorts).toBeNull();
  });

  it("paces nothing when told so", () => {
    expect(readConfiguration({ PACING: "off", PACING_GAP_MS: "5" }).pacing).toBeUndefined();
  });

  it("counts proxies when told a number", () => {
    expect(readConfiguration({ TRUST_PROXY: "2" }).trustProxy).toBe(2);
  });

  it.each([
    ["PORT", "http", "must be a whole number from 0 to 65535"],
    ["PORT", "65536", "must be a whole number from 0 to 65535"],
    ["PORT", "-1", "must be a whole number from 0 to 65535"],
    ["MAX_CONNECTIONS", "0", "must be a whole number above 0"],
    ["HOST", "not a host", "must be a host name or an IP address"],
    ["PUBLIC_URL", "ftp://example.com", "must be an http or https URL"],
    ["DOCS", "no", "must be on or off"],
    ["TRUST_PROXY", "10.0.0.0/33", "must be a number of proxies"],
    ["TRUST_PROXY", "proxy.example.com", "must be a number of proxies"],
    ["DATABASE_URL", "mysql://u:hunter2@db/x", "must be a postgres:// URL"],
    ["DATABASE_URL", "./file.db", "must be a postgres:// URL"],
    ["DURABILITY", "high", "must be normal or full"],
    ["RETENTION_EVENT_DAYS", "1.5", "must be a whole number; 0 keeps everything"],
    ["ORQUESTA_SECRET", "hunter2", "must have at least 32 characters"],
    ["INSTANCE_MANAGER_AUTH", "maybe", "must be required or off"],
    ["MAX_INSTANCES_PER_COMPANY", "ten", "must be a whole number"],
    ["SESSION_ARCHIVE_DAYS", "4000", "must be a whole number of days"],
    ["INSTANCE_PORTS", "8179-8080", "must be a range such as 8080-8179"],
    ["INSTANCE_PORTS", "8080", "must be a range such as 8080-8179"],
    ["WEBHOOK_ALLOW_PRIVATE", "yes", "must be 0, 1 or empty"],
    ["PACING", "mild", "must be on or off"],
    ["PACING_GAP_MS", "-1", "must be 0 to 3600000 ms"],
    ["PACING_NEW_CHATS_PER_DAY", "none", "must be a whole number; 0 means no limit"],
    ["BAILEYS_WS_URL", "http://127.0.0.1", "must be a ws or wss URL"],
    ["BAILEYS_ROOT_KEY", "hunter2", "must be 64 hex digits"],
    ["CHROMIUM_PATH", "chromium", "must be an absolute path"],
    ["TELEGRAM_API_ROOT", "api.telegram.org", "must be an http or https URL"],
    ["INSTANCE_LOG_LINES", "0", "must be a whole number from 1 to 50000"],
    ["LOG_LEVEL", "loud", "must be debug, info, warn or error"],
    ["NODE_ENV", "staging", "must be development, production or test"],
  ])("refuses %s=%s by name, without repeating the value", (name, value, reason) => {
    const message = messageOf({ [name]: value });
    expect(message).toContain(`${name} ${reason}`);
    if (value === "hunter2" || name === "DATABASE_URL") expect(message).not.toContain(value);
  });

  it("tells all mistakes at once", () => {
    expect(messageOf({ PORT: "x", LOG_LEVEL: "x" }).split("\n")).toHaveLength(2);
  });

  it.each([
    ["BAILEYS_WS_URL", "ws://127.0.0.1:4810"],
    ["BAILEYS_ROOT_KEY", ROOT_KEY],
  ])("refuses %s in production", (name, value) => {
    expect(messageOf({ NODE_ENV: "production", [name]: value })).toBe(
      `${name} is for tests and must not be set in production`,
    );
  });
});
