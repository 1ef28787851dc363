import {
  isNoChange,
  leafMeant,
  type Open,
  type Override,
  ownParameterSet,
  parameterSet,
  type ValueFile,
  valueOfText,
  withSetValue,
} from "../../circuits/index.ts";
import { type DeviceModel, deviceModel, type PreparedDevice } from "../../devices/index.ts";
import { InputError, inputError, namesNear } from "../../src/ground/errors.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import { leafAt, leavesOf, shown } from "../../src/ground/known-tree.ts";
import { userTree } from "../../src/ground/written-tree.ts";
import { type Capabilities, capabilitiesOf } from "./capabilities.ts";
import { namedProtocols } from "./named-protocols.ts";
import { type Protocol, rowsOf } from "./protocol.ts";
import { protocolPaths, withProtocolValue } from "./protocol-keys.ts";
import { readProtocol, type WrittenProtocol } from "./read-protocol.ts";

/** What a user asks to see of one model. */
export interface DeviceRequest {
  readonly model: string;
  /** A parameter set's name or file; absent: the model's first. */
  readonly parameters?: string | undefined;
  /** A protocol's name or file; absent: the model's default. */
  readonly protocol?: string | undefined;
  /** Beats the protocol's own. */
  readonly devices?: number | undefined;
  readonly overrides?: readonly Override[] | undefined;
  readonly open: Open;
}

/** A model with its values and what is to be done to it; all that can be wrong with them has been refused. */
export interface DeviceUnderTest {
  readonly model: DeviceModel;
  /** With overrides in its values. */
  readonly set: ValueFile;
  readonly device: PreparedDevice;
  readonly able: Capabilities;
  readonly protocol: Protocol;
}

/** Reads a model, its set, its protocol and what `--set` changes in either. */
export async function readDevice(request: DeviceRequest): Promise<DeviceUnderTest> {
  const { overrides = [], open, parameters } = request;
  const model = deviceModel(request.model);
  const file =
    parameters === undefined
      ? ownParameterSet(model, model.parameterSets[0]!)
      : parameterSet(model, parameters, open, { file: "--parameters" });
  const plain = prepared(model, file, new Map());
  const able = await capabilitiesOf(model, plain);
  const written = protocolOf(request, model, file, plain, able);
  const changed = withOverrides(file.values, written, overrides);
  const set = { ...file, values: changed.values };
  const device = changed.set.size === 0 ? plain : prepared(model, set, changed.set);
  const protocol = readProtocol(changed.protocol, { ...able, read: device.operation.read });
  const whole = { ...protocol, devices: request.devices ?? protocol.devices };
  checkSize(whole);
  return { model, set, device, able, protocol: whole };
}

/** The protocols that a set offers, as files would have them. */
export function protocolsOf(
  model: DeviceModel,
  set: ValueFile,
  device: PreparedDevice,
  able: Capabilities,
): Readonly<Record<string, unknown>> {
  const last = leafAt(set.covers, "timeTo")?.value;
  const covered = typeof last === "number" && Number.isFinite(last) && last > 0 ? last : null;
  return namedProtocols({ model, device, able, covered }, set.protocols);
}

function protocolOf(
  { protocol: asked = "default", open }: DeviceRequest,
  model: DeviceModel,
  set: ValueFile,
  device: PreparedDevice,
  able: Capabilities,
): WrittenProtocol {
  const named = protocolsOf(model, set, device, able);
  if (Object.hasOwn(named, asked)) {
    const inSet = Object.hasOwn(set.protocols, asked);
    return {
      name: asked,
      tree: named[asked],
      where: (path) =>
        inSet ? set.written.where(`protocols.${asked}.${path}`) : { file: `protocol ${asked}`, place: path },
    };
  }
  const text = open(asked);
  if (text !== undefined) {
    const { tree, where } = userTree(text, asked, asked);
    return { name: asked, tree, where };
  }
  const names = Object.keys(named);
  const found = `no protocol or file "${asked}" for ${model.name}`;
  throw inputError({
    file: "--protocol",
    found,
    expected: `${names.join(", ")} or a file`,
    near: namesNear(asked, names),
  });
}

/** Values and protocol with what `--set` says in their places; `set` has the paths of values that it changed, with what was written. */
function withOverrides(
  values: KnownTree,
  protocol: WrittenProtocol,
  overrides: readonly Override[],
): { values: KnownTree; set: Map<string, string>; protocol: WrittenProtocol } {
  const set = new Map<string, string>();
  const told = new Set<string>();
  let [now, tree] = [values, protocol.tree];
  for (const { key, value } of overrides) {
    const known = valueOfText(value);
    if (isNoChange(key, known.value, now)) continue;
    const own = leavesOf(now).map(([path]) => `device.${path}`);
    const groups = [protocolPaths(tree).map((path) => `protocol.${path}`), own];
    const expected = "a key of the protocol or the parameter set";
    const path = leafMeant(key, { groups, tops: ["protocol", "device"], expected });
    const inner = path.slice(path.indexOf(".") + 1);
    if (path.startsWith("protocol.")) {
      tree = withProtocolValue(tree, inner, value);
      told.add(inner);
    } else {
      const refuse = (what: string) =>
        inputError({ file: "--set", found: `${inner} is ${shown(value)}`, expected: what });
      now = withSetValue(now, inner, known, refuse);
      set.set(inner, value);
    }
  }
  const where: WrittenProtocol["where"] = (path) => (told.has(path) ? { file: "--set" } : protocol.where(path));
  return { values: now, set, protocol: { ...protocol, tree, where } };
}

/** The model with a set's values; what it refuses is told with the place where the user wrote it. */
function prepared(model: DeviceModel, set: ValueFile, changed: ReadonlyMap<string, string>): PreparedDevice {
  try {
    return model.prepare(set.values);
  } catch (error) {
    const refused =
      error instanceof InputError ? /^parameter set:([\w.]+): (.*?)(, expected .*)$/.exec(error.message) : null;
    if (!refused) throw error;
    const [, path, found, expected] = refused as unknown as [string, string, string, string];
    const { file, place } = changed.has(path)
      ? { file: "--set", place: undefined }
      : set.written.where(`values.${path}`);
    const shownValue = changed.get(path) ?? found;
    throw new InputError(`${place === undefined ? file : `${file}:${place}`}: ${path} is ${shownValue}${expected}`);
  }
}

/** More rows than this are more than a file is good for. */
const mostRows = 50_000_000;

function checkSize({ name, devices, steps }: Protocol): void {
  const rows = rowsOf(steps);
  if (rows * devices <= mostRows) return;
  const counted = (count: number) => count.toLocaleString("en-US");
  throw inputError({
    file: name,
    found: `a table of ${counted(rows * devices)} rows (${counted(devices)} devices x ${counted(rows)})`,
    expected: `at most ${counted(mostRows)}`,
  });
}
