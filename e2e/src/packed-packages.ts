import { cp, mkdir, readdir, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { runCommand } from "./run-command.ts";

const WORKSPACE_FILES = ["LICENSE", "pnpm-workspace.yaml", "tsconfig.base.json"];
const PACKAGE_FILES = ["package.json", "README.md", "src", "tsup.config.ts"];
/** Programs of users are compiled against these; making types costs more than everything else. */
const TYPED_PACKAGES = ["core", "providers"];

/** Copies a package, so that its build gets in nobody's way; its dependencies stay where they are. */
async function stage(root: string, staging: string, name: string): Promise<string> {
  const from = join(root, "packages", name);
  const to = join(staging, "packages", name);
  await mkdir(to, { recursive: true });
  for (const file of PACKAGE_FILES) await cp(join(from, file), join(to, file), { recursive: true });
  await symlink(join(from, "node_modules"), join(to, "node_modules"), "junction");
  return to;
}

/**
 * Builds all packages and packs them as they would be published.
 * @returns the tarballs
 */
export async function packPackages(root: string, staging: string): Promise<string[]> {
  const tarballs = join(staging, "tarballs");
  await mkdir(tarballs, { recursive: true });
  for (const file of WORKSPACE_FILES) await cp(join(root, file), join(staging, file));
  const names = await readdir(join(root, "packages"));
  const tsup = join(root, "node_modules", "tsup", "dist", "cli-default.js");
  const directories = await Promise.all(names.map((name) => stage(root, staging, name)));
  await Promise.all(
    directories.map(async (directory) => {
      const isTyped = TYPED_PACKAGES.includes(basename(directory));
      const env = { ...process.env, BUILD_TYPES: isTyped ? "1" : "0" };
      await runCommand(process.execPath, [tsup, "--silent"], directory, env);
      await runCommand("pnpm", ["pack", "--pack-destination", tarballs], directory);
    }),
  );
  return (await readdir(tarballs)).map((file) => join(tarballs, file));
}
