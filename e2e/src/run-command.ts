import { spawn } from "node:child_process";

/** Runs a program to its end. @throws with everything it printed when it fails */
export async function runCommand(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const output: Buffer[] = [];
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  const ended = Promise.withResolvers<number | null>();
  child.once("error", ended.reject);
  child.once("close", ended.resolve);
  const code = await ended.promise;
  const text = Buffer.concat(output).toString();
  if (code === 0) return text;
  throw new Error(`${command} ${args.join(" ")} ended with code ${code} in ${cwd}:\n${text}`);
}
