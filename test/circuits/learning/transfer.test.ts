import { describe, expect, it } from "vitest";
import { type LearningLayerOptions, type LearningProduct, learningProduct } from "../../../circuits/index.ts";
import type { TransferLearning } from "../../../circuits/learning/transfer.ts";
import { tileSpec } from "../../../circuits/tile-spec.ts";
import type { RuleOptions } from "../../../crossbar/index.ts";
import { deviceModel, shippedParameterSet } from "../../../devices/index.ts";
import { at, drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { readKnownTree } from "../../../src/ground/known-tree.ts";
import { everything } from "../../contracts/device-contract.ts";
import { chipWith, normals } from "../layers.ts";

/** Soft bounds with coarse steps, those down half of those up: about 60 steps from the middle to a bound. */
function device(step: number, asymmetry: number, law = "soft-bounds") {
  const { values } = structuredClone(shippedParameterSet("pulse-response", law).tree) as { values: KnownTree };
  const set = (path: readonly string[], value: number) => {
    const leaf = path.reduce<Record<string, unknown>>((tree, key) => tree[key] as Record<string, unknown>, values);
    leaf.value = value;
  };
  set(["step", "median"], step);
  set(["step", "asymmetry"], asymmetry);
  set(["upper", "spread"], 0.1);
  set(["lower", "spread"], 0.1);
  return deviceModel("pulse-response").prepare(readKnownTree(values, "test"));
}

interface Asked {
  readonly rule: string;
  readonly options?: RuleOptions;
  readonly rows: number;
  readonly columns: number;
  readonly device: ReturnType<typeof device>;
  readonly seed?: number;
  /** Without them products are exact. */
  readonly converters?: boolean;
}

async function productOf({ rule, options = {}, rows, columns, device: prepared, seed = 1, converters }: Asked) {
  const engine = await openEngine(2 ** 26);
  const layer: Omit<LearningLayerOptions, "rule"> = {
    chip: "chip",
    spec: tileSpec(chipWith("pcm"), new Set(converters ? [] : ["inputConverter", "outputConverter", "clipping"])),
    device: prepared,
    switches: everything,
    fidelity: "statistical",
    split: { mode: "process", window: 1e-3 },
    weightRange: 1,
    arrangement: "single",
    arbitration: { devices: 1, policy: "global-clock", increment: 1, potentiationCounter: 1, depressionCounter: 1 },
    period: 0,
    selection: "transistor",
    ledger: null,
  };
  const zeros = new Float32Array(rows * columns);
  return learningProduct(engine, "layer", rows, columns, zeros, layer, rule, options, at(drawOf(seed), "chip"));
}

const [rows, columns] = [6, 4];
const truth = normals(rows * columns, 5).map((w) => Math.max(-0.6, Math.min(0.6, 0.35 * w)));

/**
 * Linear regression y = x W + noise of standard deviation 0.5, one sample an update: the root mean square distance of weights from W, averaged
 * over the last fifth of the samples.
 */
async function regression(rule: string, rate: number, options: RuleOptions = {}, samples = 1200): Promise<number> {
  const product: LearningProduct = await productOf({ rule, options, rows, columns, device: device(0.01, 0.5) });
  const [x, noise] = [normals(rows * samples, 6), normals(columns * samples, 7)];
  let [sum, taken] = [0, 0];
  for (let n = 0; n < samples; n++) {
    const input = x.subarray(n * rows, (n + 1) * rows);
    const y = product.multiply(input, 1);
    const d = Float32Array.from({ length: columns }, (_, c) => {
      let wanted = 0.5 * noise[n * columns + c]!;
      for (let r = 0; r < rows; r++) wanted += input[r]! * truth[r * columns + c]!;
      return wanted - y[c]!;
    });
    product.update(input, d, 1, rate);
    if (n < 0.8 * samples || n % 10 > 0) continue;
    const weights = product.weights();
    sum += Math.sqrt(weights.reduce((all, w, i) => all + (w - truth[i]!) ** 2, 0) / weights.length);
    taken++;
  }
  return sum / taken;
}

describe("a fast array in front of a slow one", () => {
  // W itself is 0.30 from 0. Least squares on 1,600 samples would be 0.5 / sqrt(1,600) = 0.013 away; a step of a device is 0.02.
  const near = 0.12;
  const far = 0.25;
  it.each([
    ["tiki-taka-2", near, 1600],
    // Its references come with the lines' turns, so it is on its way for longer.
    ["agad", near, 2000],
    ["tiki-taka", 0.17, 1200],
    ["chopped", 0.2, 1200],
  ])(
    "%s finds weights that noise and unequal steps keep stochastic pulses from, to %d",
    async (rule, band, samples) => {
      expect(await regression(rule, 0.05, { transferRate: 0.1 }, samples)).toBeLessThan(band);
    },
  );

  it("which without it is a stall away from them", async () => {
    expect(await regression("stochastic", 0.05)).toBeGreaterThan(far);
  });

  it("learns nothing where what is read is not handed on", async () => {
    expect(await regression("tiki-taka-2", 0.05, { transferRate: 0 })).toBeGreaterThan(far);
  });

  // 24 updates of constant steps on 1,200 cells: what trains leave to chance is below 1 % a standard error.
  it("learns in the fast array what the gradient says", async () => {
    const [inputs, outputs] = [40, 30];
    const options = { every: 1, fastRate: 0.5, transferRate: 0, symmetryPairs: 0, gamma: 1 };
    const constant = device(0.002, 0, "constant");
    const product = await productOf({ rule: "tiki-taka", options, rows: inputs, columns: outputs, device: constant });
    const [before, wanted] = [product.weights(), new Float64Array(inputs * outputs)];
    for (let n = 0; n < 24; n++) {
      const [x, d] = [normals(inputs, 100 + n), normals(outputs, 200 + n)];
      product.update(x, d, 1, 0.005);
      for (let i = 0; i < wanted.length; i++) wanted[i]! += 0.5 * 0.005 * x[Math.floor(i / outputs)]! * d[i % outputs]!;
    }
    const after = product.weights();
    const along = wanted.reduce((sum, w, i) => sum + w * (after[i]! - before[i]!), 0);
    const slope = along / wanted.reduce((sum, w) => sum + w ** 2, 0);
    expect(Math.abs(slope - 1)).toBeLessThan(0.04);
  });

  // Sums of 100 lines whose inputs have one sign are some 40 times a line's own: a converter set for lines would leave a tenth of them.
  it("reads lines with a full scale of their own, and vectors unclipped", async () => {
    const [inputs, outputs, vectors] = [100, 4, 20];
    const asked = { rows: inputs, columns: outputs, device: device(0.002, 0, "constant"), converters: true };
    const options = { every: 2, gamma: 1, transferRate: 0, symmetryPairs: 0 };
    const product = (await productOf({ rule: "tiki-taka", options, ...asked })) as TransferLearning;
    const ones = new Float32Array(vectors * inputs).fill(1);
    const d = new Float32Array(vectors * outputs).fill(1);
    for (let batch = 0; batch < 5; batch++) product.update(ones, d, vectors, 5e-4);
    // Their full scale falls by half a batch from what it begins with.
    let y = new Float32Array();
    for (let batch = 0; batch < 3; batch++) {
      y = product.fast.multiply(ones, vectors).slice();
      product.update(ones, d, vectors, 0);
    }
    const weights = product.fast.weights();
    for (let c = 0; c < outputs; c++) {
      let sum = 0;
      for (let r = 0; r < inputs; r++) sum += weights[r * outputs + c]!;
      expect(Math.abs(y[c]! / sum - 1)).toBeLessThan(0.05);
    }
  });

  it.each(["tiki-taka", "agad"])("goes on from a saved state bit for bit: %s", async (rule) => {
    const asked = { rule, options: { every: 1, symmetryPairs: 10 }, rows, columns, device: device(0.01, 0.5) };
    const [one, other] = [await productOf(asked), await productOf(asked)];
    const step = (product: LearningProduct, n: number): void => {
      const [x, d] = [normals(2 * rows, 100 + n), normals(2 * columns, 200 + n)];
      product.multiply(x, 2);
      product.multiplyTransposed(d, 2);
      product.update(x, d, 2, 0.02);
    };
    for (let n = 0; n < 60; n++) step(one, n);
    other.restore(one.save());
    for (let n = 60; n < 90; n++) for (const product of [one, other]) step(product, n);
    expect(other.save()).toEqual(one.save());
    expect(other.clock).toBe(one.clock);
  });

  it("is refused by one line where it cannot be", async () => {
    const asked = { rows, columns, device: device(0.01, 0.5) };
    await expect(productOf({ ...asked, rule: "tiki-tako" })).rejects.toThrow(/no rule "tiki-tako"; near: tiki-taka/);
    await expect(productOf({ ...asked, rule: "agad", options: { chopper: 1 } })).rejects.toThrow(
      /rule "agad" has no option "chopper", expected every, .*; near: chopping/,
    );
    await expect(productOf({ ...asked, rule: "agad", options: { chopping: 1.5 } })).rejects.toThrow(
      /chopping is 1.5, expected a number from 0 to 1/,
    );
    const [plain, two] = [await productOf({ ...asked, rule: "chopped" }), await productOf({ ...asked, rule: "agad" })];
    expect(() => two.restore(plain.save())).toThrow(/saved state: it is of .*expected .*its own reference/);
  });
});
