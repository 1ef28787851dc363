import { type AppliedPulse, Arbitration, type ArbitrationSpec, SynapseArray } from "../../../circuits/index.ts";
import { devicesOf, inParallel } from "../../../crossbar/index.ts";
import type { Cells } from "../../../devices/index.ts";
import { at, type Draw, philox4x32 } from "../../../src/ground/draws/index.ts";
import type { StepTools } from "../paper.ts";
import { everything, phaseChangeDevice } from "./phase-change.ts";

type Tools = Pick<StepTools, "openEngine" | "progress">;

/** What real devices under arbitration did, against the rule written out once more. */
export interface DeviceTrial {
  readonly requests: number;
  /** Updates let through that did not come to one pulse on one device. */
  readonly notOne: number;
  /** Pulses on another device, or of another sign, than the number of requests so far says. */
  readonly misplaced: number;
  /** Bytes of state that differ after a second run. */
  readonly differing: number;
  readonly joules: number;
}

export interface TrialInput {
  readonly arrangement: "single" | "differential";
  readonly requests: number;
}

const size = { synapses: 97, devices: 7 } as const;
const spec: ArbitrationSpec = {
  devices: size.devices,
  policy: "global-clock",
  increment: 3,
  potentiationCounter: 2,
  depressionCounter: 5,
};

/** Requests of mixed sign, some of several pulses, twice over. */
export async function tryDevices(
  { arrangement, requests }: TrialInput,
  draw: Draw,
  amount: number,
  tools: Tools,
): Promise<DeviceTrial> {
  const runs = [await synapsesOf(arrangement, draw, tools), await synapsesOf(arrangement, draw, tools)] as const;
  const [array] = runs;
  const applied: AppliedPulse[] = [];
  array.watch = (pulse) => applied.push(pulse);
  const expected: AppliedPulse[] = [];
  const seen = { potentiation: 0, depression: 0 };
  let joules = 0;
  let asked = 0;
  for (let round = 0; asked < requests; round++) {
    const counts = countsOf(round, draw);
    for (const [cell, count] of counts.entries()) {
      const sign = count > 0 ? 1 : -1;
      const kind = count > 0 ? "potentiation" : "depression";
      for (let k = Math.abs(count); k > 0; k--) {
        const letThrough = seen[kind]++ % spec[`${kind}Counter`] === 0;
        const device = (asked++ * spec.increment) % spec.devices;
        if (!letThrough) continue;
        if (arrangement === "single") expected.push({ cell, device, side: "positive", sign });
        else expected.push({ cell, device, side: sign > 0 ? "positive" : "negative", sign: 1 });
      }
    }
    for (const run of runs) joules += run.update(counts).work;
    await tools.progress((amount * counts.reduce((sum, count) => sum + Math.abs(count), 0)) / requests);
  }
  const { potentiation, depression } = array.arbitration.counted.applied;
  const letThrough = potentiation + depression;
  const worn = setsOf(array).reduce((sum, cells) => sum + pulsesOf(cells), 0);
  return {
    requests: asked,
    notOne: Math.max(Math.abs(applied.length - letThrough), Math.abs(worn - letThrough)),
    misplaced: expected.filter((pulse, k) => !isSame(pulse, applied[k])).length,
    differing: setsOf(array).reduce((sum, cells, k) => sum + bytesThatDiffer(cells, setsOf(runs[1])[k]!), 0),
    joules,
  };
}

async function synapsesOf(arrangement: TrialInput["arrangement"], draw: Draw, tools: Tools): Promise<SynapseArray> {
  const { synapses, devices } = size;
  const device = inParallel(phaseChangeDevice(), devices);
  const engine = await tools.openEngine(bytesFor(2 * synapses * devices));
  const set = (name: string) => device.create(engine, synapses, at(draw, name), everything);
  const negative = arrangement === "differential" ? set("negative") : null;
  return new SynapseArray(
    set("positive"),
    negative,
    device.operation,
    arrangement,
    new Arbitration(spec, synapses, draw),
  );
}

/** Room for so many devices with their noise, and what is lent in between. */
const bytesFor = (devices: number): number => 2 ** 20 + 1000 * devices;

function setsOf({ positive, negative }: SynapseArray): Cells[] {
  return [positive, ...(negative ? [negative] : [])].map((cells) => devicesOf(cells).population);
}

function pulsesOf(cells: Cells): number {
  const wear = new Float64Array(cells.count);
  cells.wear!(wear);
  return wear.reduce((sum, pulses) => sum + pulses, 0);
}

function bytesThatDiffer(one: Cells, other: Cells): number {
  const [a, b] = [one.save(), other.save()];
  return a.filter((byte, k) => byte !== b[k]).length + Math.abs(a.length - b.length);
}

function isSame(a: AppliedPulse, b: AppliedPulse | undefined): boolean {
  return a.cell === b?.cell && a.device === b.device && a.side === b.side && a.sign === b.sign;
}

/** -2 .. 2 for every synapse. */
function countsOf(round: number, draw: Draw): Int16Array {
  const choices = [0, 0, 0, 1, 1, 2, -1, -2] as const;
  return Int16Array.from(
    { length: size.synapses },
    (_, s) => choices[philox4x32([s, round, 1, 0], draw.key)[0] % choices.length]!,
  );
}

/** Summed conductance of synapses that ask for one potentiation a pass. */
export interface Growth {
  readonly updates: readonly number[];
  /** S, over synapses, by updates. */
  readonly mean: readonly number[];
  readonly standardDeviation: readonly number[];
  readonly joules: number;
}

export interface GrowthInput {
  readonly synapses: number;
  readonly devices: number;
  /** Passes. */
  readonly updates: number;
}

/** Conductances over dense passes under a clock that may leave devices out. */
export async function growthOf(
  { synapses, devices, updates }: GrowthInput,
  draw: Draw,
  amount: number,
  tools: Tools,
): Promise<Growth> {
  const device = inParallel(phaseChangeDevice(), devices);
  const engine = await tools.openEngine(bytesFor(synapses * devices));
  const cells = device.create(engine, synapses, at(draw, "positive"), everything);
  const clock = { ...spec, devices, increment: 1, potentiationCounter: 1, depressionCounter: 1 };
  const arbitration = new Arbitration(clock, synapses, draw);
  const array = new SynapseArray(cells, null, device.operation, "single", arbitration);
  const conductance = new Float32Array(synapses);
  const everySynapse = new Int16Array(synapses).fill(1);
  const grown = {
    updates: [] as number[],
    mean: [] as number[],
    standardDeviation: [] as number[],
  };
  let joules = 0;
  for (let pass = 0; pass <= updates; pass++) {
    if (pass > 0) joules += array.update(everySynapse).work;
    cells.conductance(conductance);
    const mean = conductance.reduce((sum, value) => sum + value, 0) / synapses;
    const squares = conductance.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    grown.updates.push(pass);
    grown.mean.push(mean);
    grown.standardDeviation.push(Math.sqrt(squares / (synapses - 1)));
    await tools.progress(amount / (updates + 1));
  }
  return { ...grown, joules };
}
