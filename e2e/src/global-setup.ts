import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { createConsumerProject } from "./consumer-project.ts";
import { packPackages } from "./packed-packages.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of a project that has the packed packages installed. */
    readonly consumer: string;
    readonly root: string;
  }
}

/** Once for all tests of this package: builds, packs and installs what users would get. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");
  const build = join(root, ".build");
  await mkdir(build, { recursive: true });
  // Inside the repository: the packages' builds need the tools that are installed in its root.
  const staging = await mkdtemp(join(build, "e2e-"));
  const outside = await realpath(await mkdtemp(join(tmpdir(), "orquesta-e2e-")));
  const removeAll = async () => {
    for (const place of [staging, outside]) await rm(place, { recursive: true, force: true });
  };
  try {
    const consumer = join(outside, "consumer");
    await createConsumerProject(consumer, root, await packPackages(root, staging));
    project.provide("consumer", consumer);
    project.provide("root", root);
    return removeAll;
  } catch (error) {
    await removeAll();
    throw error;
  }
}
