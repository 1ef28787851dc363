import { describe, expect, it } from "vitest";
import { dynamicMemristorLaw } from "../../../devices/volatile/dynamic-memristor.ts";
import { tsodyksMarkramLaw } from "../../../devices/volatile/tsodyks-markram.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { shippedSet } from "../../contracts/device-contract.ts";
import { deviceOf, expectGolden, type Golden, withValues } from "../../contracts/golden.ts";

const depressing = shippedSet("tsodyks-markram", "depressing");

/** u x before each spike of a row, what it releases, and both states after it, by the recursion as it is printed. */
function spikes(use: number, recovery: number, facilitation: number, gaps: readonly number[]): number[][] {
  let [u, x] = [use, 1];
  return gaps.map((gap) => {
    u += use * (1 - u);
    const released = u * x;
    x *= 1 - u;
    const after = [released, u, x];
    u = use + (u - use) * Math.exp(-gap / facilitation);
    x = 1 + (x - 1) * Math.exp(-gap / recovery);
    return after;
  });
}

describe("the synapse of Tsodyks and Markram", () => {
  const gaps = [0.05, 0.001, 0.2, 0.01, 1];
  const width = 1e-9;

  const published: [string, number, number, number][] = [
    ["depressing", 1 - Math.sqrt(0.5), 0.8, 1e-3],
    ["facilitating", 0.03, 0.13, 0.53],
  ];

  it.each(published)(
    "%s: follows its recursion, and 5 % of any coefficient is noticed",
    (name, use, recovery, facilitation) => {
      const golden = (values: KnownTree): Golden => {
        const law = tsodyksMarkramLaw(values);
        const device = deviceOf(law);
        const expected = spikes(use, recovery, facilitation, gaps);
        const figures = gaps.flatMap((gap, n): Golden[number][] => {
          const work = device.apply(1, width);
          const [released, u, x] = expected[n]!;
          const found: Golden[number][] = [
            [`current of spike ${n}`, device.current(1), 10e-6 * released!],
            [`work of spike ${n}`, work, 10e-6 * released! * width],
            [`u after ${n}`, device.x[0]!, u!],
            [`x after ${n}`, device.x[1]!, x!],
            [`read after ${n}`, device.current(0.1), 10e-6 * 0.1 * u! * x!],
          ];
          device.wait(gap - width);
          return found;
        });
        const threshold: Golden = [0.51, 0.49].map((v) => [`${v} V`, Number(law.writes(v)), Number(v > 0.5)] as const);
        return [...figures, ...threshold, ["temperature", law.temperature.usual, 300]];
      };
      expectGolden(shippedSet("tsodyks-markram", name), golden);
    },
  );

  it("depresses and facilitates the second of two spikes", () => {
    const ratio = (name: string, gap: number): number => {
      const device = deviceOf(tsodyksMarkramLaw(shippedSet("tsodyks-markram", name)));
      device.apply(1, width);
      const first = device.current(1);
      device.wait(gap);
      device.apply(1, width);
      return device.current(1) / first;
    };
    // 1 - 0.5 e^(-50 / 800), and U' = U + (1 - U) U e^(-50 / 530) at 0.03 with a little depression.
    expect(ratio("depressing", 0.05)).toBeCloseTo(1 - 0.5 * Math.exp(-0.05 / 0.8), 4);
    expect(ratio("facilitating", 0.05)).toBeGreaterThan(1.3);
    for (const name of ["depressing", "facilitating"]) expect(ratio(name, 20)).toBeCloseTo(1, 6);
  });

  it("spikes once, however many pieces a pulse has", () => {
    const law = tsodyksMarkramLaw(depressing);
    const [whole, pieces] = [deviceOf(law), deviceOf(law)];
    whole.apply(1, 2e-3);
    pieces.apply(1, 1e-3);
    pieces.apply(1, 1e-3, { since: 1e-3 });
    expect(pieces.x[1]).toBeCloseTo(whole.x[1]!, 12);
    pieces.wait(0.1);
    whole.wait(0.1);
    pieces.apply(1, 2e-3);
    whole.apply(1, 2e-3);
    expect(pieces.x[1]).toBeCloseTo(whole.x[1]!, 12);
  });

  const zhong = shippedSet("dynamic-memristor", "zhong-2021");
  const step = 100e-6;
  const [r, alpha, rest] = [0.99, 0.23, 0.5];

  // The docstring's derivation: pulses of one voltage and width at any intervals.
  it.each([
    ["facilitation", 2],
    ["facilitation", 0.7],
    ["depression", -2],
    ["depression", -0.7],
  ] as const)("is the dynamic memristor: %s by pulses of %d V", (kind, voltage) => {
    const width = 3.5 * step;
    const k = (alpha * Math.abs(voltage)) / (alpha * Math.abs(voltage) + 1);
    const [m, e] = [(r - k) ** (width / step), r ** (width / step)];
    const goal = ((1 - r) * rest + (voltage > 0 ? k : 0)) / (1 - r + k);
    const tau = -step / Math.log(r);
    const fraction = 1 - m / e;
    const scale = (1 - m) / (e - m);
    const short = width / 100;
    const values =
      kind === "facilitation"
        ? withValues(depressing, { utilisation: fraction, facilitationTime: tau, recoveryTime: short })
        : withValues(depressing, {
            utilisation: 1 - Math.sqrt(1 - fraction),
            recoveryTime: tau,
            facilitationTime: short,
          });
    const [memristor, synapse] = [deviceOf(dynamicMemristorLaw(zhong)), deviceOf(tsodyksMarkramLaw(values))];
    for (const gap of [1e-3, 2e-4, 5e-3, 3e-4, 3e-4, 2e-2, 1e-3]) {
      memristor.apply(voltage, width);
      synapse.apply(1, width);
      const [u, x] = synapse.x as unknown as [number, number];
      const moved = kind === "facilitation" ? (u - fraction) / (1 - fraction) : 1 - x;
      expect(memristor.x[0]!).toBeCloseTo(rest + (goal - rest) * scale * moved, 9);
      memristor.wait(gap);
      synapse.wait(gap);
    }
  });
});
