import { expect, test, vi } from "vitest";

test("libsignal's prints reach nothing, everything else passes", async () => {
  const printed: unknown[][] = [];
  const target = globalThis.console;
  for (const method of ["info", "warn", "error"] as const) {
    vi.spyOn(target, method).mockImplementation((...args) => void printed.push([method, ...args]));
  }
  const { silenceLibsignal } = await import("./quiet-libsignal.ts");
  silenceLibsignal();
  silenceLibsignal();
  target.info("Closing session:", { privKey: "secret" });
  target.warn("Session already closed", { privKey: "secret" });
  target.error("Session error:Error: Bad MAC", "stack");
  target.warn("Decrypted message with closed session.");
  expect(printed).toEqual([]);
  const error = new Error("mine");
  target.error(error);
  target.warn("my Session error:");
  target.info();
  expect(printed).toEqual([["error", error], ["warn", "my Session error:"], ["info"]]);
});
