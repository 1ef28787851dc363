/**
 * Turns data/**.yaml (networks and measurements apart) into src/ground/embedded/generated/data.ts, so that no floor below
 * the surface reads a file. Leaves the module alone where its content would stay the same.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { LineCounter, parseDocument } from "yaml";

const notEmbedded = new Set(["networks", "measurements"]);

/** Writes the module for the checkout at `root`; true where it changed. */
export function buildData(root) {
  const file = join(root, "src", "ground", "embedded", "generated", "data.ts");
  const module = moduleOf(join(root, "data"));
  if (existsSync(file) && readFileSync(file, "utf8") === module) return false;
  mkdirSync(dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}.part`;
  writeFileSync(beside, module);
  renameSync(beside, file);
  return true;
}

function moduleOf(folder) {
  const names = yamlFiles(folder);
  const entries = names.map((name) => {
    // Line ends as a checkout on Windows may have them do not matter.
    const text = readFileSync(join(folder, ...name.split("/")), "utf8").replaceAll("\r\n", "\n");
    return `  ${JSON.stringify(name.replace(/\.yaml$/, ""))}: ${literal(parsed(text, `data/${name}`))},\n`;
  });
  return [
    "// Generated from data/**.yaml by src/surface/build/data.mjs.\n",
    "export const data: Readonly<Record<string, unknown>> = {\n",
    ...entries,
    "};\n",
  ].join("");
}

/** Paths below the folder, with "/" on every system, in one order on every system. */
function yamlFiles(folder, below = "") {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .flatMap((entry) => {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return notEmbedded.has(path) ? [] : yamlFiles(folder, path);
      return entry.name.endsWith(".yaml") ? [path] : [];
    })
    .sort();
}

function parsed(text, file) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) throw new Error(`${file}:${lines.linePos(error.pos[0]).line}: ${error.message.split("\n")[0]}`);
  return document.toJS();
}

/** JSON, save that a number may be infinite. */
function literal(value) {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${JSON.stringify(key)}: ${literal(inner)}`)
      .join(", ")} }`;
  }
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  buildData(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))));
}
