import type { KnownTree } from "../../src/ground/known.ts";
import type { DeviceModel } from "../device.ts";
import { type DeviceLaw, type Numbers, preparePopulation, pulsedLaw } from "../population/index.ts";
import { numberAt, wordAt } from "../values.ts";
import { type AccumulationStep, accumulate, type LinearStatistic, normalOf, stepped } from "./accumulate.ts";
import { curveAt, curveOf } from "./curve.ts";

// Variables, in this order; P is 1 in a cell that was RESET and had no pulse since.
const conductance = 0;
const memory = 1;
const age = 2;

/**
 * Phase-change cells that accumulate pulses of one amplitude and width:
 *
 *   P <- P exp(-1/a), G <- clip(G + mean(G, P) + deviation(G, P) N)     a pulse above the potentiation threshold, whatever its length
 *   G <- N(mean, deviation), P <- 1                                     a pulse below the (negative) depression threshold
 *   G(age) = G max(1, age / T0)^-nu                                     age since the last pulse of either kind
 *
 * with statistics linear in G and P. A pulse acts on the undrifted G: it makes the glass young again. The cell itself knows no polarity; here
 * the sign says which of the two pulses is meant. While a pulse writes, the current is the programming current of the source, whatever G.
 *
 * @source Nandakumar et al., J. Appl. Phys. 124, 152135 (2018), doi:10.1063/1.5042408; drift clock: Boybat et al., NVMTS 2018,
 *   doi:10.1109/NVMTS.2018.8603100; nu(G): Joshi et al., Nat. Commun. 11, 2473 (2020), doi:10.1038/s41467-020-16108-9
 */
export function accumulationLaw(values: KnownTree): DeviceLaw {
  const positive = (path: string): number => numberAt(values, path, Number.MIN_VALUE);
  const statistic = (path: string): LinearStatistic => ({
    slope: numberAt(values, `${path}.slope`, -1, 1),
    offset: numberAt(values, `${path}.offset`),
    memory: numberAt(values, `${path}.memory`),
  });
  const low = positive("limits.low");
  const forgets = Math.exp(-1 / positive("memoryPulses"));
  const step: AccumulationStep = {
    forgets,
    mean: statistic("step.mean"),
    deviation: statistic("step.deviation"),
    low,
    high: numberAt(values, "limits.high", low),
    ownShare: numberAt(values, "step.ownShare", 0, 1),
  };
  const resetMean = positive("resetState.mean");
  const resetDeviation = numberAt(values, "resetState.deviation", 0);
  const resetLow = numberAt(values, "resetState.low", Number.MIN_VALUE, low);
  const startConductance = numberAt(values, "start.conductance", resetLow, step.high);
  const startDeviation = numberAt(values, "start.deviation", 0);
  const startPulses = numberAt(values, "start.pulses", 0);
  const onset = positive("drift.onset");
  const exponent = numberAt(values, "drift.exponent", 0, 1);
  const curve = curveOf(values, "drift.curve");
  const curveRange = positive("drift.curve.range");
  const follows = wordAt(values, "drift.follows", ["nothing", "conductance"]) === "conductance";
  const potentiation = { threshold: positive("potentiation.threshold"), current: positive("potentiation.current") };
  const depression = {
    threshold: numberAt(values, "depression.threshold", Number.NEGATIVE_INFINITY, -Number.MIN_VALUE),
    current: positive("depression.current"),
  };
  const usual = numberAt(values, "temperature", 1);

  const potentiates = (voltage: number): boolean => voltage >= potentiation.threshold;
  const depresses = (voltage: number): boolean => voltage <= depression.threshold;
  const drifted = (x: Numbers, traits: Numbers): number => {
    const g = x[conductance]!;
    if (x[age]! <= onset) return g;
    const nu = traits[1]! * (follows ? curveAt(curve, g / curveRange) : exponent);
    return g * (x[age]! / onset) ** -nu;
  };
  const current = (voltage: number, x: Numbers, traits: Numbers): number => {
    const ohmic = voltage * drifted(x, traits);
    if (potentiates(voltage)) return Math.max(ohmic, potentiation.current);
    return depresses(voltage) ? Math.min(ohmic, -depression.current) : ohmic;
  };
  const reset = (x: Numbers, _traits: Numbers, normals: Numbers): void => {
    x[conductance] = resetMean + resetDeviation * normals[0]!;
    x[memory] = 1;
    x[age] = 0;
  };

  return pulsedLaw({
    variables: [
      { name: "conductance", low, high: step.high, start: startConductance },
      { name: "memory", low: 0, high: 1, start: 1 },
      { name: "age", low: 0, high: Number.POSITIVE_INFINITY, start: 0, precision: "float64" },
    ],
    traits: [
      // exp of a standard normal: the share of the steps' randomness that is the device's own.
      { name: "own step", value: 1, spread: 1, distribution: "log-normal" },
      { name: "drift", value: 1, spread: numberAt(values, "drift.exponentSpread", 0), distribution: "normal" },
    ],
    conducting: conductance,
    temperature: { usual, low: usual, high: usual },
    polar: false,
    light: false,
    normalsPerPulse: 1,
    precision: "float32",
    bounds(_traits, bounds, x) {
      if (x[memory] === 1) bounds[2 * conductance] = resetLow;
    },
    start(x, _traits, normals) {
      x[conductance] = startConductance + startDeviation * normals[0]!;
      x[memory] = forgets ** startPulses;
    },
    reset,
    writes: (voltage) => potentiates(voltage) || depresses(voltage),
    current,
    pulse(x, voltage, from, _to, normals, traits) {
      if (depresses(voltage)) {
        reset(x, traits, normals);
        return;
      }
      // A pulse in pieces is written by the first that writes: after it, the age is less than the pulse has lasted.
      const written = x[age]! < from;
      x[age] = 0;
      if (written) return;
      x[memory]! *= forgets;
      x[conductance] = stepped(step, x[conductance]!, x[memory]!, normalOf(step, normals[0]!, traits[0]!));
    },
    relaxAt(x, seconds) {
      x[age]! += seconds;
    },
    bulk: {
      pulse(engine, state, stretch, random, work) {
        const { from, to, since, duration, compliance } = stretch;
        if (from !== to || since > 0 || !potentiates(from) || compliance < potentiation.current) return false;
        if (from * step.high > potentiation.current) return false;
        const joules = from * potentiation.current * duration;
        return accumulate(engine, step, state, random, joules, work);
      },
      relax(_engine, { x }, seconds) {
        const ages = x[age]!;
        if (typeof seconds === "number") for (let i = 0; i < ages.length; i++) ages[i]! += seconds;
        else for (let i = 0; i < ages.length; i++) ages[i]! += seconds[i]!;
        return true;
      },
    },
  });
}

export const accumulation: DeviceModel = {
  name: "pcm-accumulation",
  title: "Phase-change memory that accumulates pulses",
  kind: "pulsed",
  parameterSets: ["nandakumar-2018", "nandakumar-2018-12-microsiemens", "nandakumar-2018-memoryless"],
  prepare(values) {
    return preparePopulation(values, {
      name: "pcm-accumulation",
      law: accumulationLaw(values),
      programmable: true,
    });
  },
};
