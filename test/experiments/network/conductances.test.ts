import { beforeAll, describe, expect, it } from "vitest";
import type { NamedArrays } from "../../../experiments/network/index.ts";
import type { StoredArray } from "../../../src/ground/formats/array.ts";
import { archiveOf, layerNames, run, withoutKind } from "./evaluations.ts";

const conductances = { saves: { conductances: true, outputs: false } } as const;
const [first, second] = layerNames;
// A percent sign and a backslash are written as their numbers.
const entries = { [first]: "/conv1/Conv_output_0", [second]: "h%252 %5C µ" };

type Run = Awaited<ReturnType<typeof run>>;
let saved: Run;
let arrays: NamedArrays;
beforeAll(async () => {
  saved = await run(conductances);
  arrays = saved.saved.conductances!;
});

const read = (name: string): StoredArray => archiveOf(arrays).read(name);

/** Chips, times or one of them of an array, by its leading axes. */
function picked({ shape, values }: StoredArray, leading: number, at: readonly number[]): StoredArray {
  const rest = shape.slice(leading).reduce((size, length) => size * length, 1);
  const index = at.reduce((sum, place, axis) => sum * shape[axis]! + place, 0);
  return { shape: shape.slice(leading), values: values.subarray(index * rest, (index + 1) * rest) };
}

/** The same arrays with one changed. */
const changed = (name: string, change: (array: StoredArray) => StoredArray) =>
  archiveOf(arrays, { [name]: change(read(name)) });

describe("saved conductances", () => {
  it("have the names and axes of the page: groups where there are several, chips, times", () => {
    const shapes = Object.fromEntries(arrays.map(([name, { shape }]) => [name, shape]));
    const expected: Record<string, number[]> = { network: [64], chips: [3], times: [2] };
    for (const [layer, cells] of [
      [entries[first], [3, 9, 2]],
      [entries[second], [24, 5]],
    ] as const) {
      for (const polarity of ["positive", "negative"]) {
        expected[`${layer}.target.${polarity}`] = [...cells];
        expected[`${layer}.programmed.${polarity}`] = [3, ...cells];
        expected[`${layer}.at.${polarity}`] = [3, 2, ...cells];
      }
    }
    expect(shapes).toEqual(expected);
    expect(String.fromCharCode(...read("network").values)).toBe(saved.evaluation.network.checksum);
    expect([...read("times").values]).toEqual([0, 86_400]);
    expect([...read("chips").values]).toEqual([0, 1, 2]);
  });

  // Programmed conductances are meant at 20 s, which is the first reading: time 0 has them to the bit. Exponents are positive.
  it("are state without read noise: programmed ones at time 0, smaller ones later", () => {
    for (const layer of Object.values(entries)) {
      const [programmed, at] = ["programmed", "at"].map((kind) => read(`${layer}.${kind}.positive`)) as StoredArray[];
      for (const chip of [0, 1, 2]) {
        const [start, later] = [0, 1].map((time) => picked(at!, 2, [chip, time]).values);
        const own = picked(programmed!, 1, [chip]).values;
        expect(start).toEqual(own);
        for (const [i, value] of later!.entries()) expect(value < own[i]! || own[i] === 0).toBe(true);
      }
    }
  });

  it("are the same for any number of threads", async () => {
    for (const threads of [2, 3]) expect((await run(conductances, { threads })).saved.conductances).toEqual(arrays);
  });

  it("change nothing of the evaluation, whose chips and times differ", async () => {
    expect(new Set(saved.evaluation.results.flatMap(({ accuracy }) => accuracy.chips)).size).toBeGreaterThan(3);
    expect((await run()).evaluation).toEqual(saved.evaluation);
  });

  it("are of the chips that finished", async () => {
    const stopped = await run(conductances, { stopAt: 2 });
    expect([stopped.interrupted, stopped.chips, stopped.chipsAsked]).toEqual([true, [0, 1], 3]);
    const shapes = Object.fromEntries(stopped.saved.conductances!.map(([name, { shape }]) => [name, shape]));
    expect(shapes[`${entries[first]}.at.positive`]).toEqual([2, 2, 3, 9, 2]);
    expect(shapes.chips).toEqual([2]);
  });

  it("are announced in bytes before the chips run", async () => {
    let told = 0;
    await run(conductances, { room: ({ conductances: bytes }) => (told = bytes) });
    const floats = arrays.filter(([, { values }]) => Array.isArray(values));
    const size = floats.reduce((sum, [, { shape }]) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
    expect(told).toBe(size);
    const refuse = () => {
      throw new Error("no room");
    };
    await expect(run(conductances, { room: refuse })).rejects.toThrow("no room");
  });
});

describe("loaded conductances", () => {
  // One set's read noise follows the target, the other's the programmed conductance.
  it.each(["pcm", "pcm-hermes"])(
    "that were programmed drift as the chips drew it: the same evaluation to the bit, causes too, saved again the same (%s)",
    async (preset) => {
      const own = await run({ ...conductances, causes: true }, { preset });
      const archive = archiveOf(own.saved.conductances!);
      const again = await run({ ...conductances, causes: true }, { preset, conductances: { archive } });
      const { conductances: from, ...evaluation } = again.evaluation;
      expect(evaluation).toEqual(own.evaluation);
      expect(from).toEqual({ file: "arrays.npz", kind: "programmed", chips: [0, 1, 2] });
      expect(again.saved.conductances).toEqual(own.saved.conductances);
    },
  );

  // Read noise of this parameter set follows the target, so that not even noise tells them apart.
  it("of each time are used as they are, at the file's times", async () => {
    const archive = archiveOf(withoutKind(arrays, "programmed", "target"));
    const again = await run({ ...conductances, times: [7] }, { conductances: { archive } });
    expect(again.evaluation.results).toEqual(saved.evaluation.results);
    expect(again.saved.conductances).toEqual(withoutKind(arrays, "programmed"));
    const [, later] = [0, 86_400].map((time) => saved.evaluation.results.filter((result) => result.time === time));
    const alone = await run({}, { conductances: { archive, times: [86_400], chips: 2 } });
    expect(alone.evaluation.results.map(({ accuracy }) => accuracy.chips)).toEqual(
      later!.map(({ accuracy }) => accuracy.chips.slice(0, 2)),
    );
  });

  it("of one time are the chip's own conductances without noise, whoever drew them", async () => {
    const quiet = { without: new Set(["readNoise"] as const), compensation: "none" } as const;
    const own = (await run(quiet)).evaluation.results[1]!.accuracy.chips;
    const others: Record<string, StoredArray> = {};
    for (const layer of Object.values(entries)) {
      for (const polarity of ["positive", "negative"]) {
        others[`${layer}.at.${polarity}`] = picked(read(`${layer}.at.${polarity}`), 2, [1, 1]);
      }
    }
    const archive = archiveOf([], others);
    const { results } = (await run({ ...quiet, seed: 99, times: [3600] }, { conductances: { archive } })).evaluation;
    expect(results).toHaveLength(1);
    // Not named, the time is 0, and what stands in the file is read as it is.
    expect([results[0]!.time, results[0]!.accuracy.chips]).toEqual([0, [own[1]]]);
    const told = await run(quiet, { conductances: { archive, times: [86_400] } });
    expect(told.evaluation.results[0]!.accuracy.chips).toEqual([own[1]]);
    expect(told.warnings.join()).toContain(
      "arrays.npz has no conductances of time 0: compensation starts from its first",
    );
  });

  it("are one chip without the axis of chips, in double precision as well", async () => {
    const others: Record<string, StoredArray> = {};
    for (const layer of Object.values(entries)) {
      for (const polarity of ["positive", "negative"]) {
        const name = `${layer}.programmed.${polarity}`;
        const { shape, values } = picked(read(name), 1, [0]);
        others[name] = { shape, values: Float64Array.from(values) };
      }
    }
    const { evaluation } = await run({}, { conductances: { archive: archiveOf([], others) } });
    const own = saved.evaluation.results.map(({ accuracy }) => accuracy.chips.slice(0, 1));
    expect(evaluation.results.map(({ accuracy }) => accuracy.chips)).toEqual(own);
  });

  it("keep the numbers of their chips, whose draws they go on with", async () => {
    const others: Record<string, StoredArray> = { chips: { shape: [1], values: Int32Array.of(2) } };
    for (const [name] of arrays) {
      if (!name.includes(".programmed.")) continue;
      const { shape, values } = picked(read(name), 1, [2]);
      others[name] = { shape: [1, ...shape], values };
    }
    const again = await run({ causes: true }, { conductances: { archive: archiveOf([], others) } });
    expect(again.chips).toEqual([2]);
    const own = saved.evaluation.results.map(({ accuracy }) => accuracy.chips.slice(2));
    expect(again.evaluation.results.map(({ accuracy }) => accuracy.chips)).toEqual(own);
    expect(again.evaluation.causes!.length).toBeGreaterThan(0);
  });

  it("are what programming noise is: without it the cells have their targets", async () => {
    const archive = archiveOf(withoutKind(arrays, "programmed"));
    const off = ["drift", "readNoise", "inputConverter", "outputConverter", "clipping"] as const;
    const exact = await run({ without: new Set(["programmingNoise", ...off]) }, { conductances: { archive } });
    for (const { accuracy } of exact.evaluation.results) {
      expect(new Set(accuracy.chips)).toEqual(new Set([exact.evaluation.floatAccuracy]));
    }
    const { evaluation } = await run({ causes: true }, { conductances: { archive } });
    const alone = await run({ without: new Set(off) }, { conductances: { archive } });
    expect(new Set(evaluation.causes!.map(({ cause }) => cause))).toEqual(
      new Set(["programmingNoise", "readNoise", "inputConverter", "outputConverter", "clipping"]),
    );
    for (const [index, { accuracy }] of alone.evaluation.results.entries()) {
      const { time, compensated } = alone.evaluation.results[index]!;
      const row = evaluation.causes!.find(
        (found) => found.cause === "programmingNoise" && found.time === time && found.compensated === compensated,
      )!;
      expect(row.alone.chips).toEqual(accuracy.chips.map((share) => evaluation.floatAccuracy - share));
    }
  });

  it("that no cell of the chip could have are told", async () => {
    const name = `${entries[first]}.programmed.positive`;
    const archive = changed(name, ({ shape, values }) => ({
      shape,
      values: values.map((g) => 20 * g) as Float32Array,
    }));
    expect((await run({}, { conductances: { archive } })).warnings.join()).toMatch(
      /arrays\.npz has conductances up to \d+ uS; the chip's target range is 25 uS/,
    );
  });
});

describe("conductances that do not fit are refused in one line:", () => {
  const conv = `${entries[first]}.programmed.positive`;
  const dense = `${entries[second]}.programmed.negative`;
  const put = (index: number, value: number) => (array: StoredArray) => {
    const values = array.values.slice();
    values[index] = value;
    return { shape: array.shape, values };
  };
  const at = (change: Record<string, StoredArray | null> = {}) => archiveOf(withoutKind(arrays, "programmed"), change);

  it.each([
    [
      "another network of the same shapes, by its checksum",
      () => ({ archive: archiveOf(arrays), network: "two" }),
      /^arrays\.npz:network: conductances of the network [0-9a-f]{64}, expected those of two\.onnx, [0-9a-f]{64}$/,
    ],
    [
      "another network, by its targets",
      () => ({ archive: archiveOf(arrays, { network: null }), network: "two" }),
      /^arrays\.npz:\/conv1\/Conv_output_0\.target\.positive: the target .* at \[\d, \d, \d\], expected .*S as this network, chip and --scale ask for$/,
    ],
    [
      "another mapping",
      () => ({ archive: archiveOf(arrays), chip: ["tile.scale=tile"] }),
      /target\.(positive|negative): the target .* --scale ask for$/,
    ],
    [
      "a checksum that is none",
      () => ({ archive: archiveOf(arrays, { network: { shape: [2], values: Float64Array.of(1, 2) } }) }),
      /^arrays\.npz:network: no checksum of a network, expected those of one\.onnx/,
    ],
    [
      "a layer that is missing",
      () => ({ archive: archiveOf(arrays, { [dense]: null, "h%252 %5C u.programmed.negative": read(dense) }) }),
      /^arrays\.npz: no entry "h%252 %5C µ\.programmed\.negative", expected one of every layer and polarity; near: h%252/,
    ],
    [
      "no conductances at all",
      () => ({ archive: archiveOf([["x", { shape: [1], values: Float32Array.of(1) }]]) }),
      /^arrays\.npz: no entry "\/conv1\/Conv_output_0\.programmed\.positive"/,
    ],
    [
      "another shape",
      () => ({ archive: changed(dense, ({ values }) => ({ shape: [3, 5, 24], values })) }),
      /^arrays\.npz:h%252 %5C µ\.programmed\.negative: an array of 3 x 5 x 24, expected chips x 24 x 5, or 24 x 5 for one chip$/,
    ],
    [
      "too few axes for its groups",
      () => ({ archive: changed(conv, ({ values }) => ({ shape: [9, 18], values })) }),
      /an array of 9 x 18, expected chips x 3 x 9 x 2, or 3 x 9 x 2 for one chip$/,
    ],
    [
      "times among the axes of programmed conductances",
      () => ({ archive: changed(dense, ({ values }) => ({ shape: [3, 1, 24, 5], values })) }),
      /an array of 3 x 1 x 24 x 5, expected chips x 24 x 5/,
    ],
    [
      "no chips",
      () => ({ archive: changed(conv, () => ({ shape: [0, 3, 9, 2], values: new Float32Array(0) })) }),
      /an array of 0 x 3 x 9 x 2, expected chips x/,
    ],
    [
      "layers of different numbers of chips",
      () => ({ archive: changed(dense, ({ values }) => ({ shape: [2, 24, 5], values: values.subarray(0, 240) })) }),
      /^arrays\.npz:h.*negative: 2 chips, expected 3 chips as in \/conv1\/Conv_output_0\.programmed\.positive$/,
    ],
    [
      "NaN",
      () => ({ archive: changed(conv, put(60, Number.NaN)) }),
      /positive: NaN at \[1, 0, 3, 0\], expected a conductance in S, from 0 to 1$/,
    ],
    ["a negative one", () => ({ archive: changed(conv, put(1, -1e-9)) }), /positive: -9.99.*e-10 S at \[0, 0, 0, 1\]/],
    [
      "whole numbers, which conductances in S are not",
      () => ({ archive: changed(conv, ({ shape, values }) => ({ shape, values: new Int32Array(values.length) })) }),
      /^arrays\.npz:\/conv1\/Conv_output_0\.programmed\.positive:descr: "<i4", expected numbers \(f4, f8\)$/,
    ],
    [
      "microsiemens",
      () => ({ archive: changed(conv, put(107, 12.5)) }),
      /positive: 12.5 S at \[1, 2, 8, 1\], expected a conductance in S/,
    ],
    ["infinity", () => ({ archive: changed(dense, put(0, Infinity)) }), /negative: Infinity S at \[0, 0, 0\]/],
    [
      "more chips than it has",
      () => ({ archive: archiveOf(arrays), chips: 4 }),
      /^--chips: 4, expected at most the 3 of arrays\.npz$/,
    ],
    [
      "numbers of chips that are none",
      () => ({ archive: archiveOf(arrays, { chips: { shape: [3], values: Float64Array.of(0, 1, 1) } }) }),
      /^arrays\.npz:chips: 0, 1, 1, expected 3 different whole numbers, one a chip$/,
    ],
    [
      "a time that it does not have",
      () => ({ archive: at(), times: [0, 3600] }),
      /^--times: 1 h, expected times of arrays\.npz: 0 s, 1 d$/,
    ],
    [
      "times that are not said",
      () => ({ archive: at({ times: null }) }),
      /^arrays\.npz:times: no entry of that name, expected 2 times in s, or --times with as many$/,
    ],
    [
      "other times than arrays",
      () => ({ archive: at({ times: null }), times: [0] }),
      /^arrays\.npz:times: 1 time in --times, expected 2 as the arrays have$/,
    ],
    [
      "a negative time",
      () => ({ archive: at({ times: { shape: [2], values: Float64Array.of(0, -1) } }) }),
      /^arrays\.npz:times: -1 s, expected times from 0$/,
    ],
    [
      "a time twice",
      () => ({ archive: at({ times: { shape: [2], values: Float64Array.of(5, 5) } }) }),
      /^arrays\.npz:times: the same time twice, expected each time once$/,
    ],
  ])("%s", async (_, given, message) => {
    const { archive, network, chip, chips, times } = given() as ReturnType<typeof given> & {
      network?: string;
      chip?: string[];
      chips?: number;
      times?: number[];
    };
    const options = { ...(network ? { network } : {}), ...(chip ? { chip } : {}) };
    const error = await run(
      {},
      { ...options, conductances: { archive, chips: chips ?? null, times: times ?? null } },
    ).then(
      () => null,
      (reason: Error) => reason,
    );
    expect(error?.name).toBe("InputError");
    expect(error?.message).toMatch(message);
    expect(error?.message).not.toContain("\n");
  });

  it("times of a file without them are those of --times, in ascending order", async () => {
    const again = await run({}, { conductances: { archive: at({ times: null }), times: [86_400, 0] } });
    expect(again.evaluation.results).toEqual(saved.evaluation.results);
  });
});
