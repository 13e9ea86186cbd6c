import { expect, test } from "vitest";
import { endingOf, readDisconnect } from "./disconnect-reason.ts";

/** As Baileys makes them: a Boom with a status code, and the stanza's child as data. */
function boom(code: number | null, message: string, conflict?: string): Error {
  const output = code === null ? undefined : { statusCode: code };
  const data = conflict === undefined ? undefined : { tag: "conflict", attrs: { type: conflict } };
  return Object.assign(new Error(message), { output, data });
}

test.each([
  [boom(515, "Stream Errored (restart required)"), "restart", "restart_required"],
  [boom(401, "Stream Errored (conflict)", "device_removed"), "log_out", "logged_out"],
  [boom(440, "Stream Errored (conflict)", "device_removed"), "log_out", "logged_out"],
  [boom(440, "Stream Errored (conflict)", "replaced"), "fail", "replaced"],
  [boom(401, "Connection Failure"), "log_out", "logged_out"],
  [boom(406, "Connection Failure"), "log_out", "logged_out"],
  [boom(402, "Connection Failure"), "fail", "restricted"],
  [boom(403, "Connection Failure"), "fail", "banned"],
  [boom(405, "Connection Failure"), "fail", "version_refused"],
  [boom(409, "Connection Failure"), "fail", "version_refused"],
  [boom(411, "Connection Failure"), "fail", "multidevice_mismatch"],
  [boom(408, "QR refs attempts ended"), "stop", "qr_timeout"],
  [boom(408, "Connection was lost"), "reconnect", "unresponsive"],
  [boom(408, "WebSocket Error (connect ECONNREFUSED)"), "reconnect", "connection_refused"],
  [boom(408, "Timed Out"), "reconnect", "connection_lost"],
  [boom(400, "noise certificate signature invalid"), "reconnect", "untrusted_server"],
  [boom(400, "noise intermediate certificate signature invalid"), "reconnect", "untrusted_server"],
  [boom(400, "invalid noise leaf certificate"), "reconnect", "untrusted_server"],
  [boom(400, "certification match failed"), "reconnect", "untrusted_server"],
  [boom(500, "Failed to verify account signature"), "reconnect", "untrusted_server"],
  [boom(500, "Invalid account signature"), "reconnect", "untrusted_server"],
  [boom(429, "Connection Failure"), "reconnect", "rate_limited"],
  [boom(428, "Connection Terminated"), "reconnect", "connection_lost"],
  [boom(503, "Stream Errored (unknown)"), "reconnect", "unavailable"],
  [boom(500, "Stream Errored (ack)"), "reconnect", "bad_session"],
  [boom(599, "something new"), "reconnect", "connection_lost"],
  [new Error("no Boom at all"), "reconnect", "connection_lost"],
  [undefined, "reconnect", "connection_lost"],
])("%s → %s, %s", (error, afterwards, reason) => {
  expect(endingOf(readDisconnect(error))).toEqual({ afterwards, reason });
});
