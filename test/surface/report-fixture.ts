import type { TimeResult } from "../../experiments/network/evaluation.ts";
import type { EvaluationOutput, MultiplicationOutput } from "../../src/surface/report/shapes.ts";

/**
 * An evaluation of the right shape and size for the report's tests. Its numbers are invented (near enough to a small
 * perceptron to look like one) and are nobody's result.
 */
const times = [0, 3600, 86_400, 30 * 86_400, 365 * 86_400];
const firstReading = 20;

const layers = [
  {
    name: "hidden.0",
    rows: 784,
    columns: 512,
    tiles: 2,
    signalToNoise: 24.31,
    relativeError: 0.0609,
    clipped: 0.00021,
  },
  {
    name: "hidden.1",
    rows: 512,
    columns: 256,
    tiles: 1,
    signalToNoise: 22.86,
    relativeError: 0.0719,
    clipped: 0.00047,
  },
  { name: "scores", rows: 256, columns: 10, tiles: 1, signalToNoise: 23.52, relativeError: 0.0667, clipped: 0 },
].map((layer) => ({ ...layer, operator: "Gemm", groups: 1, inputRange: 1.0, outputRanges: [1.31e-3, 9.8e-4] }));

function summaryOf(mean: number, spread: number, chips: readonly number[]) {
  return { mean, low: mean - 1.24 * spread, high: mean + 1.24 * spread, standardDeviation: spread, chips };
}

/** A bell over 64 bins, with a little beyond its ends. */
function bell(low: number, high: number, centre: number, width: number) {
  const counts = Array.from({ length: 64 }, (_, bin) => {
    const value = low + ((bin + 0.5) * (high - low)) / 64;
    return Math.round(10_000 * Math.exp(-(((value - centre) / width) ** 2) / 2));
  });
  return { low, high, counts, below: 3, above: 5 };
}

/** Accuracy that a cause alone loses, and that its removal regains. */
const causeSizes = {
  programmingNoise: [0.0031, 0.0024],
  drift: [0.0052, 0.0047],
  readNoise: [0.0018, 0.0013],
  inputConverter: [0.0001, 0],
  outputConverter: [0.0003, -0.0001],
  clipping: [0, 0],
} as const;

function causesOf(time: number, compensated: boolean): NonNullable<EvaluationOutput["causes"]> {
  return Object.entries(causeSizes).map(([cause, [alone, removed]]) => {
    const of = (size: number) =>
      summaryOf(
        size,
        0.0004,
        [-1.2, -0.3, 0.1, 0.5, 0.9].map((x) => size + 0.0004 * x),
      );
    return { time, compensated, cause: cause as keyof typeof causeSizes, alone: of(alone), removed: of(removed) };
  });
}

function results(
  compensated: boolean,
  accuracies: readonly number[],
  biases: readonly number[],
  errors: readonly number[],
): TimeResult[] {
  return times.map((time, index) => {
    const mean = accuracies[index]!;
    const spread = (0.002 * (1 - mean)) / (1 - accuracies[0]!);
    const chips = [-1.2, -0.3, 0.1, 0.5, 0.9].map((offset) => mean + offset * spread);
    return {
      time,
      sinceProgramming: time + firstReading,
      compensated,
      accuracy: { ...summaryOf(mean, spread, chips), from: { chip: spread, testSet: 0.0014 } },
      topAccuracy: [{ k: 5, ...summaryOf(0.999, 0.0001, [0.9989, 0.999, 0.999, 0.999, 0.9991]) }],
      meanSquaredError: summaryOf(0.02 + 0.01 * index, 0.001, [0.019, 0.02, 0.02, 0.02, 0.021]),
      weightError: { mean: biases[index]!, standardDeviation: errors[index]! },
      factors: compensated
        ? layers.map(({ name }, layer) => ({
            layer: name,
            mean: [1, 1.17, 1.31, 1.49, 1.71][index]! + 0.004 * layer,
            standardDeviation: 0.002 * index,
          }))
        : null,
      beyondSource: time + firstReading > 10 * 86_400,
    };
  });
}

const log = { batch: 1, precision: "int8" } as const;

export const evaluationFixture: EvaluationOutput = {
  crossohm: "0.1.0",
  command: "evaluate",
  arguments: ["perceptron-fixture.onnx", "--data", "digits <made up>", "--chip", "pcm"],
  seed: 1,
  kernels: { build: "WebAssembly, SIMD", engine: "int16 products" },
  warnings: ['layer "scores": 3 of 256 calibration inputs were zero & told nothing'],
  chip: { name: "pcm", title: "Doped Ge2Sb2Te5 cells, 512 x 512 tiles (fixture)" },
  network: {
    file: "perceptron-fixture.onnx",
    checksum: "sha256:0000000000000000000000000000000000000000000000000000000000000000",
    layers,
    parameters: 535_818,
    digitalOperators: { Relu: 2, Flatten: 1 },
    macs: { analog: 535_040, digital: 0 },
  },
  images: 10_000,
  floatAccuracy: 0.9843,
  floatAccuracyError: 0.00124,
  floatTopAccuracy: [{ k: 5, share: 0.9991 }],
  selfCheck: { sameClass: 10_000, images: 10_000, maximumLogitDifference: 7.6e-6 },
  results: [
    ...results(
      false,
      [0.9781, 0.9724, 0.9601, 0.9188, 0.8457],
      [-0.0004, -0.0011, -0.0019, -0.0024, -0.0029],
      [0.0341, 0.052, 0.0664, 0.0789, 0.0878],
    ),
    ...results(
      true,
      [0.9781, 0.9768, 0.9752, 0.9729, 0.9701],
      [-0.0004, -0.0005, -0.0006, -0.0006, -0.0007],
      [0.0341, 0.0362, 0.0393, 0.0436, 0.0482],
    ),
  ],
  causes: [0, 365 * 86_400].flatMap((time) => [false, true].flatMap((compensated) => causesOf(time, compensated))),
  causesByLayer: [0, 365 * 86_400].flatMap((time) =>
    [false, true].flatMap((compensated) =>
      layers.map(({ name }, index) => ({
        time,
        compensated,
        layer: name,
        removed: summaryOf(0.004 - 0.001 * index, 0.0004, [0.0035, 0.0039, 0.004, 0.0042, 0.0044]),
      })),
    ),
  ),
  histograms: layers.map(({ name }) => ({
    layer: name,
    inputs: bell(-1, 1, 0.2, 0.2),
    outputs: bell(-1, 1, 0, 0.3),
    target: bell(-1.5, 1.5, 0, 0.3),
    first: bell(-1.5, 1.5, 0, 0.31),
    last: bell(-1.5, 1.5, 0, 0.22),
  })),
  energy: {
    perInference: 3.094e-8,
    byComponent: {
      "output conversion": 1.21e-8,
      "cell reads": 6.42e-9,
      buffers: 5.87e-9,
      "digital accumulate": 2.35e-9,
      "input conversion": 1.75e-9,
      "supply headroom": 1.12e-9,
      drivers: 9.3e-10,
      static: 3.9e-10,
      "compensation reads": 1e-11,
    },
    byLayer: { "hidden.0": 1.902e-8, "hidden.1": 9.41e-9, scores: 2.09e-9, digital: 4.2e-10 },
    writeVerify: null,
    programming: 1.177e-4,
    inferences: 1e6,
    boundary: {
      text: "From image in the chip's input buffer to scores in its output buffer: the arrays, their converters, drivers, buffers and digital arithmetic. Programming is spread over the inferences stated.",
      included: [
        "cell reads",
        "supply headroom",
        "converters",
        "drivers",
        "buffers",
        "digital arithmetic",
        "static power",
        "programming",
      ],
      excluded: ["off-chip memory", "host", "voltage regulators", "cooling"],
    },
  },
  latency: {
    perInference: 6.61e-6,
    byComponent: { "cell reads": 7.68e-7, "output conversion": 4.6e-6, "digital accumulate": 1.242e-6 },
    byLayer: { "hidden.0": 3.91e-6, "hidden.1": 2.3e-6, scores: 3.4e-7, digital: 6e-8 },
  },
  devices: 1_070_080,
  tiles: 4,
  gpus: [
    ["a100", "NVIDIA A100 SXM 80 GB", 1, 1.52e-3, [1.21e-3, 4.1e-6, 2.6e-5, 2.8e-4], 2.1e-5, 0.0004],
    ["a100", "NVIDIA A100 SXM 80 GB", 4096, 9.2e-7, [4.1e-7, 3.9e-7, 8e-8, 4e-8], 2.4e-4, 0.21],
    ["orin", "NVIDIA Jetson AGX Orin 64 GB", 1, 6.1e-4, [4.7e-4, 6e-6, 3.4e-5, 1e-4], 4.4e-5, 0.0012],
    ["orin", "NVIDIA Jetson AGX Orin 64 GB", 2048, 1.4e-6, [5.1e-7, 6.9e-7, 1.4e-7, 6e-8], 7.2e-4, 0.18],
  ].map((row) => {
    const [name, title, batch, energyPerInference, terms, latency, utilisation] = row as [
      string,
      string,
      number,
      number,
      number[],
      number,
      number,
    ];
    const [fixed, operations, bytes, host] = terms as [number, number, number, number];
    return {
      name,
      title,
      batch,
      precision: "fp16",
      energyPerInference,
      terms: { static: fixed, operations, bytes, host },
      latency,
      utilisation,
      anchors: [
        { ...log, log: `ResNet-50 on ${name} (fixture)`, measured: 0.0121, modelled: 0.0128, leaveOneOut: 0.0149 },
      ],
      latencyAnchors: [
        {
          ...log,
          log: `ResNet-50, alone, on ${name} (fixture)`,
          measured: 5.1e-4,
          modelled: 6.2e-4,
          leaveOneOut: 1.3e-3,
        },
      ],
      boundary: { text: `What ${title} counts.`, included: ["arithmetic"], excluded: ["cooling"] },
      ratio: energyPerInference / (3.094e-8 + 1.177e-4 / 1e6),
    };
  }),
  gpuModel: {
    energy: { logs: 2, modelled: 1.06, leaveOneOut: 1.24 },
    latency: { logs: 2, modelled: 1.22, leaveOneOut: 2.55 },
  },
  readNoise: {
    mode: "process",
    window: 0.0661,
    heldShare: times.map((time, index) => ({ time, share: [0.31, 0.56, 0.62, 0.67, 0.69][index]! })),
  },
  assumptions: [
    { name: "costs.programming.iterations", value: 10, unit: "1", howKnown: "assumed", source: null },
    { name: "costs.outputConversion.node", value: 3.2e-8, unit: "m", howKnown: "assumed", source: null },
    { name: "costs.buffer.write", value: 2.5e-12, unit: "J/byte", howKnown: "assumed", source: "fixture-2014" },
    { name: "chip.read.input", value: "pulse-width", unit: "", howKnown: "assumed", source: null },
  ],
  clipping: layers.map(({ name, clipped }) => ({ layer: name, inputs: 0.0013, outputs: clipped })),
  runtime: { seconds: 9.42, perImage: 1.88e-5, threads: 2, peakMemory: 3.61e8 },
  finishedChips: 5,
};

/** A small multiplication of the right shape; invented numbers, again nobody's result. */
export const multiplicationFixture: MultiplicationOutput = {
  crossohm: "0.1.0",
  command: "multiply",
  arguments: ["--weights", "w.npy", "--inputs", "x.npy"],
  seed: 1,
  kernels: "fixture",
  warnings: [],
  ...productsFixture(),
  energy: { perVector: 1.4e-9, byComponent: { "cell reads": 6e-10, "output conversion": 8e-10 } },
  latency: { perVector: 4.2e-7, byComponent: { "cell reads": 1.3e-7, "output conversion": 2.9e-7 } },
  clipping: { weights: 0, inputs: 0.001, outputs: 0.0002 },
  readNoise: { mode: "process", window: 1.3e-5, heldShare: [{ time: 0, share: 0.3 }] },
  devices: 1024,
  tiles: 1,
};

function productsFixture(): Pick<MultiplicationOutput, "ideal" | "results" | "relativeError"> {
  const ideal = Array.from({ length: 40 }, (_, vector) =>
    Array.from({ length: 32 }, (_, output) => Math.sin(1 + vector * 1.7 + output * 0.9) * 3),
  );
  const results = [0, 1].flatMap((chip) =>
    [0, 31_536_000].map((time) => ({
      chip,
      time,
      outputs: [0, 1].map((repeat) =>
        ideal.map((row, vector) =>
          row.map((exact, output) => {
            const error = Math.sin(12.9898 * vector + 78.233 * output + 3.1 * chip + 7.7 * repeat);
            return exact * (time === 0 ? 1 : 0.8) + (time === 0 ? 0.15 : 0.3) * error;
          }),
        ),
      ),
    })),
  );
  const relativeError = [
    { time: 0, plain: 0.05, bestScalar: 0.05 },
    { time: 31_536_000, plain: 0.22, bestScalar: 0.1 },
  ];
  return { ideal, results, relativeError };
}
