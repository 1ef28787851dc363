import { at, type Draw, fillNormal } from "../../src/ground/draws/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import { type Cells, type DeviceModel, type DeviceSwitches, longestOf, type Stimulus } from "../device.ts";
import { drift } from "../drift.ts";
import { operationOf } from "../operation.ts";
import { splitReadNoise } from "../read-noise.ts";
import { allocateState } from "../state.ts";
import { lawOf, noiseFactors, type PhaseChangeLaw } from "./law.ts";
import { programCells, readNoiseAmplitudes } from "./programming.ts";
import { SlowNoise, slowNoiseState } from "./slow-noise.ts";

/** V below which the amorphous phase does not switch, so that a read leaves the state alone. */
const largestReadVoltage = 0.5;

// Numbers of the whole population, in the state's `common`; those of slow noise follow.
const lastProgramming = 0;
const ownNumbers = 4;

/** Phase-change cells by the statistics of how they come out of programming, drift and read; law.ts has the equations. */
export const phaseChange: DeviceModel = {
  name: "pcm",
  title: "Phase-change memory by its programmed statistics",
  kind: "programmed",
  parameterSets: ["joshi-2020", "le-gallo-2023", "le-gallo-2023-single"],
  prepare(values: KnownTree) {
    const law = lawOf(values);
    return {
      targetRange: law.range,
      targetLow: 0,
      operation: operationOf(values),
      writeVerify: null,
      firstReading: law.firstReading,
      devicesPerCell: law.devicesPerCell,
      tellsPolarity: law.polaritySpread > 0,
      create: (engine, count, draw, switches) => createCells(law, engine, count, draw, switches),
    };
  },
};

function createCells(law: PhaseChangeLaw, engine: Engine, count: number, draw: Draw, switches: DeviceSwitches): Cells {
  const noisy = switches.readNoise && law.readNoiseScale > 0;
  // Of memory that nobody touches before the first reading that needs it.
  // Chips with the noise switched off leave room for it too: they lie where the others lie, so that a thread's peak is not both.
  const { bands, numbers } = law.readNoiseScale > 0 ? slowNoiseState(law.readTime) : { bands: 0, numbers: 0 };
  const slowNames = Array.from({ length: bands }, (_, k) => `slow noise ${k}`);
  const state = allocateState(
    engine,
    {
      programmed: "float32",
      exponent: "float32",
      readNoiseAmplitude: "float32",
      programmedAt: "float64",
      ...(Object.fromEntries(slowNames.map((name) => [name, "float32"])) as Record<string, "float32">),
    },
    count,
    ownNumbers + numbers,
  );
  const { programmed, exponent, readNoiseAmplitude, programmedAt } = state.fields;
  const inForce = { ...law, programmingNoiseScale: switches.programmingNoise ? law.programmingNoiseScale : 0 };
  const slow =
    law.readNoiseScale > 0
      ? new SlowNoise(
          engine,
          law.readTime,
          slowNames.map(
            (name) => (state.fields as Readonly<Record<string, Float32Array | Float64Array>>)[name] as Float32Array,
          ),
          state.common.subarray(ownNumbers),
          at(draw, "held read noise"),
        )
      : null;
  const { polaritySpread } = law;
  let clock = 0;

  const conductance = (out: Float32Array): void => {
    if (switches.drift) drift(engine, { programmed, exponent, programmedAt }, clock, law.driftOrigin, out);
    else out.set(programmed);
  };

  const apply = (stimulus: Stimulus, work: Float64Array, selected?: Uint32Array): void => {
    const { voltage, endVoltage = voltage, duration, temperature, light } = stimulus;
    const largest = Math.max(Math.abs(voltage), Math.abs(endVoltage));
    if (largest > largestReadVoltage || light || (temperature !== undefined && temperature !== 300)) {
      throw new InputError(
        `pcm: its statistics cover reads up to ${largestReadVoltage} V at 300 K in the dark, not ${largest} V` +
          `${temperature === undefined ? "" : ` at ${temperature} K`}${light ? " under light" : ""}`,
      );
    }
    const squares = (voltage * voltage + voltage * endVoltage + endVoltage * endVoltage) / 3;
    for (const i of selected ?? work.keys()) {
      const nu = switches.drift ? exponent[i]! : 0;
      work[i]! += squares * chargePerVolt(programmed[i]!, nu, law.driftOrigin, clock - programmedAt[i]!, duration);
    }
    if (!selected) clock += duration;
  };

  const cells: Cells = {
    count,
    get clock() {
      return clock;
    },
    save() {
      slow?.tidy();
      return state.save(clock);
    },
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
    program(target, event) {
      programCells(
        engine,
        inForce,
        target,
        { programmed, exponent, readNoiseAmplitude },
        at(draw, "programming"),
        at(draw, "drift exponent"),
        event,
      );
      programmedAt.fill(clock);
      state.common[lastProgramming] = event;
      slow?.forget();
    },
    replace(values, drifts) {
      programmed.set(values);
      // A factor of age^-0 is exactly 1.
      if (!drifts) exponent.fill(0);
      if (law.readNoiseReference === "programmed") readNoiseAmplitudes(engine, law, programmed, readNoiseAmplitude);
    },
    readNoise(split, _reading, centre, deviation) {
      conductance(deviation);
      if (!slow || !noisy) {
        centre.set(deviation);
        deviation.fill(0);
        return;
      }
      const event = state.common[lastProgramming]!;
      const mark = engine.memory.mark();
      const held = engine.memory.float32(count).fill(0);
      const common = commonAge(programmedAt, clock);
      if (common !== null) {
        slow.add(split, event, clock, common, held);
        const { fresh } = noiseFactors(common, law.readTime, split);
        splitReadNoise(engine, deviation, readNoiseAmplitude, held, Math.sqrt(fresh), centre, deviation);
      } else {
        const ages = programmedAt.map((since) => clock - since);
        slow.addEach(split, event, clock, ages, held, engine.memory.float32(count));
        splitReadNoise(engine, deviation, readNoiseAmplitude, held, 1, centre, deviation);
        for (let i = 0; i < count; i++) deviation[i]! *= Math.sqrt(noiseFactors(ages[i]!, law.readTime, split).fresh);
      }
      engine.memory.release(mark);
    },
    ...(switches.polarity && polaritySpread > 0
      ? {
          reversal(out: Float32Array) {
            fillNormal(engine, at(draw, "polarity"), 0, out);
            for (let i = 0; i < count; i++) out[i] = Math.max(0, 1 + polaritySpread * out[i]!);
          },
        }
      : {}),
    heldShare(split) {
      const age = commonAge(programmedAt, clock);
      if (!noisy || age === null) return null;
      const { held, fresh } = noiseFactors(age, law.readTime, split);
      return held + fresh > 0 ? held / (held + fresh) : null;
    },
    apply,
    current(voltage, out) {
      const mark = engine.memory.mark();
      const now = engine.memory.float32(count);
      conductance(now);
      for (let i = 0; i < count; i++) out[i] = voltage * now[i]!;
      engine.memory.release(mark);
    },
    read(stimulus, reading, current, work, selected) {
      const { memory } = engine;
      const mark = memory.mark();
      const [centre, deviation, fresh] = [memory.float32(count), memory.float32(count), memory.float32(count)];
      cells.readNoise({ mode: "process", window: stimulus.duration }, reading, centre, deviation);
      fillNormal(engine, at(draw, "fresh read noise"), reading, fresh);
      for (let i = 0; i < count; i++) current[i] = stimulus.voltage * (centre[i]! + deviation[i]! * fresh[i]!);
      memory.release(mark);
      apply(stimulus, work, selected);
    },
  };
  return cells;
}

/** Integral of g_P (t/t_c)^-nu over the ages from .. from + duration, S s; before t_c counts as the programmed state drifts too. */
function chargePerVolt(programmed: number, exponent: number, origin: number, from: number, duration: number): number {
  if (duration === 0) return 0;
  // A short read at a great age is a difference of nearly equal powers: the midpoint is exact there to second order.
  if (from > 0 && duration < 1e-4 * from) {
    return programmed * ((from + duration / 2) / origin) ** -exponent * duration;
  }
  const power = 1 - exponent;
  const scale = programmed * origin ** exponent;
  return (scale * ((from + duration) ** power - Math.max(from, 0) ** power)) / power;
}

function commonAge(programmedAt: Float64Array, clock: number): number | null {
  const first = programmedAt[0]!;
  for (let i = 1; i < programmedAt.length; i++) if (programmedAt[i] !== first) return null;
  return clock - first;
}
