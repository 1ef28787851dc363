import {
  Arbitration,
  type ArbitrationPolicy,
  type Chip,
  coverageWarnings,
  policies,
  SynapseArray,
  scanCoverage,
} from "../../circuits/index.ts";
import { devicesOf, inParallel } from "../../crossbar/index.ts";
import { type DeviceSwitches, deviceModel, type PreparedDevice } from "../../devices/index.ts";
import { at, type Draw, drawOf, philox4x32 } from "../../src/ground/draws/index.ts";
import { InputError, inputError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { arbitrationOf, type SynapseRequest, signsOf } from "./request.ts";
import { mostListed, type SynapseTrial, spreadOf, wearOf } from "./trial.ts";

/** What came of requests put to synapses, and of the same requests put to every policy. */
export interface SynapseExercise extends SynapseTrial {
  readonly device: { readonly model: string; readonly parameterSet: string };
  readonly arrangement: "single" | "differential";
  readonly comparison?: readonly SynapseTrial[];
}

export interface ExerciseWatch {
  /** Told of requests since the last call; awaited, so that the thread hears its user. */
  progress(requests: number): void | Promise<void>;
  readonly signal: AbortSignal;
}

interface Exercised {
  readonly result: SynapseExercise;
  readonly interrupted: boolean;
  readonly warnings: readonly string[];
}

/** Kernel memory that the synapses take, bytes. */
export function synapseBytes({ devices, synapses }: SynapseRequest): number {
  return 2 ** 23 + 2048 * devices * synapses;
}

/** Puts requests in scan order to an array of new devices, a policy after the other. */
export async function exerciseSynapses(
  request: SynapseRequest,
  chip: Chip,
  engine: Engine,
  watch: ExerciseWatch,
): Promise<Exercised> {
  const { policy, compare, differential, synapses } = request;
  const model = chip.device.model.value;
  const device = deviceModel(model).prepare(chip.device.values);
  const trials: SynapseTrial[] = [];
  let interrupted = false;
  for (const one of [policy, ...(compare ? policies.filter((other) => other !== policy) : [])]) {
    if (interrupted) break;
    const mark = engine.memory.mark();
    const done = await tryPolicy(request, one, device, model, engine, watch);
    engine.memory.release(mark);
    // A policy that saw fewer requests than the others is none to compare with.
    if (!done.interrupted || trials.length === 0) trials.push(done.trial);
    interrupted = done.interrupted;
  }
  const [trial] = trials as [SynapseTrial];
  const spec = arbitrationOf(request, policy);
  const { reached, expected, updatedSynapses, expectedSynapses } = trial.coverage;
  const short =
    reached < expected || updatedSynapses < expectedSynapses
      ? [
          `after ${total(trial)} requests ${updatedSynapses} of ${synapses} synapses were updated, and one of them reached ${reached} of the ${expected} devices that more requests would reach`,
        ]
      : [];
  return {
    result: {
      device: { model, parameterSet: chip.device.parameters.value },
      arrangement: differential ? "differential" : "single",
      ...trial,
      ...(compare
        ? { comparison: [...trials].sort((a, b) => policies.indexOf(a.policy) - policies.indexOf(b.policy)) }
        : {}),
    },
    interrupted,
    warnings: [...coverageWarnings(spec, synapses, signsOf(request)), ...short],
  };
}

const total = ({ requested: { potentiation, depression } }: SynapseTrial): number => potentiation + depression;

async function tryPolicy(
  request: SynapseRequest,
  policy: ArbitrationPolicy,
  device: PreparedDevice,
  model: string,
  engine: Engine,
  { progress, signal }: ExerciseWatch,
): Promise<{ readonly trial: SynapseTrial; readonly interrupted: boolean }> {
  const { synapses, updates, depressionShare, seed } = request;
  const draw = at(drawOf(seed), "synapse");
  const array = arrayOf(request, policy, device, model, engine, draw);
  const signs = at(draw, "signs");
  const course: Course = { updates: [], mean: [], standardDeviation: [] };
  const passes = Math.ceil(updates / synapses);
  const between = Math.max(1, Math.floor(passes / mostMoments));
  const energy = { total: 0, potentiation: 0, depression: 0 };
  const pulses = { potentiation: 0, depression: 0 };
  note(array, 0, course);
  let asked = 0;
  let unsaid = 0;
  for (let pass = 0; pass < passes && !signal.aborted; pass++) {
    const count = Math.min(synapses, updates - asked);
    const requests = new Int16Array(count);
    for (let s = 0; s < count; s++) requests[s] = isDepression(asked + s, depressionShare, signs) ? -1 : 1;
    const first = count < synapses ? Uint32Array.from(requests.keys()) : undefined;
    const done = array.update(requests, first);
    for (const sign of ["potentiation", "depression"] as const) {
      energy[sign] += done.works[sign];
      pulses[sign] += done.pulses[sign];
    }
    asked += count;
    unsaid += count;
    if ((pass + 1) % between === 0 || asked === updates) note(array, asked, course);
    if (unsaid < requestsABreath && asked < updates) continue;
    await progress(unsaid);
    unsaid = 0;
  }
  energy.total = energy.potentiation + energy.depression;
  const { requested, applied } = array.arbitration.counted;
  return {
    trial: {
      policy,
      coverage: coverageOf(array, request),
      requested: { ...requested },
      applied: { ...applied },
      pulses,
      wear: wornOf(array),
      energy,
      conductance: course,
    },
    interrupted: asked < updates,
  };
}

/** Moments of the conductance's course, at most so many and twice as many. */
const mostMoments = 100;
/** Requests between two reports of progress. */
const requestsABreath = 2000;

const everything: DeviceSwitches = { programmingNoise: true, drift: true, readNoise: true, polarity: true };

function arrayOf(
  request: SynapseRequest,
  policy: ArbitrationPolicy,
  device: PreparedDevice,
  model: string,
  engine: Engine,
  draw: Draw,
): SynapseArray {
  const { synapses, differential } = request;
  const spec = arbitrationOf(request, policy);
  const several = inParallel(device, spec.devices);
  const set = (side: string) => several.create(engine, synapses, at(draw, side), everything);
  const arrangement = differential ? "differential" : "single";
  const arbitration = new Arbitration(spec, synapses, draw);
  try {
    const negative = differential ? set("negative") : null;
    return new SynapseArray(set("positive"), negative, several.operation, arrangement, arbitration);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const expected = differential
      ? "a device model with pulses"
      : "one whose pulses raise and lower it, or --differential where they raise it only";
    throw inputError({ file: "--chip", found: `${model}: ${error.message}`, expected });
  }
}

/** Request number `index` of all. */
function isDepression(index: number, share: number, { key }: Draw): boolean {
  if (share === 0 || share === 1) return share === 1;
  return philox4x32([index >>> 0, Math.floor(index / 2 ** 32), 0, 0], key)[0] < share * 2 ** 32;
}

interface Course {
  readonly updates: number[];
  readonly mean: number[];
  readonly standardDeviation: number[];
}

function note({ positive, negative }: SynapseArray, updates: number, course: Course): void {
  const [sum, other] = [new Float32Array(positive.count), new Float32Array(positive.count)];
  positive.conductance(sum);
  negative?.conductance(other);
  for (let s = 0; s < sum.length; s++) sum[s]! -= other[s]!;
  const { mean, standardDeviation } = spreadOf(sum);
  course.updates.push(updates);
  course.mean.push(mean);
  course.standardDeviation.push(standardDeviation);
}

function coverageOf(
  { arbitration: { selections, spec } }: SynapseArray,
  request: SynapseRequest,
): SynapseTrial["coverage"] {
  const { synapses } = request;
  const { devices } = spec;
  const expected = scanCoverage(spec, synapses, signsOf(request));
  let [updated, fewest, sum] = [0, devices, 0];
  for (let s = 0; s < synapses; s++) {
    let reached = 0;
    for (let d = 0; d < devices; d++) if (selections[s * devices + d]! > 0) reached++;
    if (reached === 0) continue;
    updated++;
    sum += reached;
    fewest = Math.min(fewest, reached);
  }
  return {
    reached: updated > 0 ? fewest : 0,
    meanReached: updated > 0 ? sum / updated : 0,
    expected: expected.devices,
    updatedSynapses: updated,
    expectedSynapses: expected.synapses,
    selections: Array.from({ length: Math.min(synapses, mostListed) }, (_, s) =>
      Array.from(selections.subarray(s * devices, (s + 1) * devices)),
    ),
  };
}

function wornOf({ positive, negative }: SynapseArray): SynapseTrial["wear"] {
  const sets = [positive, ...(negative ? [negative] : [])].map((cells) => devicesOf(cells).population);
  if (sets.some((cells) => !cells.wear)) return null;
  const worn = sets.map((cells) => {
    const pulses = new Float64Array(cells.count);
    cells.wear!(pulses);
    return pulses;
  });
  return wearOf(worn, positive.count);
}
