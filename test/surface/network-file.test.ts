import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { FunctionProtoSchema, StringStringEntryProtoSchema, type TensorProto } from "onnx-buf";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readNetwork } from "../../experiments/network/partition.ts";
import { InputError } from "../../src/ground/errors.ts";
import { writeModel } from "../../src/ground/formats/onnx.ts";
import { readNetworkFile } from "../../src/surface/network-file.ts";
import { body, bytesOf, difference, exact, modelOf, node, ort, rawTensor, valueInfo, weight } from "../onnx-graphs.ts";

// Files that the onnx package wrote; how is said in the file.
const { files } = JSON.parse(readFileSync(new URL("../oracles/onnx-external.json", import.meta.url), "utf8")) as {
  files: Record<string, string>;
};
/** (x w v) q of the oracle's weights for x = linspace(-1, 1, 12), in float64. */
const expected = Float32Array.of(0.84375, 0.11931818, -0.60511364, 4.52556818, 2.26704545, 0.00852273);
const images = Float32Array.from({ length: 12 }, (_, i) => -1 + (2 * i) / 11);

let folder = "";
const file = (...names: string[]) => join(folder, ...names);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "crossohm-network-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(file(name), Buffer.from(content, "base64"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Takes the elements of tensors out of a model, to one place in a file each. */
function outside(tensors: readonly TensorProto[], location: string, more: Record<string, string> = {}): Uint8Array {
  const data = new Uint8Array(tensors.reduce((sum, { rawData }) => sum + rawData.length + 3, 5));
  let at = 5;
  for (const tensor of tensors) {
    data.set(tensor.rawData, at);
    const entries = { location, offset: `${at}`, length: `${tensor.rawData.length}`, ...more };
    tensor.externalData = Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    );
    tensor.dataLocation = 1;
    at += tensor.rawData.length + 3;
    tensor.rawData = new Uint8Array(0);
  }
  return data;
}

describe("weights in files beside the network", () => {
  it.each(["one.onnx", "each.onnx"])("as onnx writes them, %s, are the same network as inside", async (name) => {
    const { bytes } = readNetworkFile(file(name));
    const network = await readNetwork(name, bytes, ort);
    const whole = await readNetwork("inside.onnx", readNetworkFile(file("inside.onnx")).bytes, ort);
    expect(network.products).toEqual(whole.products);
    expect(network.parameters).toBe(24 + 12 + 9 + 1);
    expect(difference(await network.run(images, 2, exact(network)), expected)).toBeLessThan(1e-6);
  });

  it("leave a network without any as it is, and count in the checksum", async () => {
    const inside = readNetworkFile(file("inside.onnx")).bytes;
    expect(Buffer.from(inside).equals(Buffer.from(files["inside.onnx"]!, "base64"))).toBe(true);
    const checksum = async () => (await readNetwork("one.onnx", readNetworkFile(file("one.onnx")).bytes, ort)).checksum;
    const before = await checksum();
    expect(await checksum()).toBe(before);
    const data = readFileSync(file("one.onnx.data"));
    data[40]! ^= 1;
    writeFileSync(file("one.onnx.data"), data);
    expect(await checksum()).not.toBe(before);
  });

  it("are found in a folder below, through links, and where the network is named from elsewhere", async () => {
    const [w, v] = [weight("w", [6, 4]), weight("v", [4, 3])];
    const nodes = [node("MatMul", ["x", "w"], ["a"]), node("MatMul", ["a", "v"], ["y"])];
    const model = modelOf({ nodes, tensors: [w, v], input: ["n", 6] });
    const whole = await readNetwork("whole.onnx", bytesOf({ nodes, tensors: [w, v], input: ["n", 6] }), ort);
    mkdirSync(file("net", "weights"), { recursive: true });
    writeFileSync(file("kept.bin"), outside(model.graph.initializer, "weights/all.bin"));
    symlinkSync(file("kept.bin"), file("net", "weights", "all.bin"));
    writeFileSync(file("net", "net.onnx"), writeModel(model));
    const network = await readNetwork("net.onnx", readNetworkFile(file("net", "net.onnx")).bytes, ort);
    expect(network.products).toEqual(whole.products);
  });

  it("may belong to a Constant node, a body and a function, and be of four bits", async () => {
    const constant = weight("c", [6, 4]);
    const inBody = weight("k", [4]);
    const inFunction = weight("f", [4, 3]);
    const packed = rawTensor("q", 22, [3, 3], Uint8Array.of(0x21, 0x43, 0xe5, 0x10, 0x0f));
    const branch = (name: string) =>
      body([node("Add", ["a", "k"], [name])], [], [valueInfo(name, 1)], name === "t" ? [inBody] : [weight("k", [4])]);
    const nodes = [
      node("Constant", [], ["c"], { value: constant }),
      node("MatMul", ["x", "c"], ["a"]),
      node("ReduceMax", ["x"], ["m"], { keepdims: 0n }),
      node("Cast", ["m"], ["b"], { to: 9n }),
      node("If", ["b"], ["i"], { then_branch: branch("t"), else_branch: branch("e") }),
      node("F", ["i"], ["z"], {}, "own"),
      node("DequantizeLinear", ["q", "s"], ["d"]),
      node("MatMul", ["z", "d"], ["y"]),
    ];
    const model = modelOf({
      nodes,
      tensors: [packed, weight("s", [])],
      input: ["n", 6],
      opset: 21,
      domains: [{ domain: "own", version: 1n }],
    });
    model.irVersion = 10n;
    model.functions = [
      create(FunctionProtoSchema, {
        name: "F",
        domain: "own",
        input: ["p"],
        output: ["r"],
        opsetImport: [{ domain: "", version: 21n }],
        node: [node("Constant", [], ["f"], { value: inFunction }), node("MatMul", ["p", "f"], ["r"])],
      }),
    ];
    const whole = await readNetwork("whole.onnx", writeModel(model), ort);
    const tensors = [constant, inBody, inFunction, model.graph.initializer[0]!];
    writeFileSync(file("some.bin"), outside(tensors, "some.bin"));
    writeFileSync(file("some.onnx"), writeModel(model));
    const network = await readNetwork("some.onnx", readNetworkFile(file("some.onnx")).bytes, ort);
    expect(network.products).toEqual(whole.products);
    expect(network.products).toHaveLength(3);
  });

  it.each<[string, (tensor: TensorProto) => void, string]>([
    [
      "a file that is not there",
      (t) => entry(t, "location", "weihts.bin"),
      'no file "weihts.bin" beside it, expected the weights that it keeps there; near: weights.bin',
    ],
    ["a folder", (t) => entry(t, "location", "below"), 'no file "below" beside it'],
    ["a file in no folder", (t) => entry(t, "location", "none/weights.bin"), 'no file "none/weights.bin" beside it'],
    [
      "a file that is cut short",
      () => truncateSync(file("weights.bin"), 100),
      '"weights.bin" has 100 bytes, expected 96 from byte 5 on',
    ],
    [
      "an offset beyond the file",
      (t) => entry(t, "offset", "900"),
      '"weights.bin" has 104 bytes, expected 96 from byte 900 on',
    ],
    [
      "an offset below 0",
      (t) => entry(t, "offset", "-4"),
      'offset "-4" in "weights.bin", expected a whole number of bytes',
    ],
    ["an offset that is none", (t) => entry(t, "offset", "0x10"), 'offset "0x10" in "weights.bin"'],
    [
      "a length that is not the shape's",
      (t) => entry(t, "length", "92"),
      '92 bytes in "weights.bin", expected 96 (6 x 4 of float32)',
    ],
    [
      "a folder above",
      (t) => entry(t, "location", "../weights.bin"),
      'weights kept in "../weights.bin", expected a file in the network\'s own folder or below',
    ],
    [
      "a way up and down",
      (t) => entry(t, "location", "below/../../weights.bin"),
      "expected a file in the network's own folder",
    ],
    [
      "a way up in Windows' words",
      (t) => entry(t, "location", "below\\..\\..\\weights.bin"),
      "expected a file in the network's own folder",
    ],
    [
      "an absolute path",
      (t) => entry(t, "location", "/etc/hostname"),
      'weights kept in "/etc/hostname", expected a file in the network\'s own folder',
    ],
    ["a drive", (t) => entry(t, "location", "C:weights.bin"), "expected a file in the network's own folder"],
    ["no place at all", (t) => entry(t, "location", ""), 'weights kept in "", expected'],
    [
      "words",
      (t) => {
        t.dataType = 8;
      },
      'string kept in "weights.bin", expected numbers',
    ],
    [
      "more than 2 GB",
      (t) => {
        t.dims = [2n ** 20n, 2n ** 10n];
        entry(t, "length", `${2 ** 32}`);
        truncateSync(file("weights.bin"), 2 ** 32 + 5);
      },
      "4.0 GB with the weights in other files, expected less than 2 GB",
    ],
  ])("are refused in one line: %s", (_, change, line) => {
    const nodes = [node("MatMul", ["x", "w"], ["y"])];
    const model = modelOf({ nodes, tensors: [weight("w", [6, 4])], input: ["n", 6] });
    mkdirSync(file("below"));
    writeFileSync(file("weights.bin"), outside(model.graph.initializer, "weights.bin"));
    change(model.graph.initializer[0]!);
    writeFileSync(file("net.onnx"), writeModel(model));
    const read = () => readNetworkFile(file("net.onnx"));
    expect(read).toThrow(InputError);
    const place = line.includes("GB") ? "" : ":w";
    expect(read).toThrow(`${file("net.onnx")}${place}: ${line.startsWith("expected") ? "" : line}`);
    expect(read).toThrow(line);
  });
});

function entry(tensor: TensorProto, key: string, value: string): void {
  tensor.externalData.find((candidate) => candidate.key === key)!.value = value;
}
