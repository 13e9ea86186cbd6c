import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { runCommand } from "./run-command.ts";

const manifestSchema = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
});

async function readManifest(directory: string) {
  return manifestSchema.parse(JSON.parse(await readFile(join(directory, "package.json"), "utf8")));
}

/** `orquesta-http-adapter-0.1.0.tgz` is `@orquesta/http-adapter`. */
function packageOf(tarball: string): string {
  return basename(tarball).replace(/^orquesta-(.+)-\d+\.\d+\.\d+\.tgz$/, "@orquesta/$1");
}

/** What examples ask for beside the packages, with the versions that they name. */
async function exampleDependencies(root: string): Promise<Record<string, string>> {
  const examples = await readdir(join(root, "examples"), { withFileTypes: true });
  const folders = examples.filter((entry) => entry.isDirectory());
  const manifests = await Promise.all(
    folders.map(({ name }) => readManifest(join(root, "examples", name))),
  );
  const all = manifests.flatMap(({ dependencies = {} }) => Object.entries(dependencies));
  return Object.fromEntries(all.filter(([, version]) => /^\d/.test(version)));
}

/** Makes a project as a user has one: outside the workspace, with the tarballs and what they ask for. */
export async function createConsumerProject(
  directory: string,
  root: string,
  tarballs: readonly string[],
): Promise<void> {
  const packed = Object.fromEntries(tarballs.map((file) => [packageOf(file), `file:${file}`]));
  const { peerDependencies } = await readManifest(join(root, "packages", "providers"));
  const others = await exampleDependencies(root);
  const types = await readManifest(join(root, "node_modules", "@types", "node"));
  const manifest = {
    private: true,
    type: "module",
    dependencies: { ...others, ...packed, ...peerDependencies, "@types/node": types.version },
  };
  // The packages ask for one another by version, which no registry has yet.
  const settings = { overrides: packed, strictDepBuilds: false, minimumReleaseAge: 0 };
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "package.json"), JSON.stringify(manifest, null, 2));
  // YAML is a superset of JSON.
  await writeFile(join(directory, "pnpm-workspace.yaml"), JSON.stringify(settings, null, 2));
  const flags = ["--prefer-offline", "--no-frozen-lockfile", "--ignore-scripts"];
  await runCommand("pnpm", ["install", ...flags], directory);
}
