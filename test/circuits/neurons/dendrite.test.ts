import { describe, expect, it } from "vitest";
import { type DendriticConductor, IntegrateAndFire, nodeVoltages } from "../../../circuits/neurons/index.ts";
import { inParallel } from "../../../crossbar/index.ts";
import { type Cells, type DeviceSwitches, deviceModel } from "../../../devices/index.ts";
import { at, drawOf } from "../../../src/ground/draws/index.ts";
import { type Engine, openEngine } from "../../../src/ground/kernels/index.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";
import { withValues } from "../../contracts/golden.ts";

// One neuron of two dendritic branches that shunt each other, of cells of the set after Sarwat et al., Nat. Commun. 13 (2022),
// doi:10.1038/s41467-022-29870-9. Input E is a voltage, input O is light:
//   branch 1   E drives it through a dark cell; O lights a pair of cells to rest
//   branch 2   a supply drives it through a pair of cells that O lights; E holds ten cells that were SET at rest, which float otherwise
// Lit cells come in pairs turned against each other, so that their photovoltaic currents cancel.
const device = deviceModel("chalcogenide").prepare(
  withValues(shippedSet("chalcogenide", "sarwat-2022"), { deviceSpread: 0 }),
);
const { read, potentiate } = device.operation;
const supply = 0.8;
const patterns = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
] as const;
/** W/m^2: on branch 2 the set's own light, on branch 1 five times as much. */
const lamp = { irradiance: 1e6, wavelength: 532e-9 };
const bright = { ...lamp, irradiance: 5e6 };

class Neuron {
  readonly neurons: number;
  readonly #cells: Record<string, Cells>;

  constructor(engine: Engine, neurons: number, switches: DeviceSwitches) {
    this.neurons = neurons;
    const group = (name: string, devices: number, set = false): Cells => {
      const cells = inParallel(device, devices).create(engine, neurons, at(drawOf(1), name), switches);
      // SET by one long pulse in the dark, which takes the weight a tenth of what is left nearer to 1 every 1 ms.
      if (set) cells.apply({ voltage: potentiate!.voltage, duration: 0.1 }, new Float64Array(neurons));
      return cells;
    };
    this.#cells = {
      driven: group("driven", 1),
      leak: group("leak", 1),
      shunt: group("shunt", 1),
      turnedShunt: group("turned shunt", 1),
      opened: group("opened", 1),
      turnedOpened: group("turned opened", 1),
      setLeak: group("set leak", 1, true),
      setShunt: group("set shunt", 10, true),
    };
  }

  /** Lights the cells that O lights, for so long that the slow carriers are there too. */
  light(): void {
    const { shunt, turnedShunt, opened, turnedOpened } = this.#cells;
    const work = new Float64Array(this.neurons);
    for (const cells of [shunt!, turnedShunt!]) cells.apply({ voltage: 0, duration: 5, light: bright }, work);
    for (const cells of [opened!, turnedOpened!]) cells.apply({ voltage: 0, duration: 5, light: lamp }, work);
  }

  /** V of both branches, [branch][neurons]. @param shunted  whether branches shunt each other: kappa is not 0 */
  branches(electrical: number, optical: number, reading: number, shunted = true): [Float64Array, Float64Array] {
    const { driven, leak, shunt, turnedShunt, opened, turnedOpened, setLeak, setShunt } = this.#cells as Record<
      string,
      Cells
    >;
    const lit = (light: typeof lamp) => (optical ? { light } : {});
    const rest = shunted ? 0 : null;
    const first: DendriticConductor[] = [
      { cells: driven!, end: electrical * supply },
      { cells: leak!, end: 0 },
      { cells: shunt!, end: rest, ...lit(bright) },
      { cells: turnedShunt!, end: rest, ...lit(bright), reversed: true },
    ];
    const second: DendriticConductor[] = [
      { cells: opened!, end: supply, ...lit(lamp) },
      { cells: turnedOpened!, end: supply, ...lit(lamp), reversed: true },
      { cells: setLeak!, end: 0 },
      { cells: setShunt!, end: electrical && shunted ? 0 : null },
    ];
    const work = new Float64Array(this.neurons);
    return [nodeVoltages(first, read, reading, work), nodeVoltages(second, read, reading, work)];
  }

  /** Of all patterns, those without light first. */
  responses(shunted = true): [Float64Array, Float64Array][] {
    const dark = [this.branches(0, 0, 0, shunted), this.branches(1, 0, 1, shunted)];
    this.light();
    return [...dark, this.branches(0, 1, 2, shunted), this.branches(1, 1, 3, shunted)];
  }
}

const xor = (k: number): number => patterns[k]![0] ^ patterns[k]![1];

/** Weights that make each input alone a membrane of 1. */
async function weights(): Promise<[number, number]> {
  const engine = await openEngine(1 << 22, "typescript");
  const quiet = new Neuron(engine, 1, { ...everything, programmingNoise: false, readNoise: false });
  const [, electrical, optical] = quiet.responses();
  return [1 / electrical![0][0]!, 1 / optical![1][0]!];
}

describe("a dendrite of chalcogenide cells", () => {
  it("2.e gives XOR with one neuron: 4 of 4, with a margin of 0.3 of an input's own response and more", async () => {
    const [first, second] = await weights();
    const engine = await openEngine(1 << 22, "typescript");
    const neuron = new Neuron(engine, 1, { ...everything, programmingNoise: false, readNoise: false });
    for (const [k, [one, other]] of neuron.responses().entries()) {
      const y = first * one[0]! + second * other[0]!;
      const soma = new IntegrateAndFire({ leak: 0, threshold: 0.5, reset: 0 }, 1);
      expect(soma.step([y], new Uint8Array(1))).toBe(xor(k));
      expect(Math.abs(y - 0.5)).toBeGreaterThan(0.3);
    }
  });

  it("2.e does so in at least 99 % of 10,000 trials with read noise", async () => {
    const [first, second] = await weights();
    const engine = await openEngine(1 << 26, "typescript");
    const neurons = 2500;
    const neuron = new Neuron(engine, neurons, { ...everything, programmingNoise: false });
    let right = 0;
    const spread: number[] = [];
    for (const [k, [one, other]] of neuron.responses().entries()) {
      const soma = new IntegrateAndFire({ leak: 0, threshold: 0.5, reset: 0 }, neurons);
      const fired = new Uint8Array(neurons);
      const y = one.map((voltage, n) => first * voltage + second * other[n]!);
      soma.step(y, fired);
      right += fired.filter((spike) => spike === xor(k)).length;
      spread.push(Math.max(...y) - Math.min(...y));
    }
    expect(right).toBeGreaterThanOrEqual(9900);
    // The noise is there: 2 % of a read, of several cells, seen from one end to the other of 2,500 trials.
    for (const own of spread.slice(1, 3)) expect(own).toBeGreaterThan(0.02);
  });

  it("2.f cannot do XOR without its shunts: of a grid of weights and thresholds 0 solutions, with them some", async () => {
    const engine = await openEngine(1 << 22, "typescript");
    const found = [false, true].map((shunted) => {
      const neuron = new Neuron(engine, 1, { ...everything, programmingNoise: false, readNoise: false });
      const responses = neuron.responses(shunted).map(([one, other]) => [one[0]!, other[0]!] as const);
      // In units of an input's own response, from -3 to 3.
      const units = [responses[1]![0], responses[2]![1]].map((own) => 1 / own);
      const grid = Array.from({ length: 49 }, (_, k) => -3 + k / 8);
      let solutions = 0;
      for (const a of grid) {
        for (const b of grid) {
          for (const threshold of grid) {
            const fires = ([one, other]: readonly [number, number]) =>
              a * units[0]! * one + b * units[1]! * other > threshold;
            if (responses.every((response, k) => fires(response) === (xor(k) === 1))) solutions++;
          }
        }
      }
      return solutions;
    });
    expect(found[0]).toBe(0);
    expect(found[1]).toBeGreaterThan(100);
  });
});

describe("a node of a dendrite", () => {
  it("is at g_e E_e / (g_e + g_leak + g_sh)", async () => {
    const engine = await openEngine(1 << 22, "typescript");
    const ideal = deviceModel("ideal").prepare(shippedSet("ideal", "exact"));
    const cells = [4e-6, 1e-6, 3e-6].map((conductance, k) => {
      const one = ideal.create(engine, 1, at(drawOf(1), k), everything);
      one.program!(Float32Array.of(conductance), 0);
      return one;
    });
    const conductors = [
      { cells: cells[0]!, end: 0.5 },
      { cells: cells[1]!, end: 0 },
      { cells: cells[2]!, end: 0 },
    ];
    const work = new Float64Array(1);
    expect(nodeVoltages(conductors, ideal.operation.read, 0, work)[0]).toBeCloseTo(0.5 * (4 / 8), 6);
    expect(nodeVoltages(conductors.slice(0, 2), ideal.operation.read, 0, work)[0]).toBeCloseTo(0.5 * (4 / 5), 6);
  });
});
