import { type Source, sourceOf, sourcesNamed, sourceText } from "../../circuits/index.ts";
import { at, drawOf } from "../../src/ground/draws/index.ts";
import { InterruptedError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { HowKnown, KnownTree } from "../../src/ground/known.ts";
import { leafAt, leavesOf } from "../../src/ground/known-tree.ts";
import { formatQuantity } from "../../src/ground/quantities/index.ts";
import { everything } from "./capabilities.ts";
import type { Course } from "./course.ts";
import { type EnergyParts, Performance, type PerformWatch } from "./perform.ts";
import { deedsOf, type Protocol } from "./protocol.ts";
import type { DeviceUnderTest } from "./read-device.ts";
import { type CharacterisationSummary, summarise } from "./summary.ts";

/** One value of a parameter set, SI. */
export interface Parameter {
  /** Dotted path. */
  readonly name: string;
  readonly value: number | string | readonly number[];
  readonly unit: string;
  readonly howKnown: HowKnown;
  readonly source: string | null;
}

/** What came of a protocol. */
export interface Characterisation {
  readonly model: { readonly name: string; readonly title: string; readonly kind: string };
  readonly set: {
    readonly name: string;
    readonly title: string;
    readonly values: KnownTree;
    readonly covers: readonly Parameter[];
    readonly notCovered: readonly string[];
    readonly parameters: readonly Parameter[];
  };
  readonly protocol: Protocol;
  readonly course: Course;
  readonly summary: CharacterisationSummary;
  /** J over all devices; the parts sum to the total. */
  readonly energy: { readonly total: number } & Readonly<EnergyParts>;
  readonly energyBoundary: {
    readonly text: string;
    readonly included: readonly string[];
    readonly excluded: readonly string[];
  };
  /** The equations, and the work that has them. */
  readonly law: { readonly text: string; readonly source: string | null };
  /** Values that the run rests on and that no source stands behind, or that were set for it. */
  readonly assumptions: readonly Parameter[];
  /** Every work that the set's values name. */
  readonly sources: readonly Source[];
}

/**
 * Does a protocol to new devices of a model and keeps every row.
 *
 * @param engine  with the memory that `characterisationBytes` says
 */
export async function characterise(
  { model, set, device, protocol }: DeviceUnderTest,
  seed: number,
  engine: Engine,
  watch: PerformWatch,
): Promise<{
  readonly characterisation: Characterisation;
  readonly interrupted: boolean;
  readonly warnings: readonly string[];
}> {
  const cells = device.create(engine, protocol.devices, at(drawOf(seed), "device"), everything);
  const number = (path: string, unless: number): number => {
    const value = leafAt(set.values, path)?.value;
    return typeof value === "number" ? value : unless;
  };
  const limits = { compliance: number("compliance", Number.POSITIVE_INFINITY), area: number("area", 0) };
  const performance = new Performance(device, cells, engine, protocol, limits, watch);
  const finished = await performance.all();
  const { course, energy, counts, duration } = performance;
  if (course.filled === 0) throw new InterruptedError("interrupted before the first row was finished");
  const { pulse, read, hold, light } = energy;
  const parameters = parametersOf(set.values);
  const works = sourcesNamed([set.law?.source ?? null, ...parameters.map(({ source }) => source)]);
  const work = set.law?.source ? sourceOf(set.law.source) : undefined;
  const characterisation: Characterisation = {
    model: { name: model.name, title: model.title, kind: model.kind },
    set: {
      name: set.name,
      title: set.title,
      values: set.values,
      covers: parametersOf(set.covers),
      notCovered: set.notCovered,
      parameters,
    },
    protocol,
    course,
    summary: summarise(protocol, course, {
      duration,
      ...counts,
      clipped: cells.limited?.clipped ?? null,
      stuck: cells.limited?.stuck ?? null,
    }),
    energy: { total: pulse + read + hold + light, pulse, read, hold, light },
    energyBoundary: boundaryOf(protocol, cells.program !== undefined),
    law: { text: set.law?.text ?? model.title, source: work ? sourceText(work) : (set.law?.source ?? null) },
    assumptions: parameters.filter(({ howKnown }) => howKnown === "assumed"),
    sources: works,
  };
  const stopped = finished ? [] : ["stopped before the protocol's end: later rows are missing"];
  const warnings = [...stopped, ...warningsOf(protocol, device, performance.missed)];
  return { characterisation, interrupted: !finished, warnings };
}

function parametersOf(tree: KnownTree): Parameter[] {
  return leavesOf(tree).map(([name, { value, unit, howKnown, source }]) => ({ name, value, unit, howKnown, source }));
}

/** Steps outside what the set says that its devices can be asked for. */
function warningsOf(
  { steps }: Protocol,
  { targetLow, targetRange }: DeviceUnderTest["device"],
  missed: number,
): string[] {
  const targets = deedsOf(steps).flatMap((step) => (step.kind === "program" ? [step.conductance] : []));
  const outside = targets.filter((target) => target < targetLow * (1 - 1e-9) || target > targetRange * (1 + 1e-9));
  const far = [...new Set(outside)].map((target) => formatQuantity(target, "S")).join(", ");
  const span = `${formatQuantity(targetLow, "S")} to ${formatQuantity(targetRange, "S")}`;
  return [
    ...(outside.length === 0 ? [] : [`targets outside what the parameter set is for, ${span}: ${far}`]),
    ...(missed === 0
      ? []
      : [
          `${missed === 1 ? "1 target was" : `${missed} targets were`} not reached within the pulses that programming may take`,
        ]),
  ];
}

function boundaryOf(protocol: Protocol, statistics: boolean): Characterisation["energyBoundary"] {
  const programs = deedsOf(protocol.steps).some(({ kind }) => kind === "program");
  return {
    text: "Work at the terminals of the devices, the integral of V I along the trajectory that moved their state; light that falls on them as irradiance x area x time.",
    included: ["pulses and sweeps", "reads", "voltages held", "light on the devices"],
    excluded: [
      "drivers, wires and converters",
      ...(programs && statistics ? ["pulses behind programmed statistics, which the set's source does not give"] : []),
    ],
  };
}
