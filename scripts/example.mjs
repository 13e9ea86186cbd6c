/**
 * Runs an example from the sources, in its own folder: `npm run example pong`.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const examples = path.join(root, "examples");
const names = fs.readdirSync(examples).filter((name) => {
  return fs.existsSync(path.join(examples, name, "package.json"));
});
const name = process.argv[2] ?? "";

if (names.includes(name)) {
  const cwd = path.join(examples, name);
  const { scripts } = JSON.parse(fs.readFileSync(path.join(cwd, "package.json"), "utf8"));
  const [, ...args] = scripts.start.split(" ");
  const child = spawn(process.execPath, ["--conditions=@orquesta/source", ...args], {
    cwd,
    // Compiled code stays on disk, so that the next start does not compile it again.
    env: { NODE_COMPILE_CACHE: path.join(root, ".build", "compile-cache"), ...process.env },
    stdio: "inherit",
  });
  // It goes as the example goes: on Ctrl-C both get the signal of the terminal.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.once("close", (code) => process.exit(code ?? 1));
} else {
  console.error(`usage: npm run example <name>; there are: ${names.join(", ")}`);
  process.exitCode = 2;
}
