import { monitorEventLoopDelay } from "node:perf_hooks";

/**
 * Loaded into every measured process before its own code: answers over the IPC channel how much heap is
 * left after a collection, how long the event loop was held up, and how much CPU was used.
 */
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

process.on("message", (message) => {
  if (message === "reset") {
    delay.reset();
    process.send?.({ probe: "reset" });
  }
  if (message === "measure") {
    globalThis.gc?.();
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    process.send?.({
      probe: "measure",
      heapBytes: process.memoryUsage().heapUsed,
      rssBytes: process.memoryUsage.rss(),
      cpuMs: (user + system) / 1000,
      lagP99Ms: delay.percentile(99) / 1e6,
      lagMaxMs: delay.max / 1e6,
    });
  }
});
// The channel must not keep a process alive that is done.
process.channel?.unref();
