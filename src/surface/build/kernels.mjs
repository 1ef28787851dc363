/**
 * Compiles every `*.as.ts` (AssemblyScript) into one WebAssembly module and writes it, as text, to
 * src/ground/kernels/generated/kernels.ts. Does nothing where the inputs have not changed since.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const generated = join(root, "src/ground/kernels/generated/kernels.ts");
const floors = ["src/ground", "devices", "crossbar", "circuits", "experiments"];
/** Functions that kernels share; not exported. */
const libraries = new Set([
  "devices/pulse-response/pulse-law.as.ts",
  "devices/pulse-response/train-devices.as.ts",
  "devices/pulse-response/train-side-by-side.as.ts",
  "devices/pulse-response/train-singly.as.ts",
  "src/ground/draws/philox.as.ts",
  "src/ground/kernels/lanes.as.ts",
  "src/ground/kernels/mathematics.as.ts",
]);

// 65536 pages so that the importer may choose any size; no relaxed instructions: the same bits on every machine.
const flags = [
  "-O3",
  "--noAssert",
  "--runtime",
  "stub",
  "--importMemory",
  "--maximumMemory",
  "65536",
  "--enable",
  "simd",
];

/** @returns true where something was compiled */
export async function buildKernels(log = console.error) {
  const sources = await readSources();
  const hash = createHash("sha256").update(flags.join(" "));
  hash.update(await readFile(join(root, "node_modules/assemblyscript/package.json")));
  for (const [path, text] of sources) hash.update(path).update("\0").update(text).update("\0");
  const checksum = hash.digest("hex");
  const present = await readFile(generated, "utf8").catch(() => "");
  if (present.includes(`"${checksum}"`)) return false;

  const module = await compile(sources);
  await mkdir(dirname(generated), { recursive: true });
  const text = [
    "// Written by src/surface/build/kernels.mjs from the *.as.ts files.",
    `export const kernelChecksum = "${checksum}";`,
    `export const kernelModule =\n  "${Buffer.from(module).toString("base64")}";`,
    "",
  ].join("\n");
  const beside = `${generated}.${process.pid}`;
  await writeFile(beside, text);
  await rename(beside, generated);
  log(`kernels: ${sources.size} files, ${module.length} bytes of WebAssembly`);
  return true;
}

/** Path from the root, with forward slashes, to text; in a fixed order, line ends as on Unix. */
async function readSources() {
  const paths = [];
  for (const floor of floors) {
    for (const entry of await readdir(join(root, floor), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(".as.ts")) continue;
      paths.push(relative(root, join(entry.parentPath ?? entry.path, entry.name)).replaceAll("\\", "/"));
    }
  }
  const sources = new Map();
  for (const path of paths.sort()) {
    sources.set(path, (await readFile(join(root, path), "utf8")).replaceAll("\r\n", "\n"));
  }
  return sources;
}

/** The entry re-exports every kernel file; all exported functions become exports of the module. */
async function compile(sources) {
  const { default: asc } = await import("assemblyscript/asc");
  const kernels = [...sources.keys()].filter((path) => !libraries.has(path));
  const entry = kernels.map((path) => `export * from "./${path.replace(/\.ts$/, "")}";\n`).join("");
  let module;
  const { error, stderr } = await asc.main(["entry.ts", "--outFile", "kernels.wasm", ...flags], {
    readFile: (name) => (name === "entry.ts" ? entry : (sources.get(name.replaceAll("\\", "/")) ?? null)),
    writeFile: (name, contents) => {
      if (name === "kernels.wasm") module = contents;
    },
    listFiles: () => [],
  });
  if (error || !module) throw new Error(`the kernels do not compile\n${stderr.toString()}`);
  return module;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildKernels();
