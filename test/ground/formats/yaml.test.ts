import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/ground/errors.ts";
import { readYaml } from "../../../src/ground/formats/yaml.ts";

describe("YAML with lines", () => {
  const yaml = readYaml("# chip\ntile:\n  rows: 512\n  list: [1,\n    2]\ndevice: {model: pcm}\n", "chip.yaml");

  it("gives the tree and the line of every key", () => {
    expect(yaml.tree).toEqual({ tile: { rows: 512, list: [1, 2] }, device: { model: "pcm" } });
    expect(yaml.lineOf(["tile"])).toBe(2);
    expect(yaml.lineOf(["tile", "rows"])).toBe(3);
    expect(yaml.lineOf(["tile", "list", 1])).toBe(5);
    expect(yaml.lineOf(["device", "model"])).toBe(6);
  });

  it("gives the line of what is above a key that is not there", () => {
    expect(yaml.lineOf(["tile", "columns"])).toBe(2);
    expect(yaml.lineOf(["device", "model", "value"])).toBe(6);
    expect(yaml.lineOf(["none"])).toBeUndefined();
  });

  it.each([
    ["", "chip.yaml: an empty file, expected YAML"],
    ["# only a comment\n", "chip.yaml: an empty file"],
    ["a: 1\nb: [1, 2\n", "chip.yaml:3: "],
    ["a: 1\na: 2\n", "chip.yaml:2: Map keys must be unique"],
    ["a: 1\n---\nb: 2\n", "chip.yaml:2: "],
    ["a: *nothing\n", "chip.yaml: Unresolved alias"],
    ["a: \tx: y\n\tz", "chip.yaml:"],
    [
      `a: &a [${"x,".repeat(10)}]\nb: &b [${"*a,".repeat(10)}]\nc: &c [${"*b,".repeat(10)}]\nd: [${"*c,".repeat(10)}]\n`,
      "chip.yaml: ",
    ],
  ])("refuses %j", (text, message) => {
    expect(() => readYaml(text, "chip.yaml")).toThrow(InputError);
    expect(() => readYaml(text, "chip.yaml")).toThrow(message);
  });
});
