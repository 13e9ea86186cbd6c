/**
 * Type-checks every ```ts fence of the documentation (README, docs, docblocks) against the sources,
 * so that what people copy compiles.
 *
 * Each fence is a module of its own. A fence that goes on where the one before it stopped says so:
 * ```ts continued
 */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const workshop = path.join(root, ".build", "doc-examples");

function filesBelow(directory, keep) {
  const absolute = path.join(root, directory);
  if (!fs.existsSync(absolute)) return [];
  return fs
    .readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter(keep);
}

function markdownFiles() {
  const here = fs.readdirSync(root).filter((name) => name.endsWith(".md"));
  return [
    ...here.map((name) => path.join(root, name)),
    ...["docs", "packages", "examples"].flatMap((folder) => {
      return filesBelow(folder, (file) => file.endsWith(".md"));
    }),
  ];
}

function sourceFiles() {
  return filesBelow("packages", (file) => /\/src\/.*\.ts$/.test(file.split(path.sep).join("/")));
}

/** Docblocks are turned into bare text, line for line, so that line numbers stay true. */
function docblockText(source) {
  let inside = false;
  return source.split("\n").map((line) => {
    if (/^\s*\/\*\*/.test(line)) inside = true;
    const text = inside ? line.replace(/^\s*(\/\*\*|\*(?!\/))? ?/, "") : "";
    if (line.includes("*/")) inside = false;
    return text;
  });
}

function fencesOf(file, lines) {
  const fences = [];
  let open = null;
  for (const [index, line] of lines.entries()) {
    const start = /^\s*```(?:ts|typescript)\b(.*)$/.exec(line);
    if (open === null && start) {
      open = { file, line: index + 2, continued: /\bcontinued\b/.test(start[1]), code: [] };
    } else if (open !== null && /^\s*```\s*$/.test(line)) {
      fences.push(open);
      open = null;
    } else {
      open?.code.push(line);
    }
  }
  return fences;
}

function allFences() {
  const fences = [];
  for (const file of markdownFiles()) {
    fences.push(...fencesOf(file, fs.readFileSync(file, "utf8").split("\n")));
  }
  for (const file of sourceFiles()) {
    const source = fs.readFileSync(file, "utf8");
    if (source.includes("```ts")) fences.push(...fencesOf(file, docblockText(source)));
  }
  return fences;
}

/** Our packages by their published names, at their sources. */
function packagePaths() {
  const paths = {};
  for (const name of fs.readdirSync(path.join(root, "packages"))) {
    const directory = path.join(root, "packages", name);
    const manifestFile = path.join(directory, "package.json");
    if (!fs.existsSync(manifestFile)) continue;
    const manifest = JSON.parse(fs.readFileSync(manifestFile, "utf8"));
    for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
      const source = target["@orquesta/source"];
      if (source) paths[path.posix.join(manifest.name, subpath)] = [path.join(directory, source)];
    }
  }
  return paths;
}

/** Writes each fence as a module; returns where each module came from. */
function writeModules(fences) {
  fs.rmSync(workshop, { recursive: true, force: true });
  fs.mkdirSync(workshop, { recursive: true });
  // Examples may import what the server package has, such as a web framework.
  const modules = path.join(root, "packages", "http-adapter", "node_modules");
  if (fs.existsSync(modules))
    fs.symlinkSync(modules, path.join(workshop, "node_modules"), "junction");
  const origins = new Map();
  let earlier = [];
  for (const [index, fence] of fences.entries()) {
    const lead = fence.continued ? earlier : [];
    earlier = [...lead, ...fence.code];
    const module = path.join(workshop, `example-${index + 1}.mts`);
    fs.writeFileSync(module, `${earlier.join("\n")}\nexport {};\n`);
    origins.set(path.normalize(module), { ...fence, leadLines: lead.length });
  }
  return origins;
}

function compilerOptions() {
  const base = path.join(root, "tsconfig.base.json");
  const config = ts.parseJsonConfigFileContent(
    ts.readConfigFile(base, ts.sys.readFile).config,
    ts.sys,
    root,
  );
  return {
    ...config.options,
    noEmit: true,
    paths: packagePaths(),
    typeRoots: [path.join(root, "node_modules", "@types")],
  };
}

/** A diagnostic in the words of the document that holds the example; others are not ours to report. */
function describe(diagnostic, origins) {
  const origin = diagnostic.file && origins.get(path.normalize(diagnostic.file.fileName));
  if (!origin) return null;
  const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start);
  const place = `${path.relative(root, origin.file)}:${origin.line + line - origin.leadLines}`;
  return `${place}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n  ")}`;
}

const fences = allFences();
const origins = writeModules(fences);
const program = ts.createProgram([...origins.keys()], compilerOptions());
const problems = ts
  .getPreEmitDiagnostics(program)
  .map((diagnostic) => describe(diagnostic, origins))
  .filter((problem) => problem !== null);

for (const problem of new Set(problems)) console.error(problem);
console.log(`${fences.length} examples, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
