import { closeOnSignals } from "../server/close-on-signals.ts";
import { startServer } from "../server/server.ts";
import { readEnvironment } from "./read-environment.ts";

/** Runs the server until a signal comes. */
export async function serve(): Promise<void> {
  const { logger, close } = await startServer(readEnvironment());
  // A promise that a platform library lost track of belongs to one session; the others go on.
  process.on("unhandledRejection", (error) => logger.error("unhandled rejection", { error }));
  closeOnSignals(close, (error) => logger.error("close failed", { error }));
}
