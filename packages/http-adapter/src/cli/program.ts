import { isOrquestaError } from "@orquesta/core";
import { Command, InvalidArgumentError } from "commander";
import { readVersion } from "../server/version.ts";
import type { RestoreArguments } from "./backup.ts";

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
}

/** Mistakes of the operator get a sentence, ours a trace. */
function explain(error: unknown): void {
  if (isOrquestaError(error)) {
    for (const line of error.message.split("\n")) console.error(`orquesta: ${line}`);
  } else {
    console.error(error);
  }
}

function createProgram(): Command {
  const program = new Command("orquesta")
    .description("Runs messaging accounts as supervised processes, with an HTTP API.")
    .version(readVersion());
  program
    .command("serve")
    .description("run the server; it is configured by environment variables and .env")
    .action(async () => {
      const { serve } = await import("./serve.ts");
      await serve();
    });
  program
    .command("backup")
    .description("copy the data directory (DATA_DIR), also of a running server")
    .requiredOption("--to <directory>", "a new or empty directory, which becomes the backup")
    .action(async (options: { readonly to: string }) => {
      const { backUp } = await import("./backup.ts");
      await backUp(options);
    });
  program
    .command("restore")
    .description("make the data directory (DATA_DIR) of a backup")
    .requiredOption("--from <directory>", "the backup")
    .option("--force", "move what is in the data directory aside", false)
    .action(async (options: RestoreArguments) => {
      const { restore } = await import("./backup.ts");
      await restore(options);
    });
  program
    .command("fake-whatsapp")
    .description("run a WhatsApp server for tests: no phone, no network")
    .option("--port <number>", "where WhatsApp clients connect", parsePort, 4810)
    .option("--control-port <number>", "where a test plays the phone", parsePort, 4811)
    .action(async (options: { readonly port: number; readonly controlPort: number }) => {
      const { runFakeWhatsApp } = await import("./fake-whatsapp.ts");
      await runFakeWhatsApp(options);
    });
  return program;
}

/** Runs one command line; what fails ends up in words on standard error and as exit code 1. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    explain(error);
    process.exit(1);
  }
}
