import { inputError, namesNear } from "../../src/ground/errors.ts";
import { shown } from "../../src/ground/known-tree.ts";
import { formatQuantity } from "../../src/ground/quantities/index.ts";
import type { Capabilities } from "./capabilities.ts";
import { type DeedStep, type Protocol, pathLength, type Step } from "./protocol.ts";
import { protocolFields, readFields, type StepKind, stepFields, stepNames, type Where } from "./step-fields.ts";

/** A protocol as somebody wrote it, and how to say where. */
export interface WrittenProtocol {
  readonly name: string;
  readonly tree: unknown;
  readonly where: Where;
}

/** Pulses of repeats within repeats need no more. */
const deepest = 8;

/** Checks a protocol against what the device can do and fills in what it leaves out. Whatever is wrong is refused with its place. */
export function readProtocol({ name, tree, where }: WrittenProtocol, device: Capabilities): Protocol {
  const top = mapOf(tree);
  if (!top) throw inputError({ ...where(""), found: shown(tree), expected: "a protocol: devices, temperature, steps" });
  const { steps, title: _title, name: _name, ...rest } = top;
  const known = [...Object.keys(protocolFields), "steps"];
  const unknown = Object.keys(rest).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    const near = namesNear(unknown, known);
    throw inputError({ ...where(unknown), found: `no key "${unknown}"`, expected: known.join(", "), near });
  }
  const { devices, temperature } = readFields(rest, protocolFields, "", where);
  let number = 0;
  const readSteps = (list: unknown, path: string, depth: number): Step[] => {
    if (!Array.isArray(list) || list.length === 0) {
      const expected = `steps: ${stepNames.join(", ")}`;
      throw inputError({ ...where(path), found: `${lastOf(path)} is ${shown(list)}`, expected });
    }
    return list.map((step, index) => readStep(step, `${path}.${index}`, depth));
  };
  const readStep = (step: unknown, path: string, depth: number): Step => {
    const map = typeof step === "string" ? { [step]: {} } : mapOf(step);
    const keys = Object.keys(map ?? {});
    if (!map || keys.length !== 1) {
      const found = map ? `a step with ${keys.length === 0 ? "no key" : `the keys ${keys.join(", ")}`}` : shown(step);
      throw inputError({ ...where(path), found, expected: "one step each: its name, then its values" });
    }
    const [kind] = keys as [string];
    const at = `${path}.${kind}`;
    if (!stepNames.includes(kind)) {
      const near = namesNear(kind, stepNames);
      throw inputError({ ...where(at), found: `no step "${kind}"`, expected: stepNames.join(", "), near });
    }
    const body = map[kind] === null ? {} : mapOf(map[kind]);
    if (!body) throw inputError({ ...where(at), found: `${kind} is ${shown(map[kind])}`, expected: keysOf(kind) });
    if (kind === "repeat") {
      const { steps: inner, ...others } = body;
      const { count } = readFields(others, { count: { unit: "1", range: "whole" } }, at, where);
      if (depth === deepest) {
        throw inputError({ ...where(at), found: `a repeat in ${deepest} others`, expected: "fewer" });
      }
      return { kind, count: count as number, steps: readSteps(inner, `${at}.steps`, depth + 1) };
    }
    const { file, place } = where(at);
    const deed = { number: number++, where: place === undefined ? file : `${file}:${place}` };
    return readDeed(kind as StepKind, body, at, deed, where, device);
  };
  return {
    name,
    devices: devices as number,
    temperature: temperature as number | null,
    steps: readSteps(steps, "steps", 0),
  };
}

function readDeed(
  kind: StepKind,
  body: Readonly<Record<string, unknown>>,
  path: string,
  deed: Pick<DeedStep, "number" | "where">,
  where: Where,
  device: Capabilities,
): DeedStep {
  const values = readFields<string>(body, stepFields[kind], path, where) as Record<string, number | null>;
  const refuse = (key: string, found: string, expected: string) =>
    inputError({ ...where(key === "" ? path : `${path}.${key}`), found, expected });
  const cannot = device.cannot(kind);
  if (cannot !== null) throw refuse("", `${kind}: ${cannot}`, `steps that it can do: ${device.steps.join(", ")}`);
  const step = { kind, ...deed, ...values } as unknown as DeedStep;
  const span = (key: "period" | "interval", busy: number): number => {
    // Twice what it is busy for is what nobody has to say.
    const given = values[key] ?? 2 * busy;
    if (given >= busy * (1 - 1e-12)) return given;
    const expected = `at least the ${formatQuantity(busy, "s")} that one takes`;
    throw refuse(key, `${kind}.${key} is ${formatQuantity(given, "s")}`, expected);
  };
  switch (step.kind) {
    case "pulse":
      return { ...step, period: span("period", step.rise + step.width + step.fall) };
    case "light":
      return { ...step, period: span("period", step.width) };
    case "read": {
      const [voltage, width] = [values.voltage ?? device.read.voltage, values.width ?? device.read.width];
      return { ...step, voltage, width, interval: span("interval", width) };
    }
    case "sweep":
      if (step.samples < 2) throw refuse("samples", `sweep.samples is ${step.samples}`, "2 or more: both its ends");
      if (pathLength(step.voltage) / step.rate > 0) return step;
      throw refuse("rate", `sweep.rate is ${step.rate} V/s`, "one that takes a time");
    default:
      return step;
  }
}

function keysOf(kind: string): string {
  const keys = kind === "repeat" ? ["count", "steps"] : Object.keys(stepFields[kind as StepKind]);
  return `its values by name: ${keys.join(", ")}`;
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

function mapOf(node: unknown): Readonly<Record<string, unknown>> | undefined {
  const isMap = typeof node === "object" && node !== null && !Array.isArray(node);
  return isMap ? (node as Record<string, unknown>) : undefined;
}
