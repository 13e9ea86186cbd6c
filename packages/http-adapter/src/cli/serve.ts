import { existsSync } from "node:fs";
import { closeOnSignals } from "../server/close-on-signals.ts";
import { readConfiguration } from "../server/configuration.ts";
import { startServer } from "../server/server.ts";

/** Runs the server until a signal comes. */
export async function serve(): Promise<void> {
  // Variables that are set already win over the file.
  if (existsSync(".env")) process.loadEnvFile();
  const { logger, close } = await startServer(readConfiguration(process.env));
  // A promise that a platform library lost track of belongs to one session; the others go on.
  process.on("unhandledRejection", (error) => logger.error("unhandled rejection", { error }));
  closeOnSignals(close, (error) => logger.error("close failed", { error }));
}
