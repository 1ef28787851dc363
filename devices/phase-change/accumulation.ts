import type { KnownTree } from "../../src/ground/known.ts";
import type { DeviceModel } from "../device.ts";
import { type DeviceLaw, type Numbers, preparePopulation, pulsedLaw, type Stretch } from "../population/index.ts";
import { numberAt, wordAt } from "../values.ts";
import { type AccumulationStep, accumulate, type LinearStatistic, normalOf, stepped } from "./accumulate.ts";
import { accumulateTrains } from "./accumulate-trains.ts";
import { curveOf } from "./curve.ts";
import { type LateDrift, lateDrifted, lateDriftedConductances } from "./drifting.ts";

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
  const exponentSpread = numberAt(values, "drift.exponentSpread", 0);
  const drift = driftOf(values, exponentSpread > 0);
  const potentiation = { threshold: positive("potentiation.threshold"), current: positive("potentiation.current") };
  const depression = {
    threshold: numberAt(values, "depression.threshold", Number.NEGATIVE_INFINITY, -Number.MIN_VALUE),
    current: positive("depression.current"),
  };
  const usual = numberAt(values, "temperature", 1);

  const potentiates = (voltage: number): boolean => voltage >= potentiation.threshold;
  const depresses = (voltage: number): boolean => voltage <= depression.threshold;
  const current = (voltage: number, x: Numbers, traits: Numbers): number => {
    const ohmic = voltage * lateDrifted(drift, x[conductance]!, x[age]!, traits[1]!);
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
      { name: "drift", value: 1, spread: exponentSpread, distribution: "normal" },
    ],
    conducting: conductance,
    temperature: { usual, low: usual, high: usual },
    polar: false,
    light: false,
    normalsPerPulse: 1,
    precision: "float32",
    age,
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
      train(engine, state, trains) {
        const { up, down } = trains;
        // Nothing gives way, and no cell's own current is above the source's.
        const driven = ({ from, compliance }: Stretch, source: number): boolean =>
          compliance >= source && Math.abs(from) * step.high <= source;
        if (!potentiates(up.from) || !driven(up, potentiation.current)) return false;
        const depressed = depresses(down.from) && driven(down, depression.current);
        if (!depressed && trains.counts.some((count) => count < 0)) return false;
        const joules = {
          up: up.from * potentiation.current * up.duration,
          down: -down.from * depression.current * down.duration,
        };
        const reset = { mean: resetMean, deviation: resetDeviation, low: resetLow };
        return accumulateTrains(engine, step, { reset, joules }, state, trains);
      },
      ...(drift.curve.from === Number.POSITIVE_INFINITY
        ? {
            ohmic: {
              steady: ({ from, to, duration, compliance }) =>
                from === to &&
                !potentiates(from) &&
                !depresses(from) &&
                duration < 1e-7 * drift.onset &&
                compliance >= Math.abs(from) * step.high,
              conductance: (engine, state, behind, selected, out, older) =>
                lateDriftedConductances(engine, drift, state, behind, selected, out, older),
            },
          }
        : {}),
    },
  });
}

function driftOf(values: KnownTree, differs: boolean): LateDrift {
  const onset = numberAt(values, "drift.onset", Number.MIN_VALUE);
  const range = numberAt(values, "drift.curve.range", Number.MIN_VALUE);
  const exponent = numberAt(values, "drift.exponent", 0, 1);
  const follows = wordAt(values, "drift.follows", ["nothing", "conductance"]) === "conductance";
  const curve = curveOf(values, "drift.curve");
  const flat = {
    ...curve,
    slope: 0,
    intercept: exponent,
    low: exponent,
    high: exponent,
    from: Number.POSITIVE_INFINITY,
  };
  return { onset, range, curve: follows ? curve : flat, differs };
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
