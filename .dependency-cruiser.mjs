import { readdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** From the ground up: a file imports its own floor and those before it, nothing after. */
export const floors = ["src/ground", "devices", "crossbar", "circuits", "experiments", "src/surface"];

const below = (list) => `^(${list.join("|")})/`;
const upward = floors.slice(0, -1).map((floor, index) => ({
  name: `${floor.replace("src/", "")}-imports-no-floor-above-it`,
  severity: "error",
  from: { path: below([floor]) },
  to: { path: below(floors.slice(index + 1)) },
}));
const physics = below(floors.slice(0, -1));

/** A folder with an index.ts is entered through it alone, from whichever folder one comes. */
function doors(root) {
  return floors
    .flatMap((floor) => foldersWithDoor(root, join(root, floor)))
    .map((folder) => ({
      name: `${folder}-is-entered-through-its-door`,
      severity: "error",
      from: { path: below(floors), pathNot: `^${folder}/` },
      to: { path: `^${folder}/`, pathNot: `^${folder}/index\\.ts$` },
    }));
}

function foldersWithDoor(root, folder) {
  let entries = [];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  const inner = entries
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => foldersWithDoor(root, join(folder, entry.name)));
  const hasDoor = entries.some((entry) => entry.name === "index.ts");
  return hasDoor ? [relative(root, folder).split(sep).join("/"), ...inner] : inner;
}

/** The layer rules for the tree below `root`. */
export function rulesFor(root) {
  return [
    ...upward,
    ...doors(root),
    {
      name: "nothing-imports-itself-in-a-circle",
      severity: "error",
      from: { path: below(floors) },
      to: { circular: true },
    },
    {
      name: "below-the-surface-runs-in-a-browser",
      comment: "No Node module below the surface: files, processes and workers are handed down.",
      severity: "error",
      from: { path: physics },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "onnx-runtime-is-handed-down",
      severity: "error",
      from: { path: physics },
      to: { path: "onnxruntime-(web|node|common)" },
    },
    {
      name: "mathjs-is-for-quantities",
      comment: "It takes 0.7 s to load and is thousands of times slower than a loop.",
      severity: "error",
      from: { path: below(floors), pathNot: "^src/ground/quantities(/|\\.ts$)" },
      to: { path: "(^|node_modules/)mathjs(/|$)" },
    },
    {
      name: "ml-matrix-is-an-oracle",
      comment: "Tests compare with it; the floors have kernels.",
      severity: "error",
      from: { path: below(floors) },
      to: { path: "(^|node_modules/)ml-matrix(/|$)" },
    },
    {
      name: "packages-are-declared",
      comment:
        "What runs after an installation comes from dependencies; only the build may use what is for development.",
      severity: "error",
      from: { path: below(floors), pathNot: "^src/surface/build/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "every-import-leads-somewhere",
      severity: "error",
      from: { path: below(floors) },
      to: { couldNotResolve: true },
    },
  ];
}

export default {
  forbidden: rulesFor(dirname(fileURLToPath(import.meta.url))),
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(\\.as\\.ts$|^dist/)" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".mjs", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
    },
  },
};
