import { describe, expect, it } from "vitest";
import { characterised, subjectOf } from "./characterised.ts";

const steps = (...lines: string[]) => `devices: 2\nsteps:\n${lines.map((line) => `  - ${line}\n`).join("")}`;
const pulse = "pulse: {voltage: 0.3 V, width: 1 ns}";

describe("a protocol that cannot be meant is refused in one line with file and line", () => {
  it.each([
    [
      "a negative width",
      steps("pulse: {voltage: 1 V, width: -50 ns}"),
      "asked.yaml:3: pulse.width is -50 ns, expected a time",
    ],
    ["a width of nothing", steps("pulse: {voltage: 1 V, width: 0 s}"), "asked.yaml:3: pulse.width is 0 s"],
    ["a negative wait", steps(pulse, "wait: {time: -1 h}"), "asked.yaml:4: wait.time is -1 h"],
    ["a negative edge", steps("pulse: {voltage: 1 V, width: 1 ns, fall: -1 ns}"), "asked.yaml:3: pulse.fall is -1 ns"],
    [
      "time that falls: a period below the pulse",
      steps("pulse: {voltage: 1 V, width: 2 ns, period: 1 ns}"),
      "asked.yaml:3: pulse.period is 1 ns, expected at least the 2 ns that one takes",
    ],
    [
      "an interval below the read",
      steps("read: {width: 1 us, interval: 10 ns}"),
      "asked.yaml:3: read.interval is 10 ns",
    ],
    ["an unknown step", steps("puls: {voltage: 1 V}"), 'asked.yaml:3: no step "puls", expected pulse, wait'],
    ["an unknown step, what is near it", steps("swep: {}"), "near: sweep"],
    ["two steps in one", "steps:\n  - {pulse: {}, wait: {}}\n", "asked.yaml:2: a step with the keys pulse, wait"],
    ["an unknown key", steps("pulse: {voltage: 1 V, widht: 1 ns}"), 'asked.yaml:3: no key "pulse.widht"'],
    [
      "an unknown key of the whole",
      `${steps(pulse)}temperatur: 300 K\n`,
      'asked.yaml:4: no key "temperatur", expected devices, temperature, steps; near: temperature',
    ],
    [
      "a unit that does not convert",
      steps("pulse: {voltage: 1 A, width: 1 ns}"),
      "asked.yaml:3: pulse.voltage is 1 A, expected a voltage such as 0.2 V",
    ],
    ["a unit that is none", steps("wait: {time: 3 parsecs}"), "asked.yaml:3: wait.time is 3 parsecs"],
    ["a value that is missing", steps("pulse: {width: 1 ns}"), "asked.yaml:3: pulse.voltage is nothing"],
    ["a word for a number", steps("bias: {voltage: high, time: 1 s}"), "asked.yaml:3: bias.voltage is high"],
    [
      "a count that is no whole number",
      steps("read: {count: 2.5}"),
      "asked.yaml:3: read.count is 2.5, expected a whole number",
    ],
    ["no devices", `devices: 0\n${"steps:\n  - read: {}\n"}`, "asked.yaml:1: devices is 0"],
    [
      "a temperature below nothing",
      `temperature: -3 K\n${"steps:\n  - read: {}\n"}`,
      "asked.yaml:1: temperature is -3 K",
    ],
    [
      "a sweep that goes nowhere",
      steps("sweep: {voltage: [1 V, 1 V], rate: 1 V/s}"),
      "asked.yaml:3: sweep.voltage is [1 V, 1 V]",
    ],
    [
      "a sweep of one sample",
      steps("sweep: {voltage: [0 V, 1 V], rate: 1 V/s, samples: 1}"),
      "asked.yaml:3: sweep.samples is 1",
    ],
    ["no steps", "devices: 3\n", "asked.yaml: steps is nothing"],
    ["an empty list of steps", "steps: []\n", "asked.yaml:1: steps is []"],
    ["a list instead of a protocol", "- read: {}\n", "asked.yaml:1: [a group of keys (read)]"],
    ["a repeat without a count", steps("repeat: {steps: [read: {}]}"), "asked.yaml:3: repeat.count is nothing"],
    [
      "a step inside a repeat, at its own line",
      "steps:\n  - repeat:\n      count: 2\n      steps:\n        - read: {}\n        - wait: {time: 0 s}\n",
      "asked.yaml:6: wait.time is 0 s",
    ],
    [
      "light on a device that knows none",
      steps("light: {irradiance: 1 mW/cm^2, wavelength: 637 nm, width: 1 s}"),
      "asked.yaml:3: light: light does nothing to vteam, expected steps that it can do: pulse",
    ],
    ["a reset that the model has not", steps("reset: {}"), "asked.yaml:3: reset: vteam has no RESET"],
    ["no YAML", "steps: [", "asked.yaml:1:"],
  ])("%s", async (_what, file, message) => {
    const refused = await subjectOf({ model: "vteam", file }).catch((error: Error) => error);
    expect(refused).toMatchObject({ name: "InputError" });
    expect((refused as Error).message).toContain(message);
    expect((refused as Error).message).not.toContain("\n");
  });

  it("a table that no file is good for is refused before it is made", async () => {
    const file = "devices: 100000\nsteps:\n  - repeat: {count: 10000, steps: [read: {count: 100}]}\n";
    await expect(subjectOf({ model: "vteam", file })).rejects.toThrow(
      "asked.yaml: a table of 100,000,000,000 rows (100,000 devices x 1,000,000), expected at most 50,000,000",
    );
  });
});

describe("names and values that cannot be meant are refused", () => {
  it.each([
    ["a model with a typo", { model: "vtaem" }, 'no model "vtaem"', "near: vteam"],
    [
      "a protocol with a typo",
      { model: "vteam", name: "iv-swep" },
      'no protocol or file "iv-swep" for vteam',
      "near: iv-sweep",
    ],
    [
      "a protocol that the model cannot do",
      { model: "ideal", name: "iv-sweep" },
      'no protocol or file "iv-sweep" for ideal',
      "expected default",
    ],
    ["a set with a typo", { model: "vteam", parameters: "kvatinski-2015" }, "--parameters", "near: kvatinsky-2015"],
    ["a key with a typo", { model: "vteam", set: ["on.treshold=-1 V"] }, 'no key "on.treshold"', "near: on.threshold"],
    ["a value outside its range", { model: "vteam", set: ["start=2"] }, "--set: start is 2", "from 0 to 1"],
    [
      "a value of another unit",
      { model: "vteam", set: ["on.threshold=3 s"] },
      "--set: on.threshold is 3 s",
      "a voltage",
    ],
    [
      "a word that is none of the set's",
      { model: "vteam", set: ["resistance=cubic"] },
      "resistance is cubic",
      "linear or exponential",
    ],
    [
      "a protocol's value that fits no more",
      { model: "vteam", set: ["sweep.rate=-1 V/s"] },
      "--set: sweep.rate is -1 V/s",
      "above 0",
    ],
    [
      "a key of both",
      { model: "vteam", set: ["temperature=300 K"] },
      "protocol.temperature or device.temperature",
      "fits 2 keys",
    ],
    [
      "a value in a file of one's own",
      { model: "vteam", parameters: "mine.yaml" },
      "mine.yaml:4: on.threshold is 2",
      "expected",
    ],
  ])("%s", async (_what, asked, ...parts) => {
    const files = { "mine.yaml": "model: vteam\nvalues:\n  on:\n    threshold: 2 V\n" };
    const refused = (await subjectOf({ ...asked, files }).catch((error: Error) => error)) as Error;
    for (const part of parts) expect(refused.message).toContain(part);
    expect(refused).toMatchObject({ name: "InputError" });
  });
});

describe("what no law can be followed through is refused with its step, not after it", () => {
  it.each([
    [
      "a voltage that moves it too fast",
      "vteam",
      'pulse: {voltage: "1e300 V", width: 1 us}',
      "no step is small enough",
    ],
    ["a voltage beyond a filament", "diffusive", "pulse: {voltage: 1 kV, width: 1 us}", "no step is small enough"],
    ["a current beyond all numbers", "strontium-titanate", "pulse: {voltage: 1 kV, width: 1 us}", "beyond all numbers"],
  ])("%s", async (_what, model, step, part) => {
    const refused = (await characterised({ model, file: steps(step) }).catch((error: Error) => error)) as Error;
    expect(refused).toMatchObject({ name: "InputError" });
    expect(refused.message).toMatch(/^asked.yaml:3: pulse: .*, expected a lower voltage/);
    expect(refused.message).toContain(part);
  });
});

describe("--set reaches the protocol, then the set", () => {
  it("by whole paths, by ends that fit one key, and by keys that the file leaves out", async () => {
    const file = steps(pulse, "read: {}");
    const { protocol, set } = await subjectOf({
      model: "vteam",
      file,
      set: [
        "pulse.voltage=0.4 V",
        "steps.1.read.count=7",
        "pulse.period=9 ns",
        "devices=5",
        "protocol.temperature=300 K",
        "start=0.5",
      ],
    });
    expect(protocol).toMatchObject({
      devices: 5,
      temperature: 300,
      steps: [
        { kind: "pulse", voltage: 0.4, period: 9e-9 },
        { kind: "read", count: 7 },
      ],
    });
    expect((set.values.start as { value: number }).value).toBe(0.5);
  });

  it("a list with one unit behind it", async () => {
    const { protocol } = await subjectOf({ model: "vteam", set: ["sweep.voltage=[0, 200, 0] mV"] });
    expect(protocol.steps[0]).toMatchObject({ voltage: [0, 0.2, 0] });
  });
});
