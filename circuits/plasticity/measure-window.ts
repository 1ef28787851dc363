import { conductanceSteps, type PulseSteps } from "../../crossbar/index.ts";
import type { Cells, DeviceSwitches, PreparedDevice } from "../../devices/index.ts";
import { at, type Draw } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { Arbitration, SynapseArray } from "../synapses/index.ts";
import { type Seen, type Signal, signals } from "./local-rule.ts";
import { LocalRule } from "./local-rules.ts";
import { pulsesFor } from "./plastic-synapses.ts";
import type { RuleWindow } from "./windows.ts";

/** A point of a window: what a rule asked for, and what synapses made of it, in weights (1 is the span of a device). */
export interface WindowPoint {
  readonly value: number;
  readonly requested: number;
  /** Mean and standard deviation over the synapses. */
  readonly mean: number;
  readonly deviation: number;
}

/** Synapses to measure on. */
export interface WindowSynapses {
  readonly device: PreparedDevice;
  /** Whether a synapse is a pair of which each side is only potentiated. */
  readonly differential: boolean;
  readonly synapses: number;
  readonly switches: DeviceSwitches;
}

const everySignal = Object.keys(signals) as Signal[];

/**
 * A rule's window measured through devices: for each value so many new synapses in the middle of their span are asked for what the rule
 * asks of one, changes are rounded stochastically to pulses, and what the devices did is read without noise. Of a rule that gives pulses, a
 * pulse's request is the step of the median device.
 */
export function measureWindow(
  engine: Engine,
  window: RuleWindow,
  { device, differential, synapses, switches }: WindowSynapses,
  draw: Draw,
): WindowPoint[] {
  const { targetRange, targetLow } = device;
  const span = targetRange - targetLow;
  const { potentiate, depress } = conductanceSteps(engine, device);
  const growing = potentiate / span;
  const steps: PulseSteps = { growing, falling: differential ? growing : (depress ?? potentiate) / span };
  return window.values.map((value, point) => {
    const mark = engine.memory.mark();
    const own = at(draw, window.rule, point);
    const array = arrayOf(engine, { device, differential, synapses, switches }, own);
    const before = weightsOf(array, span);
    const requested = show(
      window,
      value,
      (change, step) => {
        const counts = Int16Array.from({ length: synapses }, (_, k) =>
          pulsesFor(change, steps, "stochastic", own, k, step),
        );
        array.update(counts);
      },
      steps,
    );
    const changes = weightsOf(array, span).map((weight, k) => weight - before[k]!);
    engine.memory.release(mark);
    const mean = changes.reduce((sum, change) => sum + change, 0) / synapses;
    const variance = changes.reduce((sum, change) => sum + (change - mean) ** 2, 0) / Math.max(1, synapses - 1);
    return { value, requested, mean, deviation: Math.sqrt(variance) };
  });
}

/** Shows one synapse its moments. @returns what the rule asked for altogether, in weights */
function show(
  { rule: name, step, parameters, lead = 0, shown }: RuleWindow,
  value: number,
  apply: (change: number, step: number) => void,
  steps: PulseSteps,
): number {
  const rule = new LocalRule(name, { inputs: 1, neurons: 1, step, gives: everySignal }, parameters);
  let requested = 0;
  for (const [k, moment] of shown(value).entries()) {
    const asked = rule.request(seenOf(moment)).of(0);
    const worth = asked > 0 ? steps.growing : steps.falling;
    const change = rule.kind.gives === "pulses" ? asked * worth : asked;
    if (k < lead || change === 0) continue;
    requested += change;
    apply(change, k);
  }
  return requested;
}

function seenOf(moment: Partial<Record<Signal, number>>): Seen {
  const lines = everySignal.map((signal) => [signal, [moment[signal] ?? (signal === "weights" ? 0.5 : 0)]] as const);
  return { ...Object.fromEntries(lines), "third factor": moment["third factor"] ?? 0 };
}

/** New synapses: single devices in the middle of their span; of pairs both sides have had four pulses. */
function arrayOf(
  engine: Engine,
  { device, differential, synapses, switches }: WindowSynapses,
  draw: Draw,
): SynapseArray {
  const { operation, targetLow, targetRange } = device;
  const made = (name: string): Cells => {
    const cells = device.create(engine, synapses, at(draw, name), switches);
    if (differential) {
      const [potentiate, depress] = [operation.potentiate!, operation.depress ?? operation.potentiate!];
      const counts = new Int16Array(synapses).fill(4);
      cells.train!({ potentiate, depress, counts }, new Float64Array(synapses));
    } else cells.replace!(new Float32Array(synapses).fill((targetLow + targetRange) / 2), true);
    return cells;
  };
  const spec = {
    devices: 1,
    policy: "global-clock",
    increment: 1,
    potentiationCounter: 1,
    depressionCounter: 1,
  } as const;
  const positive = made("positive");
  const negative = differential ? made("negative") : null;
  const arrangement = differential ? "differential" : "single";
  return new SynapseArray(positive, negative, operation, arrangement, new Arbitration(spec, synapses, draw));
}

/** G, or G+ - G-, over the span. */
function weightsOf({ positive, negative, synapses }: SynapseArray, span: number): Float64Array {
  const [plus, minus] = [new Float32Array(synapses), new Float32Array(synapses)];
  positive.conductance(plus);
  negative?.conductance(minus);
  return Float64Array.from(plus, (conductance, k) => (conductance - minus[k]!) / span);
}
