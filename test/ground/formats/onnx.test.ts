import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { TensorProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/ground/errors.ts";
import {
  elementTypeName,
  elementTypeNamed,
  readFloats,
  readIntegers,
  readModel,
  writeModel,
} from "../../../src/ground/formats/onnx.ts";
import {
  floatAttribute,
  floatTensor,
  integerAttribute,
  integersAttribute,
  integerTensor,
  onnxNode,
  rawTensor,
  tensorAttribute,
  textAttribute,
} from "../../../src/ground/formats/onnx-nodes.ts";
import { bytesOf, node, weight } from "../../onnx-graphs.ts";

const read = (dataType: number, fields: object): number[] => {
  const count = (Object.values(fields)[0] as ArrayLike<unknown>).length;
  return [...readFloats("f", create(TensorProtoSchema, { dataType, dims: [BigInt(count)], ...fields }))];
};

describe("an ONNX file", () => {
  const bytes = bytesOf({
    nodes: [node("MatMul", ["x", "w"], ["y"])],
    tensors: [weight("w", [6, 4])],
    input: ["n", 6],
  });

  it("is written as it was read, byte for byte", () => {
    expect(writeModel(readModel("f", bytes))).toEqual(bytes);
  });

  it("is read or refused, never anything else, whatever byte of it is changed", () => {
    const change = fc.tuple(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(change, ([at, value]) => {
        const spoilt = bytes.slice();
        spoilt[at] = value;
        try {
          readModel("f", spoilt);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("a tensor's elements", () => {
  it("of float16 are those of IEEE 754, exactly, subnormal and infinite ones included", () => {
    const bits = [0x3c00, 0xc000, 0x7bff, 0x0400, 0x03ff, 0x0001, 0x8001, 0x7c00, 0xfc00, 0x0000, 0x3555];
    const values = [
      1,
      -2,
      65504,
      2 ** -14,
      1023 * 2 ** -24,
      2 ** -24,
      -(2 ** -24),
      Infinity,
      -Infinity,
      0,
      1365 / 4096,
    ];
    expect([...readFloats("f", rawTensor("h", 10, [bits.length], Uint16Array.from(bits)))]).toEqual(values);
    expect(read(10, { int32Data: bits })).toEqual(values);
    expect(read(10, { int32Data: [0x7e00] })).toEqual([Number.NaN]);
  });

  it("of bfloat16 are the upper halves of float32", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        const [bits] = new Uint32Array(Float32Array.of(value).buffer);
        const upper = bits! >>> 16;
        const [expected] = new Float32Array(Uint32Array.of(upper << 16).buffer);
        expect(read(16, { int32Data: [upper] })).toEqual([expected]);
        expect([...readFloats("f", rawTensor("b", 16, [1], Uint16Array.of(upper)))]).toEqual([expected]);
      }),
    );
  });

  it("are the same from raw bytes and from typed fields, for every type", () => {
    expect(read(1, { floatData: [1.5, -2] })).toEqual([1.5, -2]);
    expect(read(11, { doubleData: [1.5, -2] })).toEqual([1.5, -2]);
    expect([...readFloats("f", rawTensor("d", 11, [2], Float64Array.of(1.5, -2)))]).toEqual([1.5, -2]);
    expect(read(3, { int32Data: [-128, 127] })).toEqual([-128, 127]);
    expect([...readFloats("f", rawTensor("i", 3, [2], Int8Array.of(-128, 127)))]).toEqual([-128, 127]);
    expect([...readFloats("f", rawTensor("u", 2, [2], Uint8Array.of(0, 255)))]).toEqual([0, 255]);
    expect(read(6, { int32Data: [-70000, 70000] })).toEqual([-70000, 70000]);
    expect(read(7, { int64Data: [-7n, 9n] })).toEqual([-7, 9]);
    expect(read(12, { uint64Data: [4294967295n] })).toEqual([4294967296]);
    expect(readIntegers("f", integerTensor("s", [3], [0, -1, 2 ** 40]))).toEqual([0, -1, 2 ** 40]);
    expect(readIntegers("f", create(TensorProtoSchema, { dataType: 7, dims: [], int64Data: [5n] }))).toEqual([5]);
  });

  it("are read wherever in the file they begin", () => {
    // Names of growing length move the elements to every offset of a word.
    for (const name of ["w", "ww", "www", "wwww", "wwwww"]) {
      const bytes = bytesOf({
        nodes: [node("MatMul", ["x", name], ["y"])],
        tensors: [weight(name, [3, 2])],
        input: ["n", 3],
      });
      const [tensor] = readModel("f", Buffer.from(bytes)).graph.initializer;
      expect([...readFloats("f", tensor!)]).toEqual([...readFloats("f", weight(name, [3, 2]))]);
    }
  });

  it("are refused where their number is not the shape's, or they lie elsewhere, or have no reader", () => {
    const short = floatTensor("w", [2, 3], [1, 2, 3, 4, 5]);
    expect(() => readFloats("f.onnx", short)).toThrow("f.onnx:w: 5 elements, expected 6 (shape 2 x 3)");
    expect(() =>
      readFloats("f.onnx", create(TensorProtoSchema, { name: "w", dataType: 1, dims: [1n], dataLocation: 1 })),
    ).toThrow("f.onnx:w: elements kept in another file");
    expect(() => readFloats("f.onnx", create(TensorProtoSchema, { name: "w", dataType: 17 }))).toThrow(
      "elements of type float8e4m3fn",
    );
    const odd = floatTensor("w", [2], [1, 2]);
    odd.rawData = odd.rawData.slice(0, 7);
    expect(() => readFloats("f.onnx", odd)).toThrow("1 elements, expected 2");
  });
});

describe("a node's attributes", () => {
  it("are read as they are written, or as said where there are none", () => {
    const made = onnxNode("Any", ["a", ""], ["b"], {
      whole: -3n,
      real: 0.5,
      word: "SAME_UPPER",
      wholes: [1n, 2n],
      tensor: floatTensor("t", [1], [4]),
      reals: [0.25],
    });
    expect(integerAttribute(made, "whole", 0)).toBe(-3);
    expect(floatAttribute(made, "real", 0)).toBe(0.5);
    expect(textAttribute(made, "word", "")).toBe("SAME_UPPER");
    expect(integersAttribute(made, "wholes")).toEqual([1, 2]);
    expect(readFloats("f", tensorAttribute(made, "tensor")!)).toEqual(Float32Array.of(4));
    expect(made.attribute.at(-1)!.floats).toEqual([0.25]);
    expect(integerAttribute(made, "none", 7)).toBe(7);
    expect(floatAttribute(made, "none", 0.125)).toBe(0.125);
    expect(textAttribute(made, "none", "NOTSET")).toBe("NOTSET");
    expect(integersAttribute(made, "none")).toBeUndefined();
  });

  it("name element types as ONNX Runtime does, both ways", () => {
    for (let type = 1; type <= 26; type++) expect(elementTypeNamed(elementTypeName(type))).toBe(type);
    expect(elementTypeNamed("float31")).toBeUndefined();
    expect(elementTypeName(99)).toBe("element type 99");
  });
});
