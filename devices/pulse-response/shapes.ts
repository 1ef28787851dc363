import type { KnownTree } from "../../src/ground/known.ts";
import type { Numbers, Trait } from "../population/index.ts";
import { numberAt, numbersAt, wordAt } from "../values.ts";
import { exponentialStep } from "./neurosim.ts";

/** Numbers of the kernel for each kind of shape that it knows. */
export const shapeCodes = { affine: 0, "soft-bounds": 1, linear: 2, exponential: 3, power: 4 } as const;

/** How the step of one direction depends on the state, relative to the device's own step. */
export interface Shape {
  /** Of `shapeCodes`; null where no kernel knows it. */
  readonly code: number | null;
  /** What the kernel takes, at most four. */
  readonly numbers: readonly number[];
  /** @param low  and `high`: this very device's limits. @param own  its traits, those of the shape from `ownTraits` on */
  at(weight: number, low: number, high: number, own: Numbers): number;
}

/** Index of the first trait that belongs to the shape; those before it are every law's. */
export const ownTraits = 4;

/** Both directions of a law, and the traits that it adds. */
export interface Shapes {
  readonly up: Shape;
  readonly down: Shape;
  readonly traits: readonly Trait[];
}

const laws = ["constant", "linear", "soft-bounds", "exponential", "power", "piecewise", "neurosim"] as const;

/**
 * The shape f of a set's law, w the state and b its limits:
 *
 *   constant      1
 *   linear        1 - |gamma| w / b, b the median limit on the way
 *   soft-bounds   1 - w / b, b the device's own limit on the way
 *   exponential   max(0, 1 - A exp(d gamma z)), z = 2 a w / (b_max - b_min) + b, d = 1 up, -1 down
 *   power         omega^gamma up, (1 - omega)^gamma down, omega = (b_max - w) / (b_max - b_min)
 *   piecewise     straight between nodes that divide the device's own range evenly
 *   neurosim      B (1 - exp(-P / A)) one pulse on, as a step: share (reach - w) up and share (reach - 1 + w) down, w from 0 to 1
 *
 * @source Gokmen & Vlasov, Front. Neurosci. 10, 333 (2016), doi:10.3389/fnins.2016.00333 (constant); Gokmen, Onen & Haensch, Front. Neurosci.
 *   11, 538 (2017), doi:10.3389/fnins.2017.00538 (linear); Fusi & Abbott, Nat. Neurosci. 10, 485 (2007), doi:10.1038/nn1859 (soft bounds,
 *   power); Chen, Peng & Yu (2018), doi:10.1109/TCAD.2018.2789723 (neurosim); all as in IBM's aihwkit 1.2.0 but the last
 */
export function shapesOf(values: KnownTree): Shapes {
  const law = wordAt(values, "law", laws);
  const upper = numberAt(values, "upper.median", 0);
  const lower = numberAt(values, "lower.median", Number.NEGATIVE_INFINITY, upper);
  switch (law) {
    case "constant":
      return { up: affine(1, 0), down: affine(1, 0), traits: [] };
    case "soft-bounds":
      return {
        up: softBounds(upper * smallestLimit, (_low, high) => Math.max(upper * smallestLimit, high)),
        down: softBounds(lower * smallestLimit, (low) => Math.min(lower * smallestLimit, low)),
        traits: [],
      };
    case "linear": {
      const linear = (direction: "up" | "down", trait: number): Shape => {
        const gamma = numberAt(values, `slope.${direction}`);
        const bound = direction === "up" ? upper : lower;
        const at = (w: number, _low: number, _high: number, own: Numbers) =>
          1 - (Math.abs(gamma + own[trait]! - 1) * w) / bound;
        return { code: shapeCodes[law], numbers: [gamma, 1 / bound], at };
      };
      return {
        up: linear("up", ownTraits),
        down: linear("down", ownTraits + 1),
        traits: [aroundOne("slope up", values, "slope.spread"), aroundOne("slope down", values, "slope.spread")],
      };
    }
    case "exponential": {
      const [a, b] = [numberAt(values, "exponential.a"), numberAt(values, "exponential.b")];
      const exponential = (direction: "up" | "down"): Shape => {
        const amplitude = numberAt(values, `exponential.${direction}.amplitude`);
        const rate = numberAt(values, `exponential.${direction}.rate`) * (direction === "up" ? 1 : -1);
        const at = (w: number, low: number, high: number) =>
          Math.max(0, 1 - amplitude * Math.exp(rate * ((2 * a * w) / (high - low) + b)));
        return { code: shapeCodes[law], numbers: [2 * a, b, amplitude, rate], at };
      };
      return { up: exponential("up"), down: exponential("down"), traits: [] };
    }
    case "power": {
      const gamma = numberAt(values, "power.exponent", 0);
      const asymmetry = numberAt(values, "power.asymmetry", -1, 1);
      const exponentOf = (own: Numbers, bias: number) => gamma * Math.max(0, own[ownTraits]! + bias);
      const [biasUp, biasDown] = [Math.min(0, asymmetry), -Math.max(0, asymmetry)];
      const share = (part: number, low: number, high: number) => Math.min(1, Math.max(0, part / (high - low)));
      return {
        up: {
          code: shapeCodes[law],
          numbers: [gamma, biasUp],
          at: (w, low, high, own) => share(high - w, low, high) ** exponentOf(own, biasUp),
        },
        down: {
          code: shapeCodes[law],
          numbers: [gamma, biasDown],
          at: (w, low, high, own) => share(w - low, low, high) ** exponentOf(own, biasDown),
        },
        traits: [aroundOne("exponent", values, "power.spread")],
      };
    }
    case "piecewise":
      return {
        up: piecewise(numbersAt(values, "piecewise.up", 2, 1000)),
        down: piecewise(numbersAt(values, "piecewise.down", 2, 1000)),
        traits: [],
      };
    case "neurosim": {
      const step = (direction: "up" | "down") =>
        exponentialStep(
          numberAt(values, `neurosim.${direction}.label`, 0.001, 9.9),
          numberAt(values, `neurosim.${direction}.pulses`, 1),
        );
      const [up, down] = [step("up"), step("down")];
      return {
        up: affine(up.share * up.reach, -up.share),
        down: affine(down.share * (down.reach - 1), down.share),
        traits: [],
      };
    }
  }
}

/** A number near 1 for every device, normally distributed. */
function aroundOne(name: string, values: KnownTree, spread: string): Trait {
  return { name, value: 1, spread: numberAt(values, spread, 0, 1), distribution: "normal" };
}

/** Share of its median that a device's limit is at least taken to have where a step is divided by it. */
const smallestLimit = 1e-3;

function softBounds(smallest: number, limit: (low: number, high: number) => number): Shape {
  return { code: shapeCodes["soft-bounds"], numbers: [smallest], at: (w, low, high) => 1 - w / limit(low, high) };
}

function affine(constant: number, slope: number): Shape {
  return { code: shapeCodes.affine, numbers: [constant, slope], at: (w) => constant + slope * w };
}

function piecewise(nodes: readonly number[]): Shape {
  const last = nodes.length - 1;
  return {
    code: null,
    numbers: [],
    at(w, low, high) {
      const place = Math.min(last, Math.max(0, ((w - low) / (high - low)) * last));
      const index = Math.min(last - 1, Math.floor(place));
      const share = place - index;
      return (1 - share) * nodes[index]! + share * nodes[index + 1]!;
    },
  };
}
