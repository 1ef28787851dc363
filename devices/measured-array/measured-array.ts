import { at, type Draw, fillNormal } from "../../src/ground/draws/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import { type Cells, type DeviceModel, type DeviceSwitches, longestOf, type Stimulus } from "../device.ts";
import { floorVariance } from "../noise/index.ts";
import { operationOf } from "../operation.ts";
import { noiseFactors } from "../phase-change/law.ts";
import { allocateState } from "../state.ts";
import { numberAt } from "../values.ts";
import { type MeasuredArrayLaw, measuredArrayLaw } from "./law.ts";

/** Resistive-memory arrays by the published statistics of how their cells come out of programming, relax and read; law.ts has the equations. */
export const measuredArray: DeviceModel = {
  name: "measured-array",
  title: "Resistive-memory array by its programmed statistics",
  kind: "programmed",
  parameterSets: ["wan-2022", "milo", "cmo-hfox"],
  prepare(values: KnownTree) {
    const law = measuredArrayLaw(values);
    const low = numberAt(values, "target.low", 0);
    return {
      targetRange: numberAt(values, "target.range", low),
      targetLow: low,
      operation: operationOf(values),
      writeVerify: null,
      firstReading: law.firstReading,
      devicesPerCell: 1,
      tellsPolarity: !law.ohmic,
      create: (engine, count, draw, switches) => createCells(law, engine, count, draw, switches),
    };
  },
};

const microsiemens = 1e-6;

function createCells(
  law: MeasuredArrayLaw,
  engine: Engine,
  count: number,
  draw: Draw,
  switches: DeviceSwitches,
): Cells {
  const layout = {
    target: "float32",
    programmed: "float32",
    normal: "float32",
    relaxation: "float32",
    drifts: "float32",
    programmedAt: "float64",
  } as const;
  const state = allocateState(engine, layout, count);
  const { target, programmed, normal, relaxation, drifts, programmedAt } = state.fields;
  const noisy = switches.readNoise && law.readNoise > 0;
  const { firstReading, limits } = law;
  let clock = 0;

  const held = (i: number, conductance: number): number => {
    const low = Math.min(limits.low, target[i]!, programmed[i]!);
    const high = Math.max(limits.high, target[i]!, programmed[i]!);
    return Math.max(0, Math.min(high, Math.max(low, conductance)));
  };

  /** S that a cell has moved since its first reading. */
  const moved = (i: number, age: number): number => {
    const folds = Math.log(age / firstReading);
    const wider = law.deviation(target[i]!, age) - law.deviation(target[i]!, firstReading);
    return wider * normal[i]! + folds * (law.relaxation.mean + law.relaxation.deviation * relaxation[i]!);
  };

  const conductanceAt = (i: number, time: number): number => {
    const age = time - programmedAt[i]!;
    if (!switches.drift || drifts[i] === 0 || age <= firstReading) return programmed[i]!;
    return held(i, programmed[i]! + moved(i, age));
  };

  const conductance = (out: Float32Array): void => {
    for (let i = 0; i < count; i++) out[i] = conductanceAt(i, clock);
  };

  const refuse = ({ voltage, endVoltage = voltage, temperature, light }: Stimulus): void => {
    const largest = Math.max(Math.abs(voltage), Math.abs(endVoltage));
    if (largest <= law.largestVoltage && !light && (temperature === undefined || temperature === 300)) return;
    throw new InputError(
      `measured-array: its statistics cover reads up to ${law.largestVoltage} V at 300 K in the dark, not ${largest} V` +
        `${temperature === undefined ? "" : ` at ${temperature} K`}${light ? " under light" : ""}`,
    );
  };

  const apply = (stimulus: Stimulus, work: Float64Array, selected?: Uint32Array): void => {
    refuse(stimulus);
    const { voltage, endVoltage = voltage, duration } = stimulus;
    for (const i of selected ?? work.keys()) {
      const g = conductanceAt(i, clock + duration / 2);
      const power = (share: number): number => {
        const v = voltage + share * (endVoltage - voltage);
        return v * law.current(v, g);
      };
      // Boole's rule: V I is of fourth order in V.
      const [a, b, c, d, e] = [0, 0.25, 0.5, 0.75, 1].map(power) as [number, number, number, number, number];
      work[i]! += (duration / 90) * (7 * (a + e) + 32 * (b + d) + 12 * c);
    }
    if (!selected) clock += duration;
  };

  const cells: Cells = {
    count,
    get clock() {
      return clock;
    },
    save: () => state.save(clock),
    restore(bytes) {
      clock = state.restore(bytes);
    },
    elapse(seconds) {
      const longest = longestOf(seconds);
      clock += longest;
      // A cell that waited less is younger.
      if (typeof seconds !== "number") for (let i = 0; i < count; i++) programmedAt[i]! += longest - seconds[i]!;
    },
    conductance,
    program(wanted, event) {
      target.set(wanted);
      programmed.set(wanted);
      drifts.fill(1);
      programmedAt.fill(clock);
      if (switches.programmingNoise) fillNormal(engine, at(draw, "programming"), event, normal);
      else normal.fill(0);
      fillNormal(engine, at(draw, "relaxation"), event, relaxation);
      const { mean, deviation, start } = law.relaxation;
      const folds = Math.log(firstReading);
      for (let i = 0; i < count; i++) {
        const own = law.deviation(target[i]!, firstReading) * normal[i]!;
        const relaxed = switches.drift ? mean * folds + (start + deviation * folds) * relaxation[i]! : 0;
        programmed[i] = held(i, target[i]! + own + relaxed);
      }
    },
    replace(values, relaxes) {
      programmed.set(values);
      drifts.fill(relaxes ? 1 : 0);
    },
    readNoise(split, reading, centre, deviation) {
      conductance(deviation);
      centre.set(deviation);
      if (!noisy) {
        deviation.fill(0);
        return;
      }
      const mark = engine.memory.mark();
      const slow = engine.memory.float32(count);
      fillNormal(engine, at(draw, "held read noise", reading), 0, slow);
      for (let i = 0; i < count; i++) {
        const factors = noiseFactors(clock - programmedAt[i]!, law.readTime, split);
        const amplitude = law.readNoise * Math.max(0, Math.log10(deviation[i]! / microsiemens));
        centre[i] = deviation[i]! + amplitude * Math.sqrt(factors.held) * slow[i]!;
        deviation[i] = amplitude * Math.sqrt(factors.fresh);
      }
      engine.memory.release(mark);
    },
    ...(switches.polarity && !law.ohmic
      ? {
          reversal(out: Float32Array) {
            conductance(out);
            for (let i = 0; i < count; i++) {
              const forward = law.current(law.readVoltage, out[i]!);
              out[i] = forward > 0 ? -law.current(-law.readVoltage, out[i]!) / forward : 1;
            }
          },
        }
      : {}),
    heldShare(split) {
      const first = programmedAt[0]!;
      if (!noisy || programmedAt.some((other) => other !== first)) return null;
      const factors = noiseFactors(clock - first, law.readTime, split);
      const all = factors.held + factors.fresh;
      return all > 0 ? factors.held / all : null;
    },
    apply,
    current(voltage, out) {
      for (let i = 0; i < count; i++) out[i] = law.current(voltage, conductanceAt(i, clock));
    },
    read(stimulus, reading, current, work, selected) {
      refuse(stimulus);
      const { memory } = engine;
      const mark = memory.mark();
      const [centre, deviation, fresh] = [memory.float32(count), memory.float32(count), memory.float32(count)];
      cells.readNoise({ mode: "process", window: stimulus.duration }, reading, centre, deviation);
      fillNormal(engine, at(draw, "fresh read noise"), reading, fresh);
      const { voltage, endVoltage = voltage, duration } = stimulus;
      const across = (voltage + endVoltage) / 2;
      for (let i = 0; i < count; i++) {
        current[i] = law.current(across, Math.max(0, centre[i]! + deviation[i]! * fresh[i]!));
      }
      if (switches.readNoise && law.floor) {
        fillNormal(engine, at(draw, "thermal noise"), reading, fresh);
        for (let i = 0; i < count; i++) {
          current[i]! += Math.sqrt(floorVariance(Math.max(0, centre[i]!), across, duration, 300, 0)) * fresh[i]!;
        }
      }
      memory.release(mark);
      apply(stimulus, work, selected);
    },
  };
  return cells;
}
