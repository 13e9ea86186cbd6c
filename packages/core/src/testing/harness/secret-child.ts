/** Asks for the secrets of many directories while others do the same. */
import { join } from "node:path";
import { secretOfDirectory } from "../../engine/seal/secret-file.ts";

const { DIRECTORY = "" } = process.env;
for (let n = 0; n < 200; n += 1) {
  const secret = secretOfDirectory(join(DIRECTORY, String(n)));
  process.stdout.write(`${n} ${Buffer.from(secret).toString("hex")}\n`);
}
