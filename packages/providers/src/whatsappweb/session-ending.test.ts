import { OrquestaError } from "@orquesta/core";
import { expect, it } from "vitest";
import { EndingError, endingOfStart, endingOfState } from "./session-ending.ts";

const HEALTHY = { isDiskFull: false, hasProxyFailed: false };

it.each([
  ["CONFLICT", "fail", "replaced"],
  ["LOGOUT", "log_out", "logged_out"],
  ["UNPAIRED", "log_out", "logged_out"],
  ["UNPAIRED_IDLE", "log_out", "logged_out"],
  ["PROXYBLOCK", "reconnect", "connection_refused"],
  ["TOS_BLOCK", "fail", "banned"],
  ["DEPRECATED_VERSION", "fail", "version_refused"],
  ["TIMEOUT", "reconnect", "connection_lost"],
  ["UNLAUNCHED", "reconnect", "connection_lost"],
])("%s: %s, %s", (state, afterwards, reason) => {
  expect(endingOfState(state, false)).toEqual({ afterwards, reason });
});

it("with a proxy, WhatsApp's refusal is the proxy's failure", () => {
  expect(endingOfState("PROXYBLOCK", true)?.reason).toBe("proxy_failed");
});

it.each(["CONNECTED", "OPENING", "PAIRING", "SOMETHING_NEW"])("%s ends nothing", (state) => {
  expect(endingOfState(state, false)).toBeNull();
});

it.each([
  ["net::ERR_PROXY_CONNECTION_FAILED at https://web.whatsapp.com/", "proxy_failed"],
  ["net::ERR_TUNNEL_CONNECTION_FAILED at https://web.whatsapp.com/", "proxy_failed"],
  ["net::ERR_SOCKS_CONNECTION_FAILED at https://web.whatsapp.com/", "proxy_failed"],
  ["net::ERR_NAME_NOT_RESOLVED at https://web.whatsapp.com/", "connection_refused"],
  ["net::ERR_INTERNET_DISCONNECTED at https://web.whatsapp.com/", "connection_lost"],
  ["ENOSPC: no space left on device, mkdir", "disk_full"],
  ["Failed to launch the browser process: Code: 21", "browser_crashed"],
])("a start that failed with %s: %s", (message, reason) => {
  const ending = { afterwards: "reconnect", reason };
  expect(endingOfStart(new Error(message), HEALTHY)).toEqual(ending);
});

it("the library throws strings", () => {
  expect(endingOfStart("auth timeout", HEALTHY).reason).toBe("unresponsive");
});

it("a start that takes too long is explained by what was seen on the way", () => {
  const error = new OrquestaError("TIMED_OUT", "starting WhatsApp Web took longer than 10 ms");
  expect(endingOfStart(error, HEALTHY).reason).toBe("unresponsive");
  expect(endingOfStart(error, { ...HEALTHY, hasProxyFailed: true }).reason).toBe("proxy_failed");
  expect(endingOfStart(error, { ...HEALTHY, isDiskFull: true }).reason).toBe("disk_full");
});

it("a failure that knows what it means is believed", () => {
  const ending = { afterwards: "reconnect", reason: "profile_locked" } as const;
  expect(endingOfStart(new EndingError(ending, "locked"), HEALTHY)).toBe(ending);
});
