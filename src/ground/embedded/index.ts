import { data } from "./generated/data.ts";

/** The content of data/PATH.yaml, as the build found it; the caller names a file that the package holds. */
export function embedded(path: string): unknown {
  if (!Object.hasOwn(data, path)) throw new Error(`the package holds no data/${path}.yaml`);
  return data[path];
}

/** Names of the files directly in data/FOLDER, sorted: embeddedNames("chips") gives ["ideal", "pcm"]. */
export function embeddedNames(folder: string): string[] {
  const start = `${folder}/`;
  return Object.keys(data)
    .filter((path) => path.startsWith(start) && !path.slice(start.length).includes("/"))
    .map((path) => path.slice(start.length))
    .sort();
}

/** Paths of all files below data/FOLDER. */
export function embeddedBelow(folder: string): string[] {
  return Object.keys(data).filter((path) => path.startsWith(`${folder}/`));
}
