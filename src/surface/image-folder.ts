import { join } from "node:path";
import { inputError, namesNear } from "../ground/errors.ts";
import { type CifarKind, cifar10, cifar100, readCifar } from "../ground/formats/cifar.ts";
import { readIdx } from "../ground/formats/idx.ts";
import { namesIn, readBytes } from "./files.ts";
import { type Labelled, labelled } from "./labelled.ts";

/** The two parts of a folder of images, each read when it is asked for. */
export interface ImageFolder {
  test(): Labelled;
  /** The first `most` images at least, where there are so many. */
  train(most: number): Labelled;
}

interface CifarFiles extends CifarKind {
  readonly title: string;
  readonly folder: string;
  readonly train: readonly string[];
  readonly test: string;
  /** Names by which the version of Python pickles is known. */
  readonly pickles: readonly string[];
}

const cifars: readonly CifarFiles[] = [
  {
    ...cifar10,
    title: "CIFAR-10",
    folder: "cifar-10-batches-bin",
    train: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`),
    test: "test_batch.bin",
    pickles: ["cifar-10-batches-py", "data_batch_1"],
  },
  {
    ...cifar100,
    title: "CIFAR-100",
    folder: "cifar-100-binary",
    train: ["train.bin"],
    test: "test.bin",
    pickles: ["cifar-100-python"],
  },
];

/** Tells by its names what a folder holds: MNIST's IDX files, or CIFAR's binary ones, in it or in the folder they unpack to. */
export function imageFolder(folder: string): ImageFolder {
  const names = namesIn(folder);
  const here = cifars.find(({ train, test }) => [...train, test].some((name) => spelling(names, name)));
  if (here) return cifarFolder(folder, here);
  const mnist = names.some((name) => /^(t10k|train)-(images|labels)/.test(name));
  const inside = cifars.filter((cifar) => names.includes(cifar.folder));
  if (!mnist && inside.length === 1) return cifarFolder(join(folder, inside[0]!.folder), inside[0]!);
  if (!mnist) refuseOthers(folder, names);
  return { test: () => readIdxPart(folder, "t10k"), train: () => readIdxPart(folder, "train") };
}

function cifarFolder(folder: string, files: CifarFiles): ImageFolder {
  const names = namesIn(folder);
  const [test, ...train] = [files.test, ...files.train].map((name) => {
    const found = spelling(names, name);
    if (found) return join(folder, found);
    const expected = `the files of ${files.title} (${name}, plain or .gz)`;
    throw inputError({ file: folder, found: `no file ${name}`, expected, near: namesNear(name, names) });
  });
  const read = (file: string): Labelled => {
    const { images, labels } = readCifar(readBytes(file), file, files);
    return labelled(file, images, file, labels);
  };
  return {
    test: () => read(test!),
    train: (most) => {
      const parts: Labelled[] = [];
      for (let i = 0, count = 0; i < train.length && count < most; i++) {
        parts.push(read(train[i]!));
        count += parts[i]!.labels.length;
      }
      return joined(parts);
    },
  };
}

/** Parts of one kind as one; errors name the first. */
function joined(parts: readonly Labelled[]): Labelled {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const count = parts.reduce((sum, { labels }) => sum + labels.length, 0);
  const values = new Uint8Array(count * first!.size);
  const labels = new Int32Array(count);
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at * part.size);
    labels.set(part.labels, at);
    at += part.labels.length;
  }
  return { ...first!, values, labels };
}

/** What is often there instead of a data set's files. */
function refuseOthers(folder: string, names: readonly string[]): void {
  const packed = names.find((name) => isPacked(name) && /cifar|mnist/i.test(name));
  const pickled = cifars.find(({ pickles }) => pickles.some((name) => names.includes(name)));
  const several = cifars.filter((cifar) => names.includes(cifar.folder)).map((cifar) => cifar.folder);
  if (several.length > 1) throw inputError({ file: folder, found: several.join(" and "), expected: "one of them" });
  if (pickled) {
    const found = `${pickled.title} as Python pickles`;
    throw inputError({ file: folder, found, expected: `its binary version (${pickled.train[0]}, ${pickled.test})` });
  }
  if (packed) refusePacked(join(folder, packed));
}

/** A folder packed into one file, by its name. */
export function isPacked(name: string): boolean {
  return /\.(tar|tgz|tar\.[a-z0-9]+)$/i.test(name);
}

export function refusePacked(file: string): never {
  throw inputError({ file, found: "a packed folder", expected: `the folder: unpack it (tar -xf ${file})` });
}

function readIdxPart(folder: string, start: "train" | "t10k"): Labelled {
  const images = mnistFile(folder, `${start}-images`, "idx3");
  const labels = mnistFile(folder, `${start}-labels`, "idx1");
  return labelled(images, readIdx(readBytes(images), images), labels, readIdx(readBytes(labels), labels));
}

/** The file of one of MNIST's names, with the two spellings in use. */
function mnistFile(folder: string, start: string, kind: string): string {
  const names = namesIn(folder);
  const [usual, other] = [`${start}-${kind}-ubyte`, `${start}.${kind}-ubyte`];
  const name = spelling(names, usual) ?? spelling(names, other);
  if (name !== undefined) return join(folder, name);
  const expected = `the files of MNIST (${usual}, plain or .gz), or of CIFAR (${cifars[0]!.test})`;
  throw inputError({ file: folder, found: `no file ${usual}`, expected, near: namesNear(usual, names) });
}

/** The name or the name with .gz, whichever is there. */
function spelling(names: readonly string[], name: string): string | undefined {
  return [name, `${name}.gz`].find((candidate) => names.includes(candidate));
}
