import type { KnownTree } from "../../src/ground/known.ts";
import { numberAt, wordAt } from "../values.ts";

/** One component of the conductance: its ends, S, and how fast it is written. */
interface Component {
  readonly low: number;
  readonly high: number;
  /** S per unit of sinh(|V| / V_a) t^b, t in s, where its soft bounds do not slow it. */
  readonly amplitude: number;
}

/** s at 0 V, and V of bias that slow the decay by a factor of e. */
interface Decay {
  readonly time: number;
  readonly bias: number;
}

/** Numbers of a two-component device, SI, named as in its parameter set. */
export interface Components {
  readonly offset: number;
  readonly ohmicTo: number;
  readonly nonlinearity: number;
  readonly soft: boolean;
  readonly threshold: number;
  readonly acceleration: number;
  readonly timeExponent: number;
  readonly volatile: Component;
  readonly fastShare: number;
  readonly fast: Decay;
  readonly slow: Decay;
  readonly lasting: Component & { readonly threshold: number; readonly start: number };
  /** Exponent of the lasting part's power law of age, 0 for none, and s from which it falls. */
  readonly retention: { readonly exponent: number; readonly from: number };
}

export function componentsOf(values: KnownTree): Components {
  const positive = (path: string): number => numberAt(values, path, Number.MIN_VALUE);
  const soft = wordAt(values, "window", ["soft", "hard"]) === "soft";
  const acceleration = positive("update.acceleration");
  const timeExponent = numberAt(values, "update.timeExponent", Number.MIN_VALUE, 1);
  // The amplitude with which one pulse from `start` does the step that the set names.
  const component = (name: string, low: number, high: number, start: number): Component => {
    const room = high - start;
    const step = numberAt(values, `${name}.step.conductance`, 0, 0.999 * room);
    const sinh = Math.sinh(positive(`${name}.step.voltage`) / acceleration);
    const undamped = soft ? -room * Math.log1p(-step / room) : step;
    return { low, high, amplitude: undamped / (sinh * positive(`${name}.step.width`) ** timeExponent) };
  };
  const decay = (name: string): Decay => ({ time: positive(`${name}.time`), bias: positive(`${name}.bias`) });
  const offset = positive("conduction.offset");
  const threshold = numberAt(values, "update.threshold", 0);
  const low = numberAt(values, "lasting.low", 0);
  const high = numberAt(values, "lasting.high", low);
  const falls = wordAt(values, "lasting.retention.law", ["none", "power"]) === "power";
  return {
    offset,
    ohmicTo: numberAt(values, "conduction.ohmicTo", 0),
    nonlinearity: positive("conduction.nonlinearity"),
    soft,
    threshold,
    acceleration,
    timeExponent,
    volatile: component(
      "volatile",
      -numberAt(values, "volatile.depth", Number.MIN_VALUE, offset),
      positive("volatile.high"),
      0,
    ),
    fastShare: numberAt(values, "volatile.fastShare", 0, 1),
    fast: decay("volatile.fast"),
    slow: decay("volatile.slow"),
    lasting: {
      ...component("lasting", low, high, low),
      threshold: numberAt(values, "lasting.threshold", threshold),
      start: numberAt(values, "lasting.start", low, high),
    },
    retention: {
      exponent: falls ? numberAt(values, "lasting.retention.exponent", 0, 1) : 0,
      from: positive("lasting.retention.from"),
    },
  };
}
