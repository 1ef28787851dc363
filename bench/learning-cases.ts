import { Arbitration, SynapseArray } from "../circuits/synapses/index.ts";
import { coincidences, inParallel, newLineActivity } from "../crossbar/index.ts";
import { StochasticRule } from "../crossbar/plasticity/stochastic.ts";
import { deviceModel, type PreparedDevice, shippedParameterSet } from "../devices/index.ts";
import { at, type Draw, fillWords } from "../src/ground/draws/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";
import { readKnownTree } from "../src/ground/known-tree.ts";
import type { Case } from "./cases.ts";

const size = 512;
/** Vectors of a batch, and how many of them one repetition takes, in turns. */
const vectors = 64;
const some = 8;
const trainLength = 31;
const switches = { programmingNoise: true, drift: true, readNoise: true, polarity: true };

/** The large run: synapses, devices of each, and synapses that a step reads and pulses. */
const synapses = 144_000;
const devicesOfEach = 7;
const active = 7200;

/** Names that comparisons quote. */
export const namedUpdates = {
  constant: "31-pulse update, constant steps",
  softBounds: "31-pulse update, soft bounds",
} as const;

/** Updates of tiles and of a few synapses among many. */
export function learningCasesOn(engine: Engine, root: Draw): Case[] {
  const draw = at(root, "learning");
  return [
    update(engine, namedUpdates.constant, "constant", at(draw, "constant")),
    update(engine, namedUpdates.softBounds, "soft-bounds", at(draw, "soft bounds")),
    meetings(engine, at(draw, "meetings")),
    ...sparse(engine, at(draw, "sparse")),
  ];
}

function deviceOf(model: string, set: string): PreparedDevice {
  const { tree } = shippedParameterSet(model, set);
  return deviceModel(model).prepare(readKnownTree((tree as { values: unknown }).values, set));
}

/** Numbers uniform on -1 .. 1. */
function uniform(engine: Engine, draw: Draw, count: number): Float32Array {
  const { memory } = engine;
  const mark = memory.mark();
  const words = memory.int32(count);
  fillWords(engine, draw, 0, words);
  const numbers = Float32Array.from(words, (word) => word / 2 ** 31);
  memory.release(mark);
  return numbers;
}

/**
 * Stochastic trains of both lines, their coincidences and the pulses of all cells, with work and wear: x and d uniform on -1 .. 1, the largest of
 * each 1, and a rate of 31 steps, so that every train has its 31 slots and a cell 7.75 pulses on average.
 */
function update(engine: Engine, name: string, set: string, draw: Draw): Case {
  const device = deviceOf("pulse-response", set);
  const cells = device.create(engine, size * size, draw, switches);
  const clock = {
    devices: 1,
    policy: "global-clock",
    increment: 1,
    potentiationCounter: 1,
    depressionCounter: 1,
  } as const;
  const array = new SynapseArray(
    cells,
    null,
    device.operation,
    "single",
    new Arbitration(clock, size * size, draw, engine),
  );
  const step = 0.001;
  const options = { trainLength, updateManagement: true, lengthManagement: true, twoPass: false };
  const rule = new StochasticRule(engine, size, size, { growing: step, falling: step }, at(draw, "rule"), options);
  const [x, d] = [uniform(engine, at(draw, "x"), vectors * size), uniform(engine, at(draw, "d"), vectors * size)];
  for (let n = 0; n < vectors * size; n += size) {
    x[n] = 1;
    d[n] = 1;
  }
  // Every other batch takes back what the one before did, so that weights stay within their range.
  const against = d.map((value) => -value);
  const counts = engine.memory.int16(size * size);
  const activity = newLineActivity(size, size, false);
  let number = 0;
  return {
    name,
    each: "vector",
    count: some,
    over: name,
    run() {
      for (let n = 0; n < some; n++) {
        const from = (number % vectors) * size;
        const back = Math.floor(number / vectors) % 2 === 1;
        const [inputs, changes] = [x.subarray(from, from + size), (back ? against : d).subarray(from, from + size)];
        rule.request(inputs, changes, trainLength * step, number++, counts, activity);
        array.update(counts);
      }
    },
  };
}

/** Coincidences alone, of trains that pulse in half of their slots. */
function meetings(engine: Engine, draw: Draw): Case {
  const words = engine.memory.int32(2 * size);
  fillWords(engine, draw, 0, words);
  const [x, d] = [new Uint32Array(words.slice(0, size)), new Uint32Array(words.slice(size))];
  const sign = new Int8Array(size).fill(1);
  const counts = engine.memory.int16(size * size);
  const name = "coincidences of trains alone";
  return { name, each: "vector", count: 1, over: name, run: () => coincidences(engine, x, sign, d, sign, counts) };
}

/** A step of a run with a million devices: some synapses are read, every one of them gets a pulse. */
function sparse(engine: Engine, draw: Draw): Case[] {
  const device = inParallel(deviceOf("pcm-accumulation", "nandakumar-2018"), devicesOfEach);
  const cells = device.create(engine, synapses, draw, switches);
  const clock = {
    devices: devicesOfEach,
    policy: "global-clock",
    increment: 1,
    potentiationCounter: 1,
    depressionCounter: 1,
  } as const;
  const array = new SynapseArray(cells, null, device.operation, "single", new Arbitration(clock, synapses, draw));
  const [current, work] = [new Float64Array(synapses), new Float64Array(synapses)];
  const { voltage, width } = device.operation.read;
  const apart = synapses / active;
  const counts = new Int16Array(active);
  const selected = new Uint32Array(active);
  let step = 0;
  const choose = (): void => {
    step++;
    for (let k = 0; k < active; k++) {
      selected[k] = k * apart + ((k * 7 + step * 11) % apart);
      counts[k] = (k + step) % 10 === 0 ? -1 : 1;
    }
  };
  return [
    {
      name: "a read of 50,400 of 1,008,000 pcm devices",
      each: "device",
      count: devicesOfEach * active,
      run() {
        choose();
        cells.elapse(0.1);
        cells.read({ voltage, duration: width }, step, current, work, selected);
      },
    },
    {
      name: "pulses of 7,200 of them, arbitrated",
      each: "pulse",
      count: active,
      run() {
        choose();
        array.update(counts, selected);
      },
    },
  ];
}
