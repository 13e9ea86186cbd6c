import { waitFor } from "@orquesta/core";

/** Waits for the end of something, but not long, and whatever the end is. */
export async function settle(
  promise: Promise<unknown> | undefined,
  timeoutMs: number,
): Promise<void> {
  if (promise === undefined) return;
  await waitFor(promise, "closing", { timeoutMs }).catch(() => {});
}
