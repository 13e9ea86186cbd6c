#!/usr/bin/env node
import { describeUnsupportedNode } from "./supported-node.ts";

const problem = describeUnsupportedNode(process.versions.node);
if (problem === null) {
  // Not before the check: what it imports may crash an old Node.
  const { runProgram } = await import("./program.ts");
  await runProgram(process.argv);
} else {
  console.error(`orquesta: ${problem}`);
  process.exitCode = 1;
}
