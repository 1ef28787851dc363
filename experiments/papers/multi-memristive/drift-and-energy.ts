import { devicesOf } from "../../../crossbar/index.ts";
import { type Draw, philox4x32 } from "../../../src/ground/draws/index.ts";
import { advance } from "../advance.ts";
import type { StepTools } from "../paper.ts";
import type { DetectionCount } from "./detection.ts";
import { pulseEnergy } from "./energy.ts";
import { everything } from "./phase-change.ts";
import { bytesForDevices, phaseChangeSynapses } from "./phase-change-synapses.ts";

const [devices, synapses] = [7, 500] as const;
const clock = { devices, policy: "global-clock", increment: 1, potentiationCounter: 1, depressionCounter: 1 } as const;

/** s, when drift begins and when it is looked at. */
const [onset, late] = [38.6, 1e4] as const;

export interface DriftTrial extends Pick<DetectionCount, "pulses" | "energy"> {
  /** G at 10^4 s over G at 38.6 s, the synapse that is furthest from the mean of all, and the mean. */
  readonly mean: number;
  readonly furthest: number;
  /** Of single-device synapses that waited 10^4 s: how many were pulsed then, and how many of those were not young again. */
  readonly pulsed: number;
  readonly notRestarted: number;
  /** Of those that were not pulsed: how many changed their age. */
  readonly disturbed: number;
}

/** Drift after pulses, and what another pulse of either kind does to its clock. */
export async function tryDrift(
  draw: Draw,
  amount: number,
  tools: Pick<StepTools, "openEngine" | "progress" | "signal">,
): Promise<DriftTrial> {
  const engine = await tools.openEngine(bytesForDevices(synapses));
  const arbitration = { ...clock, devices: 1 };
  const { array } = phaseChangeSynapses(engine, { synapses, arbitration, switches: everything }, draw);
  const conductances = (): Float32Array => {
    const out = new Float32Array(synapses);
    array.positive.conductance(out);
    return out;
  };
  const first = array.update(new Int16Array(synapses).fill(10));
  array.positive.elapse(onset);
  const young = conductances();
  array.positive.elapse(late - onset);
  const old = conductances();
  const ratios = old.map((value, i) => value / young[i]!);
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / synapses;
  // A third potentiated, a third depressed, a third left alone.
  const second = array.update(Int16Array.from({ length: synapses }, (_, i) => [1, -1, 0][i % 3]!));
  const after = conductances();
  array.positive.elapse(onset - 1);
  const restarted = conductances();
  array.positive.elapse(late - onset + 1);
  const again = conductances();
  let [notRestarted, disturbed, pulsed] = [0, 0, 0];
  // float32 and the kernel's power of two leave a few 1e-6.
  const differ = (a: number, b: number): boolean => Math.abs(a / b - 1) > 1e-5;
  for (let i = 0; i < synapses; i++) {
    if (i % 3 === 2) {
      if (differ(again[i]! / old[i]!, ((2 * late) / late) ** -0.04)) disturbed++;
      continue;
    }
    pulsed++;
    if (differ(restarted[i]!, after[i]!) || differ(again[i]! / after[i]!, (late / onset) ** -0.04)) notRestarted++;
  }
  await advance(tools, amount);
  return {
    mean,
    furthest: ratios.reduce((a, b) => (Math.abs(b - mean) > Math.abs(a - mean) ? b : a), mean),
    pulsed,
    notRestarted,
    disturbed,
    pulses: {
      potentiation: first.pulses.potentiation + second.pulses.potentiation,
      depression: first.pulses.depression + second.pulses.depression,
    },
    energy: {
      potentiation: first.works.potentiation + second.works.potentiation,
      depression: first.works.depression + second.works.depression,
      read: 0,
    },
  };
}

export interface EnergyTrial extends Pick<DetectionCount, "pulses" | "energy"> {
  /** J by the formula: pulses times 5 pJ and 33.75 pJ, V^2 G t of every read. */
  readonly expected: number;
  readonly reads: number;
}

/** Pulses of both signs and reads, and what they cost by the formula. */
export async function tryEnergy(
  rounds: number,
  draw: Draw,
  amount: number,
  tools: Pick<StepTools, "openEngine" | "progress" | "signal">,
): Promise<EnergyTrial> {
  const engine = await tools.openEngine(bytesForDevices(devices * synapses));
  const { array, operation } = phaseChangeSynapses(
    engine,
    { synapses, arbitration: clock, switches: everything },
    draw,
  );
  const { voltage, width: duration } = operation.read;
  const pulses = { potentiation: 0, depression: 0 };
  const energy = { potentiation: 0, depression: 0, read: 0 };
  const { population } = devicesOf(array.positive);
  const [current, now] = [new Float64Array(synapses), new Float32Array(population.count)];
  let [expected, reads] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const words = (s: number) => philox4x32([s, round, 0, 0], draw.key)[0];
    const counts = Int16Array.from({ length: synapses }, (_, s) => [2, 1, 0, -1][words(s) % 4]!);
    const given = array.update(counts, undefined, 10);
    for (const sign of ["potentiation", "depression"] as const) {
      pulses[sign] += given.pulses[sign];
      energy[sign] += given.works[sign];
      expected += given.pulses[sign] * pulseEnergy[sign];
    }
    const read = Uint32Array.from({ length: synapses }, (_, s) => s).filter((s) => words(s) % 3 === 0);
    population.conductance(now);
    const work = new Float64Array(synapses);
    array.positive.read({ voltage, duration }, round, current, work, read);
    for (const s of read) {
      for (let i = s; i < now.length; i += synapses) expected += voltage * voltage * now[i]! * duration;
    }
    energy.read += work.reduce((sum, joules) => sum + joules, 0);
    reads += read.length;
  }
  await advance(tools, amount);
  return { pulses, energy, expected, reads };
}
