import { describe, expect, it } from "vitest";
import { bitsOf, drawTrains, trainPlan } from "../../../crossbar/plasticity/trains.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";

const engine = await openEngine(1 << 20);

describe("trains of pulses", () => {
  const lines = 20_000;
  it.each([0.003, 0.25, 1 / 3, 0.77, 0.999])("pulse in every slot by themselves with probability %d", (probability) => {
    const length = 31;
    const words = new Uint32Array(lines);
    drawTrains(engine, drawOf(1), 7, new Float32Array(lines).fill(1), probability, length, words);
    const slots = new Float64Array(32);
    let [sum, squares] = [0, 0];
    for (const word of words) {
      for (let slot = 0; slot < 32; slot++) slots[slot]! += (word >>> slot) & 1;
      sum += bitsOf(word);
      squares += bitsOf(word) ** 2;
    }
    // Five standard errors of a binomial mean, of one slot and of them all.
    const error = Math.sqrt((probability * (1 - probability)) / lines);
    for (let slot = 0; slot < length; slot++) {
      expect(Math.abs(slots[slot]! / lines - probability)).toBeLessThan(5 * error);
    }
    expect(slots[31]).toBe(0);
    expect(Math.abs(sum / (length * lines) - probability)).toBeLessThan((5 * error) / Math.sqrt(length));
    // Slots that hang together would show in the variance of a line's pulses: sd of a sample variance is about variance sqrt(2 / lines),
    // more where the distribution is skewed.
    const variance = squares / lines - (sum / lines) ** 2;
    const expected = length * probability * (1 - probability);
    const kurtosis = 3 + (1 - 6 * probability * (1 - probability)) / expected;
    expect(Math.abs(variance / expected - 1)).toBeLessThan(5 * Math.sqrt((kurtosis - 1) / lines));
  });

  it("of a line and an update are the same whatever else is drawn", () => {
    const draw = drawOf(3);
    const [all, few] = [new Uint32Array(100), new Uint32Array(40)];
    const values = Float32Array.from({ length: 100 }, (_, k) => k / 100);
    drawTrains(engine, draw, 5, values, 1, 32, all);
    drawTrains(engine, draw, 5, values.subarray(0, 40), 1, 32, few);
    expect(few).toEqual(all.subarray(0, 40));
    drawTrains(engine, draw, 6, values.subarray(0, 40), 1, 32, few);
    expect(few).not.toEqual(all.subarray(0, 40));
  });

  it("have the same bits from the kernel and its twin", async () => {
    const twins = await openEngine(1 << 20, "typescript");
    const values = Float32Array.from({ length: 300 }, (_, k) => Math.sin(k) * (k % 7 === 0 ? 0 : 1.2));
    for (const length of [0, 1, 5, 31, 32]) {
      const [kernel, twin] = [new Uint32Array(300), new Uint32Array(300)];
      drawTrains(engine, drawOf(9), 2 ** 40 + 3, values, 1, length, kernel);
      drawTrains(twins, drawOf(9), 2 ** 40 + 3, values, 1, length, twin);
      expect(kernel).toEqual(twin);
    }
  });

  it("are always on at a probability of 1 and never at 0", () => {
    const words = new Uint32Array(3);
    drawTrains(engine, drawOf(1), 0, Float32Array.of(0, 1, -3), 1, 5, words);
    expect([...words]).toEqual([0, 31, 31]);
  });

  it("have gains that make the mean count rate x d / step, and lengths as asked for", () => {
    const managed = { trainLength: 31, updateManagement: true, lengthManagement: true };
    const plan = trainPlan(0.5, 0.02, 0.1, 1e-4, managed);
    // ceil(0.1 x 0.5 x 0.02 / 1e-4) = 10
    expect(plan.length).toBe(10);
    expect(plan.inputGain * 0.5).toBeCloseTo(plan.outputGain * 0.02, 12);
    expect(plan.length * plan.inputGain * plan.outputGain).toBeCloseTo(0.1 / 1e-4, 6);
    const plain = trainPlan(0.5, 0.02, 0.1, 1e-4, {
      trainLength: 31,
      updateManagement: false,
      lengthManagement: false,
    });
    expect(plain.length).toBe(31);
    expect(plain.inputGain).toBe(plain.outputGain);
    expect(plain.length * plain.inputGain * plain.outputGain).toBeCloseTo(0.1 / 1e-4, 6);
    expect(trainPlan(0, 0.02, 0.1, 1e-4, managed).length).toBe(0);
  });
});
