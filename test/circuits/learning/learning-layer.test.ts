import { describe, expect, it } from "vitest";
import { LearningLayer, type LearningLayerOptions, Ledger } from "../../../circuits/index.ts";
import { tileSpec } from "../../../circuits/tile-spec.ts";
import { updateRule } from "../../../crossbar/plasticity/index.ts";
import { deviceModel } from "../../../devices/index.ts";
import { at, drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";
import { chipWith, normals } from "../layers.ts";

const nothing = { programmingNoise: false, drift: false, readNoise: false, polarity: false };
const converters = ["inputConverter", "outputConverter", "clipping"] as const;

interface Asked extends Partial<LearningLayerOptions> {
  readonly model?: string;
  readonly set?: string;
  readonly engine?: "webassembly" | "typescript";
  readonly devices?: number;
  readonly settings?: readonly string[];
  readonly exact?: boolean;
  readonly seed?: number;
}

async function layerOf(rows: number, columns: number, weights: Float32Array, asked: Asked = {}) {
  const { model = "pulse-response", set = "soft-bounds", devices = 1, settings = [], exact = false, seed = 1 } = asked;
  const chip = chipWith("pcm", "tile.rows=5", "tile.columns=4", ...settings);
  const options: LearningLayerOptions = {
    chip: `${model}/${set}`,
    spec: tileSpec(chip, new Set(exact ? converters : [])),
    device: deviceModel(model).prepare(shippedSet(model, set)),
    switches: exact ? nothing : everything,
    fidelity: "statistical",
    split: { mode: "process", window: 1e-3 },
    weightRange: 1,
    arrangement: null,
    arbitration: { devices, policy: "global-clock", increment: 1, potentiationCounter: 1, depressionCounter: 1 },
    rule: (setting) => updateRule("stochastic", setting),
    period: 0,
    selection: "transistor",
    ledger: null,
    ...asked,
  };
  const engine = await openEngine(2 ** 26, asked.engine ?? "webassembly");
  return new LearningLayer(engine, "layer", rows, columns, weights, options, at(drawOf(seed), "chip"));
}

const [rows, columns] = [12, 7];
const weights = normals(rows * columns, 3).map((w) => Math.max(-1, Math.min(1, 0.3 * w)));

describe("a layer of devices that learns", () => {
  it("is read forward and transposed through the same conductances", async () => {
    const layer = await layerOf(rows, columns, weights, { exact: true });
    const unit = (length: number) =>
      Float32Array.from({ length: length * length }, (_, i) => (i % (length + 1) === 0 ? 1 : 0));
    const forward = layer.multiply(unit(rows), rows);
    const transposed = layer.multiplyTransposed(unit(columns), columns);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) expect(transposed[j * rows + i]).toBe(forward[i * columns + j]);
    }
    // What it is asked to hold is what it holds: without noise cells take their targets, to float32.
    for (const [i, w] of forward.entries()) expect(Math.abs(w - weights[i]!)).toBeLessThan(1e-5);
  });

  // 10 steps, saved, and 10 more in another engine, against 20 in a row: every draw is addressed and all else is in the state.
  it.each([
    ["pulse-response", "soft-bounds", 1],
    ["pcm-accumulation", "nandakumar-2018", 3],
  ])("goes on from a saved state bit for bit: %s %s, %d devices", async (model, set, devices) => {
    const asked = { model, set, devices };
    const [one, other] = [await layerOf(rows, columns, weights, asked), await layerOf(rows, columns, weights, asked)];
    const step = (layer: LearningLayer, number: number): void => {
      const x = normals(3 * rows, 100 + number);
      layer.multiply(x, 3);
      const d = normals(3 * columns, 200 + number);
      layer.multiplyTransposed(d, 3);
      layer.update(x, d, 3, 0.05);
    };
    for (let n = 0; n < 10; n++) step(one, n);
    other.restore(one.save());
    for (let n = 10; n < 20; n++) {
      step(one, n);
      step(other, n);
    }
    expect(other.save()).toEqual(one.save());
    const x = normals(rows, 300);
    expect(other.multiply(x, 1)).toEqual(one.multiply(x, 1));
    expect(other.clock).toBe(one.clock);
  });

  it("refuses the state of another layer", async () => {
    const one = await layerOf(rows, columns, weights);
    const pair = await layerOf(rows, columns, weights, { arrangement: "push-pull" });
    expect(() => pair.restore(one.save())).toThrow(/saved state: it is of layer layer, .*single.*expected.*push-pull/);
    expect(() => pair.restore(new Uint8Array(100))).toThrow("it is not that of a layer that learns");
  });

  // Whatever the rule asks for is one request each; with counters of length 1 each is one pulse, with a pair pulsed oppositely two.
  it.each([
    ["single", 1, 1],
    ["differential", 1, 1],
    ["push-pull", 2, 1],
    ["single", 1, 3],
  ] as const)(
    "books exactly the pulses that its devices got: %s, %d a request, counter of %d",
    async (arrangement, pulses, length) => {
      const ledger = new Ledger();
      const arbitration = {
        devices: 2,
        policy: "global-clock",
        increment: 1,
        potentiationCounter: length,
        depressionCounter: length,
      } as const;
      const layer = await layerOf(rows, columns, weights, { arrangement, ledger, arbitration });
      const before = layer.wear();
      for (let n = 0; n < 5; n++) layer.update(normals(2 * rows, n), normals(2 * columns, 50 + n), 2, 0.05);
      const booked = (operation: string): number =>
        ledger
          .entries()
          .filter((entry) => entry.operation === operation)
          .reduce((sum, { count }) => sum + count.high + count.low, 0);
      const given = layer.wear().pulses - before.pulses;
      expect(given).toBeGreaterThan(100);
      expect(booked("potentiation") + booked("depression")).toBe(given);
      const { requested, applied } = layer.requests();
      expect(pulses * (applied.potentiation + applied.depression)).toBe(given);
      if (length === 1) expect(applied).toEqual(requested);
      else expect(requested.potentiation + requested.depression).toBeGreaterThan(2 * given);
    },
  );
});
