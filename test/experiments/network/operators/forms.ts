import type { GraphText } from "../../../onnx-graphs.ts";
import { node, rawTensor, weight } from "../../../onnx-graphs.ts";

/** A graph of one product from "x" to "y". */
export interface ProductGraph {
  readonly title: string;
  readonly graph: GraphText;
}

type Attributes = Parameters<typeof node>[3];
const named = (attributes: object): string =>
  Object.entries(attributes)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ") || "plain";
const combinations = <T>(...lists: (readonly T[])[]): T[][] =>
  lists.reduce<T[][]>((all, list) => all.flatMap((one) => list.map((value) => [...one, value])), [[]]);

/** C of Gemm [5 images, 4]: absent, left out, one number, a row, a column of one. */
const additions: readonly (readonly [string, readonly number[] | null])[] = [
  ["no C", null],
  ["C [4]", [4]],
  ["C [1, 4]", [1, 4]],
  ["C [1]", [1]],
  ["C of no axes", []],
  ["C [1, 1]", [1, 1]],
];

const gemms: ProductGraph[] = combinations<Attributes>(
  [{}, { alpha: 0.5 }],
  [{}, { beta: -2 }],
  [{}, { transB: 1n }],
  [{}, { transA: 1n }],
).flatMap((parts) => {
  const attributes: Record<string, number | bigint> = Object.assign({}, ...parts);
  const b = attributes.transB ? weight("w", [4, 6]) : weight("w", [6, 4]);
  const turned = attributes.transA !== undefined;
  return additions.map(
    ([c, shape]): ProductGraph => ({
      title: `Gemm, ${named(attributes)}, ${c}`,
      graph: {
        nodes: [
          ...(turned ? [node("Transpose", ["x"], ["t"])] : []),
          node("Gemm", [turned ? "t" : "x", "w", ...(shape ? ["c"] : [])], ["y"], attributes),
        ],
        tensors: [b, ...(shape ? [weight("c", shape)] : [])],
        input: ["n", 6],
      },
    }),
  );
});

/** y = op(W) op(x), C along its columns; the images are columns, so both ends are turned. */
const leftGemms: ProductGraph[] = combinations<Attributes>(
  [{}, { alpha: 3, beta: 0.5 }],
  [{}, { transB: 1n }],
  [{}, { transA: 1n }],
).flatMap((parts) => {
  const attributes: Record<string, number | bigint> = Object.assign({}, ...parts);
  const a = attributes.transA ? weight("w", [6, 4]) : weight("w", [4, 6]);
  const turned = attributes.transB === undefined;
  return [null, [4, 1], [1], [1, 1]].map(
    (shape): ProductGraph => ({
      title: `Gemm of a constant A, ${named(attributes)}, C ${shape ? `[${shape}]` : "absent"}`,
      graph: {
        nodes: [
          ...(turned ? [node("Transpose", ["x"], ["t"])] : []),
          node("Gemm", ["w", turned ? "t" : "x", ...(shape ? ["c"] : [])], ["z"], attributes),
          node("Transpose", ["z"], ["y"]),
        ],
        tensors: [a, ...(shape ? [weight("c", shape)] : [])],
        input: ["n", 6],
      },
    }),
  );
});

const oddGemms: ProductGraph[] = [
  {
    title: "Gemm, an empty name for C",
    graph: { nodes: [node("Gemm", ["x", "w", ""], ["y"])], tensors: [weight("w", [6, 4])], input: ["n", 6] },
  },
  {
    title: "Gemm, beta 0",
    graph: {
      nodes: [node("Gemm", ["x", "w", "c"], ["y"], { beta: 0 })],
      tensors: [weight("w", [6, 4]), weight("c", [4])],
      input: ["n", 6],
    },
  },
  {
    title: "Gemm, C an activation",
    graph: {
      nodes: [node("Gemm", ["x", "w", "x"], ["y"], { beta: 2 })],
      tensors: [weight("w", [6, 6])],
      input: ["n", 6],
    },
  },
  {
    title: "Gemm, B a sum of constants",
    graph: {
      nodes: [node("Add", ["a", "b"], ["w"]), node("Gemm", ["x", "w"], ["y"])],
      tensors: [weight("a", [6, 4]), weight("b", [4])],
      input: ["n", 6],
    },
  },
];

/** Shapes of the activation (without images) and of the constant, on either side. */
const matmuls: ProductGraph[] = [
  ...(
    [
      [[6], [6, 4]],
      [
        [3, 6],
        [6, 4],
      ],
      [
        [2, 3, 6],
        [6, 4],
      ],
      [[3, 6], [6]],
      [[2, 3, 6], [6]],
      [
        [3, 2, 6],
        [3, 6, 4],
      ],
      [
        [1, 2, 6],
        [3, 6, 4],
      ],
      [
        [2, 1, 2, 6],
        [1, 3, 6, 4],
      ],
      [
        [2, 3, 1, 6],
        [2, 1, 6, 4],
      ],
      [
        [2, 1, 1, 6],
        [1, 3, 6, 4],
      ],
    ] as const
  ).map(([x, w]) => ({ x, w, left: false })),
  ...(
    [
      [
        [6, 2],
        [4, 6],
      ],
      [
        [3, 6, 2],
        [4, 6],
      ],
      [[6, 2], [6]],
      [
        [3, 6, 2],
        [3, 4, 6],
      ],
      [
        [1, 6, 2],
        [3, 4, 6],
      ],
      [
        [2, 1, 6, 2],
        [1, 3, 4, 6],
      ],
    ] as const
  ).map(([x, w]) => ({ x, w, left: true })),
].map(({ x, w, left }) => ({
  title: `MatMul, [n, ${x}] ${left ? "behind" : "before"} a constant [${w}]`,
  graph: {
    nodes: [node("MatMul", left ? ["w", "x"] : ["x", "w"], ["y"])],
    tensors: [weight("w", w)],
    input: ["n", ...x],
  },
}));

interface ConvForm {
  /** Of one image, channels first; channels and groups follow from it. */
  readonly space: readonly number[];
  readonly kernel: readonly number[];
  readonly attributes: Attributes;
}

const spaces: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[9], [3]],
  [
    [5, 6],
    [3, 2],
  ],
  [
    [3, 4, 5],
    [2, 3, 2],
  ],
];
const forms: ConvForm[] = spaces.flatMap(([space, kernel]) => {
  const all = (value: number | bigint): bigint[] => space.map(() => BigInt(value));
  const some = (...values: number[]): bigint[] => space.map((_, i) => BigInt(values[i % values.length]!));
  const forms: Attributes[] = [
    {},
    { strides: all(2) },
    { strides: some(1, 2) },
    { dilations: all(2) },
    { pads: [...all(1), ...all(1)] },
    { pads: [...some(0, 1), ...some(2, 0)] },
    { pads: [...all(1), ...all(2)], strides: some(2, 1), dilations: some(1, 2) },
    { auto_pad: "SAME_UPPER" },
    { auto_pad: "SAME_LOWER" },
    { auto_pad: "SAME_UPPER", strides: all(2) },
    { auto_pad: "SAME_LOWER", strides: some(2, 3) },
    { auto_pad: "VALID", strides: all(2) },
    { auto_pad: "NOTSET", kernel_shape: kernel.map(BigInt) },
  ];
  return forms.map((attributes) => {
    const dilated = (attributes as { dilations?: bigint[] }).dilations;
    const fits = !dilated || space.every((length, i) => length >= Number(dilated[i]) * (kernel[i]! - 1) + 1);
    return { space: fits ? space : space.map((length) => length + 2), kernel, attributes };
  });
});

/** Channels in, out and groups: plain, grouped, depthwise, depthwise with two outputs a channel. */
const groupings = [
  [2, 3, 1],
  [4, 6, 2],
  [3, 3, 3],
  [2, 4, 2],
] as const;
const convolutions: ProductGraph[] = forms.flatMap(({ space, kernel, attributes }, index) =>
  groupings.flatMap(([channels, outputs, groups], k): ProductGraph[] => {
    // Every grouping meets every form in one dimension; in the others in turns.
    if (space.length > 1 && (index + k) % 2 === 1) return [];
    const biased = (index + k) % 3 === 0;
    const tensors = [weight("k", [outputs, channels / groups, ...kernel]), ...(biased ? [weight("b", [outputs])] : [])];
    const all = { ...(groups > 1 ? { group: BigInt(groups) } : {}), ...(attributes as object) };
    return [
      {
        title: `Conv of ${space.join(" x ")}, ${channels} to ${outputs}, ${named(all)}${biased ? ", biased" : ""}`,
        graph: {
          nodes: [node("Conv", ["x", "k", ...(biased ? ["b"] : [])], ["y"], all)],
          tensors,
          input: ["n", channels, ...space],
        },
      },
    ];
  }),
);

const half = (name: string, shape: readonly number[]) =>
  rawTensor(
    name,
    10,
    shape,
    Uint16Array.from(
      { length: shape.reduce((a, b) => a * b, 1) },
      (_, i) => (i % 2 ? 0x8000 : 0) | (0x3000 + ((i * 1237) % 0xc00)),
    ),
  );
const halves: ProductGraph[] = [
  {
    title: "Gemm of float16",
    graph: {
      nodes: [node("Gemm", ["x", "w", "c"], ["y"], { alpha: 0.5 })],
      tensors: [half("w", [6, 4]), half("c", [4])],
      input: ["n", 6],
      inputType: 10,
      outputType: 10,
    },
  },
  {
    title: "MatMul of float16",
    graph: {
      nodes: [node("MatMul", ["x", "w"], ["y"])],
      tensors: [half("w", [6, 4])],
      input: ["n", 3, 6],
      inputType: 10,
      outputType: 10,
    },
  },
  {
    title: "Conv of float16",
    graph: {
      nodes: [node("Conv", ["x", "k", "b"], ["y"])],
      tensors: [half("k", [3, 2, 2, 2]), half("b", [3])],
      input: ["n", 2, 4, 4],
      inputType: 10,
      outputType: 10,
    },
  },
  {
    title: "a float16 network",
    graph: {
      nodes: [
        node("Conv", ["x", "k"], ["c"], { pads: [1n, 1n, 1n, 1n] }),
        node("Relu", ["c"], ["r"]),
        node("GlobalAveragePool", ["r"], ["g"]),
        node("Flatten", ["g"], ["f"]),
        node("Gemm", ["f", "w", "b"], ["s"], { transB: 1n }),
        node("Softmax", ["s"], ["y"]),
      ],
      tensors: [half("k", [4, 2, 3, 3]), half("w", [5, 4]), half("b", [5])],
      input: ["n", 2, 5, 5],
      inputType: 10,
      outputType: 10,
    },
  },
];

export const productGraphs: readonly ProductGraph[] = [
  ...gemms,
  ...leftGemms,
  ...oddGemms,
  ...matmuls,
  ...convolutions,
];
export const halfGraphs: readonly ProductGraph[] = halves;
