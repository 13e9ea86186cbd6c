import { ERROR_CODES, type ErrorCode, OrquestaError } from "@orquesta/core";
import { describe, expect, it } from "vitest";
import { toErrorAnswer } from "./errors.ts";

/** The parser has checked that these are codes. */
const CODES = Object.keys(ERROR_CODES) as ErrorCode[];
const SECRET = "hunter2";

describe("toErrorAnswer", () => {
  it.each(CODES)("S2-17 %s has one of the documented codes on a documented route", (code) => {
    const { status, body } = toErrorAnswer(new OrquestaError(code, "why"), false);
    expect([400, 401, 404, 500]).toContain(status);
    expect(body).toEqual({ success: false, error: expect.any(String), code });
  });

  it.each(CODES)("S2-17 %s stays in the wider list on our additions", (code) => {
    const { status } = toErrorAnswer(new OrquestaError(code, "why"), true);
    expect([400, 401, 404, 409, 410, 413, 429, 500, 501]).toContain(status);
  });

  it("S2-10 what cannot be done by the provider is a wrong request, not a failure", () => {
    const error = new OrquestaError("CAPABILITY_MISSING", "telegram pairs without a QR code");
    expect(toErrorAnswer(error, false)).toMatchObject({
      status: 400,
      body: { error: "telegram pairs without a QR code" },
    });
    expect(toErrorAnswer(error, true).status).toBe(501);
  });

  it.each(CODES.filter((code) => code !== "CAPABILITY_MISSING"))(
    "S2-17 a failure of ours (%s) is not explained to the caller",
    (code) => {
      const { status, body, isOurFault } = toErrorAnswer(new OrquestaError(code, SECRET), false);
      if (status !== 500) return;
      // That a server ends is nothing to look into.
      expect(isOurFault).toBe(code !== "MANAGER_CLOSED");
      expect(body.error).not.toContain(SECRET);
    },
  );

  it("S2-16 speaks of fields as the caller wrote them", () => {
    const error = new OrquestaError("VALIDATION_FAILED", "webhooks.0.url: is not a URL", {
      details: [
        { field: "webhooks.0.url", message: "is not a URL" },
        { field: "settings.bot_token", message: "is required" },
        { field: "chatId", message: "is no chat" },
      ],
    });
    expect(toErrorAnswer(error, false).body).toEqual({
      success: false,
      error: "api_webhook_schema.url: is not a URL",
      code: "VALIDATION_FAILED",
      details: [
        { field: "api_webhook_schema.url", message: "is not a URL" },
        { field: "config.bot_token", message: "is required" },
        { field: "chat_id", message: "is no chat" },
      ],
    });
  });
});
