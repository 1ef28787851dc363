import { describe, expect, it } from "vitest";
import { pulseBalance, symmetryPoint } from "../../../crossbar/plasticity/index.ts";
import { deviceModel, type PreparedDevice } from "../../../devices/index.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { everything, nothing, shippedSet } from "../../contracts/device-contract.ts";
import { withValues } from "../../contracts/golden.ts";

const step = 0.01;
const softBounds = (values: Readonly<Record<string, number>>): PreparedDevice =>
  deviceModel("pulse-response").prepare(
    withValues(shippedSet("pulse-response", "soft-bounds"), { "step.median": step, ...values }),
  );

async function cellsOf(device: PreparedDevice, count: number, switches = everything) {
  return device.create(await openEngine(1 << 22, "typescript"), count, drawOf(1), switches);
}

/** The set's own: weights of -0.6 .. 0.6 are 10 .. 30 uS. */
const siemens = (weight: number): number => 1e-6 * (20 + (weight / 0.6) * 10);

describe("the symmetry point under soft bounds", () => {
  it.each([0.3, 0, -0.3])("is the fixed point of a step up and one down, the asymmetry being %d", async (asymmetry) => {
    const device = softBounds({ "step.asymmetry": asymmetry });
    const [up, down] = [step * (1 + Math.min(0, asymmetry)), step * (1 - Math.max(0, asymmetry))];
    const found = symmetryPoint(await cellsOf(device, 3, nothing), device.operation, 1000);
    // u = d + up (1 - d / 0.6) and d = u - down (1 + u / 0.6), solved for d.
    const d = (up * (1 - down / 0.6) - down) / (up / 0.6 + down / 0.6 - (up * down) / 0.36);
    const u = d + up * (1 - d / 0.6);
    for (const [i, conductance] of found.conductance.entries()) {
      // State is float32.
      expect(conductance / siemens((u + d) / 2)).toBeCloseTo(1, 5);
      expect(found.up[i]! / (siemens(u) - siemens(d))).toBeCloseTo(1, 3);
      expect(found.down[i]! / found.up[i]!).toBeCloseTo(-1, 3);
    }
    expect(found.work).toBeGreaterThan(0);
  });

  it("is the same from wherever cells start, each one's own", async () => {
    const device = softBounds({ "cycleNoise.deviation": 0, "step.asymmetrySpread": 0.2 });
    const points: Float32Array[] = [];
    for (const start of [11e-6, 29e-6]) {
      const cells = await cellsOf(device, 20);
      cells.replace!(new Float32Array(20).fill(start), true);
      points.push(symmetryPoint(cells, device.operation, 2000, 1).conductance);
    }
    for (const [i, point] of points[0]!.entries()) expect(point / points[1]![i]!).toBeCloseTo(1, 3);
    // An asymmetry a takes the point to a / 2 of the way to a limit: 20 devices of 20 % spread differ by more than a fifth of 10 uS.
    const spread = Math.max(...points[0]!) - Math.min(...points[0]!);
    expect(spread).toBeGreaterThan(2e-6);
  });

  it("is held within the noise from cycle to cycle, and half as many pairs again do not move it", async () => {
    const device = softBounds({});
    const cells = await cellsOf(device, 100);
    const first = symmetryPoint(cells, device.operation, 400);
    const second = symmetryPoint(cells, device.operation, 300, 300);
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    // A step of 0.01 is 1/6 uS; a cell wanders about its point with 0.3 of it times sqrt(120 / 2 / 2), 100 cells' mean with 0.03 uS.
    expect(Math.abs(mean(second.conductance) - mean(first.conductance))).toBeLessThan(0.1e-6);
    expect(Math.abs(mean(second.up) + mean(second.down)) / mean(second.up)).toBeLessThan(0.02);
  });
});

describe("cells without a symmetry point", () => {
  it("say so by steps that are not equal: constant ones between limits drift to one", async () => {
    const values = withValues(shippedSet("pulse-response", "constant"), {
      "step.median": 0.001,
      "step.asymmetry": 0.5,
    });
    const device = deviceModel("pulse-response").prepare(values);
    const found = symmetryPoint(await cellsOf(device, 1, nothing), device.operation, 100, 50);
    expect(found.down[0]! / found.up[0]!).toBeCloseTo(-0.5, 3);
  });

  it("are refused where they have no pulses of both signs", async () => {
    const device = deviceModel("ideal").prepare(shippedSet("ideal", "exact"));
    const cells = await cellsOf(device, 1);
    expect(() => symmetryPoint(cells, device.operation, 10)).toThrow("symmetry point: this device model has no pulses");
    const soft = softBounds({});
    const trained = await cellsOf(soft, 1);
    expect(() => symmetryPoint(trained, soft.operation, 10, 11)).toThrow(
      "averaged is 11, expected a whole number from 1 to 10",
    );
    expect(() => symmetryPoint(trained, soft.operation, 0)).toThrow("pairs is 0");
  });
});

describe("the balance of a device's pulses", () => {
  it("says steps of the median device in the middle, their asymmetry, and the point where they are equal", async () => {
    const device = softBounds({ "step.asymmetry": 0.3 });
    const engine = await openEngine(1 << 22, "typescript");
    const balance = pulseBalance(engine, device, 40, drawOf(1));
    // 0.01 up and 0.007 down of weights, 0.6 of which are 10 uS.
    expect(balance.up.mean).toBeCloseTo(siemens(0.01) - siemens(0), 10);
    expect(balance.down.mean).toBeCloseTo(siemens(-0.007) - siemens(0), 10);
    expect(balance.asymmetry).toBeCloseTo(0.3 / 1.7, 3);
    // 1 - w / 0.6 = 0.7 (1 + w / 0.6) at w = 0.6 x 0.3 / 1.7, of the median device; others have other asymmetries by 1 %.
    expect(Math.abs(balance.symmetryPoint.mean / siemens((0.6 * 0.3) / 1.7) - 1)).toBeLessThan(0.02);
    expect(Math.abs(balance.imbalance!)).toBeLessThan(0.02);
    // Devices differ by 30 %, and so does what a pulse does from cycle to cycle.
    expect(balance.up.standardDeviation / balance.up.mean).toBeGreaterThan(0.25);
    expect(balance.up.standardDeviation / balance.up.mean).toBeLessThan(0.6);
    // Four spans of 10 uS by steps of 0.142 uS.
    expect(balance.pairs).toBe(Math.ceil(40 / (0.5 * (1 / 6 + 0.7 / 6))));
  });

  it("is refused where pulses of one sign are not known", async () => {
    const device = deviceModel("pulse-response").prepare(shippedSet("pulse-response", "pcm-exponential"));
    const engine = await openEngine(1 << 22, "typescript");
    expect(() => pulseBalance(engine, device, 2, drawOf(1))).toThrow("pulses of both signs");
  });
});
