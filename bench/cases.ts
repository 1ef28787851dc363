import { convertInputs, convertOutputs } from "../circuits/converters.ts";
import { readChip, TileLayer } from "../circuits/index.ts";
import {
  CrossbarArray,
  multiplyCodes,
  multiplyFloats,
  newFloatProducts,
  newPackedCodes,
  newPackedWeights,
  newProducts,
  packDifferences,
  sumColumns,
} from "../crossbar/index.ts";
import type { NoiseSplit } from "../devices/index.ts";
import { layerOptions, placementOf } from "../experiments/network/index.ts";
import { at, type Draw, drawOf, fillNormal } from "../src/ground/draws/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";
import { deviceCasesOn } from "./device-cases.ts";
import { learningCasesOn } from "./learning-cases.ts";

const size = 512;
const vectors = 128;
const cells = size * size;
const levels = 127;
/** Single vectors that one repetition takes, so that the clock's own steps do not show. */
const singles = 32;

/** What is timed: one run does `count` of what `each` names. */
export interface Case {
  readonly name: string;
  readonly each: "vector" | "sample" | "tile" | "device" | "pulse";
  readonly count: number;
  /** Name of the case that its ratio is to; absent: the reference, for vectors. */
  readonly over?: string;
  run(): void;
}

/** Names that comparisons quote. */
export const named = {
  reference: "plain float32 product (reference)",
  constant: "noisy multiply, noise of one size",
  held: "noisy multiply, all noise held",
  exact: "noisy multiply, pcm's exact law",
  heldSingle: "one vector alone, all noise held",
  exactSingle: "one vector alone, pcm's exact law",
  programAndDrift: "program and drift",
} as const;

/** A 512 x 512 tile of doped GST with the shipped chip's converters; the first case is the reference. */
export function casesOn(engine: Engine): Case[] {
  const { memory } = engine;
  const root = drawOf(1);
  const weights = memory.float32(cells);
  fillNormal(engine, at(root, "weights"), 0, weights);
  const x = memory.float32(vectors * size);
  fillNormal(engine, at(root, "inputs"), 0, x);
  for (let n = 0; n < x.length; n++) x[n] = Math.max(-1, Math.min(1, x[n]! / 3));
  const noise = at(root, "fresh");
  const normal = memory.float32(cells);
  let event = 0;
  return [
    ...products(engine, weights, x, noise, () => event++),
    ...layers(engine, weights, x, root, () => event++),
    {
      name: "standard normal samples",
      each: "sample",
      count: cells,
      run: () => fillNormal(engine, noise, event++, normal),
    },
    programmed(engine, weights, root, () => event++),
    ...deviceCasesOn(engine, at(root, "devices")),
    ...learningCasesOn(engine, root),
  ];
}

/** The kernels of a product alone; weights are conductance differences of up to 25 uS. */
function products(engine: Engine, weights: Float32Array, x: Float32Array, noise: Draw, next: () => number): Case[] {
  const { memory } = engine;
  const differences = memory.float32(cells);
  for (let i = 0; i < cells; i++) differences[i] = (weights[i]! * 25e-6) / 5;
  const packed = newPackedWeights(memory, size, size);
  packDifferences(engine, differences, null, size, size, packed);
  const codes = newPackedCodes(memory, vectors, size);
  const [whole, plain] = [newProducts(memory, vectors, packed), newFloatProducts(memory, vectors, size)];
  const sums = memory.float32(vectors * size);
  const scale = memory.float32(size).fill(1);
  const digital = { values: memory.float32(vectors * size).fill(0), stride: size, offset: 0 };
  const convert = () => convertInputs(engine, x, vectors, size, 1, levels, "signed", codes, null);
  convert();
  const count = vectors;
  return [
    {
      name: named.reference,
      each: "vector",
      count,
      run: () => multiplyFloats(engine, x, weights, vectors, size, size, plain),
    },
    { name: "integer product alone", each: "vector", count, run: () => multiplyCodes(engine, codes, packed, whole) },
    {
      name: named.constant,
      each: "vector",
      count,
      run() {
        convert();
        multiplyCodes(engine, codes, packed, whole);
        sumColumns(engine, whole, 1e-12, 1 / levels, noise, next(), sums);
        convertOutputs(engine, sums, size, vectors, 200e-6, levels, true, scale, digital);
      },
    },
  ];
}

/** A layer of one tile, as an evaluation multiplies with it; and one reading of it. */
function layers(engine: Engine, weights: Float32Array, x: Float32Array, root: Draw, next: () => number): Case[] {
  const chip = readChip({ chip: "pcm", overrides: [], open: () => undefined });
  const options = layerOptions(placementOf(chip, new Set(), "statistical", "process"));
  const product = { name: "layer", groups: 1, rows: size, columns: size, weights: [weights] };
  const layerAt = (split: NoiseSplit): TileLayer => {
    const layer = new TileLayer(engine, product, options, at(root, "layer"));
    layer.setRanges({ inputRange: 1, outputRanges: [200e-6] });
    layer.program(0);
    layer.elapse(options.device.firstReading + 3600);
    layer.hold(split, 0);
    return layer;
  };
  const split: NoiseSplit = { mode: "process", window: 10e-3 };
  const fresh = layerAt(split);
  const held = layerAt({ ...split, mode: "held" });
  const first = x.slice(0, size);
  const [out, outOfOne] = [new Float32Array(vectors * size), new Float32Array(size)];
  const batch = (name: string, layer: TileLayer): Case => ({
    name,
    each: "vector",
    count: vectors,
    run: () => layer.multiply(x, vectors, "images", next(), null, out),
  });
  const single = (name: string, layer: TileLayer): Case => ({
    name,
    each: "vector",
    count: singles,
    run() {
      for (let n = 0; n < singles; n++) layer.multiply(first, 1, "images", next(), null, outOfOne);
    },
  });
  return [
    batch(named.held, held),
    batch(named.exact, fresh),
    single(named.heldSingle, held),
    single(named.exactSingle, fresh),
    { name: "one reading: held noise, moments, packing", each: "tile", count: 1, run: () => fresh.hold(split, next()) },
  ];
}

/** Both cells of every pair. */
function programmed(engine: Engine, weights: Float32Array, root: Draw, next: () => number): Case {
  const { memory } = engine;
  const chip = readChip({ chip: "pcm", overrides: [], open: () => undefined });
  const { device, switches } = layerOptions(placementOf(chip, new Set(), "statistical", "process"));
  const array = new CrossbarArray(engine, device, size, size, at(root, "array"), switches);
  const [positive, negative] = [1, -1].map((sign) => {
    const target = memory.float32(cells);
    for (let i = 0; i < cells; i++) target[i] = Math.min(25e-6, Math.max(0, (sign * weights[i]! * 25e-6) / 3));
    return target;
  }) as [Float32Array, Float32Array];
  const now = memory.float32(cells);
  return {
    name: named.programAndDrift,
    each: "tile",
    count: 1,
    run() {
      array.program(positive, negative, next());
      array.elapse(3600);
      array.positive.conductance(now);
      array.negative.conductance(now);
    },
  };
}
