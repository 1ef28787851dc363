import { expect, it } from "vitest";
import type { DeviceModel } from "../../devices/device.ts";
import type { ContinuousLaw, DeviceLaw } from "../../devices/population/index.ts";
import { continuousLaw } from "../../devices/population/index.ts";
import { shippedSet } from "./device-contract.ts";
import { freshDevice, largestDifference, loopOf, stretchOf } from "./one-device.ts";

/** What every law of differential equations must satisfy on the I-V loop that its set names. */
export function keepsItsLoop(
  model: DeviceModel,
  set: string,
  lawOf: () => DeviceLaw & Pick<ContinuousLaw, "rates">,
): void {
  const law = lawOf() as ContinuousLaw & DeviceLaw;
  const { sweep, potentiate, depress } = model.prepare(shippedSet(model.name, set)).operation;
  const { voltages, rate } = sweep!;

  it("changes by less than 0.1 % over its I-V loop with a tenth of the tolerance", () => {
    const fine = continuousLaw({ ...law, tolerance: (law.tolerance ?? 1e-5) / 10 });
    const [one, other] = [loopOf(law, voltages, rate, 400), loopOf(fine, voltages, rate, 400)];
    expect(largestDifference(one.currents, other.currents)).toBeLessThan(1e-3);
    expect(Math.abs(one.work - other.work) / other.work).toBeLessThan(1e-3);
  });

  it.each([
    ["1 V/ns", 1e9],
    ["1 mV/s", 1e-3],
  ])("follows a ramp of %s there and back, free and with a compliance current", (_name, speed) => {
    for (const compliance of [Infinity, 0.3 * Math.abs(largestCurrent(law, voltages, rate))]) {
      const loop = loopOf(law, voltages, speed, 40, { compliance });
      expect(loop.currents.every((current) => Number.isFinite(current) && Math.abs(current) <= compliance)).toBe(true);
      expect(loop.work).toBeGreaterThan(0);
    }
  });

  it("does the same in two pieces as in one, and passive work", () => {
    for (const pulse of [potentiate, depress]) {
      if (!pulse) continue;
      const [one, two] = [freshDevice(law), freshDevice(law)];
      const { voltage, width } = pulse;
      const whole = law.evolve(one.x, stretchOf(law, voltage, voltage, width), one.normals, one.traits);
      const parts = [0.3, 0.7].map((share) =>
        law.evolve(
          two.x,
          stretchOf(law, voltage, voltage, share * width, { since: share === 0.7 ? 0.3 * width : 0 }),
          two.normals,
          two.traits,
        ),
      );
      expect((parts[0]! + parts[1]!) / whole).toBeCloseTo(1, 3);
      for (const [i, { low, high }] of law.variables.entries()) {
        expect(Math.abs(one.x[i]! - two.x[i]!) / (high - low)).toBeLessThan(1e-4);
      }
    }
  });
}

function largestCurrent(law: DeviceLaw, voltages: readonly number[], rate: number): number {
  return loopOf(law, voltages, rate, 100).currents.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
