import { describe, expect, it } from "vitest";
import { type LearningLayer, Ledger } from "../../../circuits/index.ts";
import { deviceModel } from "../../../devices/index.ts";
import { shippedSet } from "../../contracts/device-contract.ts";
import { normals } from "../layers.ts";
import { learningLayer, nothing } from "./learning-layers.ts";

const [rows, columns] = [12, 7];
const weights = normals(rows * columns, 3).map((w) => Math.max(-1, Math.min(1, 0.3 * w)));

describe("a layer of devices that learns", () => {
  it("is read forward and transposed through the same conductances", async () => {
    const layer = await learningLayer(rows, columns, weights, { exact: true });
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

  // Cells that conduct differently with the voltage reversed meet it the same way round from both sides, whichever sign inputs have.
  it.each([1, 2, 4])("meets the read voltage the same way round from both sides, in %d phases", async (phases) => {
    const asked = { model: "jart-vcm", set: "bengel-2020", switches: { ...nothing, polarity: true } };
    const settings = [`read.phases=${phases}`, "inputConverter.bits=Infinity", "outputConverter.bits=Infinity"];
    const layer = await learningLayer(rows, columns, weights, { ...asked, settings });
    const unit = (length: number, sign: number) =>
      Float32Array.from({ length: length * length }, (_, i) => (i % (length + 1) === 0 ? sign : 0));
    const seen: Float32Array[] = [];
    for (const sign of [1, -1]) {
      const forward = layer.multiply(unit(rows, sign), rows);
      const transposed = layer.multiplyTransposed(unit(columns, sign), columns);
      seen.push(forward.map((w) => sign * w));
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) expect(transposed[j * rows + i]).toBe(forward[i * columns + j]);
      }
    }
    // Both signs are driven the same way round where each has a phase and each side its own; with one phase negative inputs turn the voltage.
    if (phases === 1) expect(seen[1]).not.toEqual(seen[0]);
    if (phases === 4) expect(seen[1]).toEqual(seen[0]);
  });

  // Every vector is the same, so that what differs is what is drawn afresh. 2000 of them: means within 5 standard errors, variances within 5
  // of theirs, sqrt(2 / 2000) of the variance.
  it("draws fresh noise of a transposed read as cells that are read one by one have it", async () => {
    const vectors = 2000;
    const asked = {
      model: "pcm-accumulation",
      set: "nandakumar-2018",
      switches: { ...nothing, readNoise: true },
      settings: ["inputConverter.bits=Infinity", "outputConverter.bits=Infinity"],
    };
    const d = normals(columns, 7);
    const repeated = Float32Array.from({ length: vectors * columns }, (_, i) => d[i % columns]!);
    const moments = async (fidelity: "statistical" | "sampled") => {
      const layer = await learningLayer(rows, columns, weights, { ...asked, fidelity });
      layer.multiply(normals(rows, 8), 1);
      const e = layer.multiplyTransposed(repeated, vectors);
      return Array.from({ length: rows }, (_, i) => {
        const own = Array.from({ length: vectors }, (_, v) => e[v * rows + i]!);
        const mean = own.reduce((sum, value) => sum + value, 0) / vectors;
        return { mean, variance: own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / vectors };
      });
    };
    const [one, other] = [await moments("statistical"), await moments("sampled")];
    for (let i = 0; i < rows; i++) {
      const [a, b] = [one[i]!, other[i]!];
      expect(b.variance).toBeGreaterThan(0);
      expect(Math.abs(a.mean - b.mean)).toBeLessThan(5 * Math.sqrt((a.variance + b.variance) / vectors));
      expect(Math.abs(a.variance / b.variance - 1)).toBeLessThan(5 * Math.sqrt(4 / vectors));
    }
  });

  it("holds the same slow noise for both directions, and draws what is fresh apart", async () => {
    // All noise held: forward and transposed are the same conductances again, other than those of the next reading.
    const asked = {
      model: "pcm-accumulation",
      set: "nandakumar-2018",
      switches: { ...nothing, readNoise: true },
      settings: ["inputConverter.bits=Infinity", "outputConverter.bits=Infinity"],
    };
    const unit = (length: number) =>
      Float32Array.from({ length: length * length }, (_, i) => (i % (length + 1) === 0 ? 1 : 0));
    const held = await learningLayer(rows, columns, weights, { ...asked, split: { mode: "held", window: 1e-3 } });
    const forward = held.multiply(unit(rows), rows);
    const transposed = held.multiplyTransposed(unit(columns), columns);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) expect(transposed[j * rows + i]).toBe(forward[i * columns + j]);
    }
    expect(held.multiply(unit(rows), rows)).not.toEqual(forward);
    const fresh = await learningLayer(rows, columns, weights, { ...asked, split: { mode: "perRead", window: 1e-3 } });
    const first = fresh.multiply(unit(rows), rows);
    const second = fresh.multiplyTransposed(unit(columns), columns);
    const third = fresh.multiplyTransposed(unit(columns), columns);
    expect(third).not.toEqual(second);
    expect(second.filter((e, k) => e === first[(k % rows) * columns + Math.floor(k / rows)]).length).toBe(0);
  });

  // 10 steps, saved, and 10 more in another engine, against 20 in a row: every draw is addressed and all else is in the state.
  it.each([
    ["pulse-response", "soft-bounds", 1],
    ["pcm-accumulation", "nandakumar-2018", 3],
  ])("goes on from a saved state bit for bit: %s %s, %d devices", async (model, set, devices) => {
    const asked = { model, set, devices };
    const [one, other] = [
      await learningLayer(rows, columns, weights, asked),
      await learningLayer(rows, columns, weights, asked),
    ];
    const step = (layer: LearningLayer, number: number): void => {
      const x = normals(3 * rows, 100 + number);
      layer.multiply(x, 3);
      const d = normals(3 * columns, 200 + number);
      layer.multiplyTransposed(d, 3);
      layer.update(x, d, 3, 0.05);
    };
    for (let n = 0; n < 10; n++) step(one, n);
    other.restore(one.save());
    expect(() => other.multiplyTransposed(normals(columns, 1), 1)).toThrow("before it is read forward");
    for (let n = 10; n < 20; n++) {
      step(one, n);
      step(other, n);
    }
    expect(other.save()).toEqual(one.save());
    const x = normals(rows, 300);
    expect(other.multiply(x, 1)).toEqual(one.multiply(x, 1));
    expect(other.clock).toBe(one.clock);
  });

  it("books the pulses of refreshes as well, and goes on after them bit for bit", async () => {
    const asked = { model: "pcm-accumulation", set: "nandakumar-2018", devices: 2 };
    const refresh = { interval: 4, larger: 0.5, smaller: 0.2 };
    const ledger = new Ledger();
    const layer = await learningLayer(rows, columns, weights, { ...asked, ledger, refresh });
    const start = layer.wear();
    const learn = (each: LearningLayer, from: number): void => {
      for (let n = from; n < from + 10; n++) each.update(normals(2 * rows, n), normals(2 * columns, 50 + n), 2, 1);
    };
    learn(layer, 0);
    const other = await learningLayer(rows, columns, weights, { ...asked, refresh });
    other.restore(layer.save());
    learn(layer, 10);
    learn(other, 10);
    expect(other.save()).toEqual(layer.save());
    expect(layer.refreshes.refreshed).toBeGreaterThan(50);
    const sum = (operation: string, figure: "count" | "duration"): number =>
      ledger
        .entries()
        .filter((entry) => entry.operation === operation)
        .reduce((total, entry) => total + entry[figure].high + entry[figure].low, 0);
    expect(sum("depression", "count")).toBeGreaterThan(100);
    expect(sum("potentiation", "count") + sum("depression", "count")).toBe(layer.wear().pulses - start.pulses);
    // Ten refreshes read every side of every pair at least once.
    expect(sum("refreshRead", "count")).toBeGreaterThan(10 * 2 * rows * columns);
    // Whatever lasted was booked once: tiles work at the same time, and all devices come to the same time.
    const lasted = sum("potentiation", "duration") + sum("refreshRead", "duration");
    expect(Math.abs(layer.clock / lasted - 1)).toBeLessThan(1e-12);
  });

  it("refuses the state of another layer", async () => {
    const one = await learningLayer(rows, columns, weights);
    const pair = await learningLayer(rows, columns, weights, { arrangement: "push-pull" });
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
      const layer = await learningLayer(rows, columns, weights, { arrangement, ledger, arbitration });
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

  // Where a set has no targets, the range is what pulses reach, and weights are written by the pulses that also learn.
  it.each([
    ["pcm-thermal", "mushroom-illustrative"],
    ["pulse-response", "pcm-exponential"],
  ])("holds weights on devices that have no scheme of programming: %s %s", async (model, set) => {
    const layer = await learningLayer(rows, columns, weights, { model, set });
    expect(layer.programming!.pulses).toBeGreaterThan(rows * columns);
    expect(layer.programming!.seconds).toBeGreaterThan(0);
    const now = layer.weights();
    const cosine = (a: Float32Array, b: Float32Array): number => {
      const along = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
      return along(a, b) / Math.sqrt(along(a, a) * along(b, b));
    };
    // A phase-change pulse of the thermal model is worth 0.18 of the largest weight, and these are 0.3 of it: half a pulse, uniformly off, is a
    // cosine of 0.95; pulses vary and cells start anywhere.
    expect(cosine(now, weights)).toBeGreaterThan(0.8);
  });

  it.each(["single", "push-pull"] as const)(
    "takes time to find symmetry points, on all tiles at once: %s",
    async (arrangement) => {
      const asked = { arrangement, set: "capacitor" };
      const [layer, wide] = [
        await learningLayer(5, 4, new Float32Array(20), asked),
        await learningLayer(10, 4, new Float32Array(40), asked),
      ];
      const { potentiate, depress } = deviceModel("pulse-response").prepare(
        shippedSet("pulse-response", "capacitor"),
      ).operation;
      const pulses = 1000 * (potentiate!.width + depress!.width);
      const [one, two] = [layer, wide].map((each) => {
        const before = each.programming!.seconds;
        each.shiftToSymmetry(1000);
        return each.programming!.seconds - before;
      });
      if (arrangement === "push-pull") {
        for (const seconds of [one, two]) expect(seconds! / pulses).toBeCloseTo(1, 9);
        return;
      }
      expect(one).toBeGreaterThan(pulses);
      expect(two! - pulses).toBeLessThan(1.5 * (one! - pulses));
    },
  );
});
