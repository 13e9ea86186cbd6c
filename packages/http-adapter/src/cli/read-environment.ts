import { existsSync } from "node:fs";
import { type Configuration, readConfiguration } from "../server/configuration.ts";

/** What the server would be told here: by the environment and by `.env`. @throws CONFIGURATION_INVALID */
export function readEnvironment(): Configuration {
  // Variables that are set already win over the file.
  if (existsSync(".env")) process.loadEnvFile();
  return readConfiguration(process.env);
}
