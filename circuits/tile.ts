import {
  boundSkewness,
  CrossbarArray,
  codePlace,
  multiplyCodes,
  multiplyFloats,
  multiplySquares,
  newFloatProducts,
  newPackedVariances,
  newPackedWeights,
  newProducts,
  type PackedCodes,
  type PackedWeights,
  type Products,
  packDifferences,
  packVariances,
  padded,
  panelColumns,
  resampleSkewed,
  type SkewnessCheck,
  sampleColumnSums,
  sumColumns,
} from "../crossbar/index.ts";
import type { DeviceSwitches, NoiseSplit, PreparedDevice } from "../devices/index.ts";
import { at, type Draw } from "../src/ground/draws/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";
import { convertOutputs } from "./converters.ts";
import { squareInputs } from "./float-inputs.ts";
import { Reading, type SeenCells } from "./reading.ts";
import { type Pass, passesOf, type Side, type Term, type TileSpec } from "./tile-spec.ts";

/** "statistical": fresh noise as one Gaussian per output with the exact variance; "sampled": every cell read by itself. */
export const fidelities = ["statistical", "sampled"] as const;
export type Fidelity = (typeof fidelities)[number];

/** Skewness of an output's fresh noise from which it is read cell by cell. */
const skewnessLimit = 0.1;

/** Most vectors a tile takes at once: bounds its buffers and the 32-bit sums of the input converter. */
export const vectorsPerRead = 1024;

/** The inputs of one read as drivers give them: codes of each pass's part, or floats where there is no input converter. */
export interface DrivenInputs {
  readonly vectors: number;
  /** x in units of full scale for one code. */
  readonly factor: number;
  readonly codes: ReadonlyMap<Term["part"], PackedCodes>;
  /** x in units of full scale, [vectors][rows]; empty where codes serve. */
  readonly values: ReadonlyMap<Term["part"], Float32Array>;
}

/** Bit lines that a term of a pass sums, for one reading, ready to multiply. */
interface Summed {
  readonly polarity: Pass["polarity"];
  readonly reversed: readonly Side[];
  readonly means: PackedWeights | Float32Array;
  readonly variances: PackedWeights | Float32Array;
  /** Bounds of its outputs' skewness, [padded columns]. */
  readonly ratio: Float32Array;
  readonly third: Float32Array;
  readonly thirdNorm: Float32Array;
  /** Whether anything in it has fresh noise now. */
  noisy: boolean;
}

/** A crossbar with its converters: the unit that multiplies. */
export class Tile {
  readonly array: CrossbarArray;
  readonly rows: number;
  readonly columns: number;
  /** Full scale of the output converter, S (column current per volt of full-scale drive). */
  outputRange = 0;
  /** Told of every column sum in units of the output converter's full scale, where somebody looks. */
  outputWatch: ((share: number) => void) | null = null;
  readonly #engine: Engine;
  readonly #spec: TileSpec;
  readonly #fidelity: Fidelity;
  readonly #draw: Draw;
  readonly #reading: Reading;
  readonly #summed: readonly Summed[];
  readonly #passes: readonly Pass[];
  #noise: Draw;

  /** @param integer  whether inputs come as codes, so that the product is exact integer arithmetic */
  constructor(
    engine: Engine,
    device: PreparedDevice,
    spec: TileSpec,
    fidelity: Fidelity,
    integer: boolean,
    rows: number,
    columns: number,
    draw: Draw,
    switches: DeviceSwitches,
  ) {
    this.rows = rows;
    this.columns = columns;
    this.#engine = engine;
    this.#spec = spec;
    this.#fidelity = fidelity;
    this.#draw = draw;
    this.#noise = draw;
    this.array = new CrossbarArray(engine, device, rows, columns, draw, switches);
    this.#passes = passesOf(spec, this.array.tellsPolarity);
    this.#reading = new Reading(engine, this.array, new Set(this.#terms.flatMap(({ reversed }) => reversed)));
    const { memory } = engine;
    const cells = rows * columns;
    const summed = new Map(
      this.#passes.flatMap(({ polarity, terms }) =>
        terms.map((term) => [keyOf(polarity, term), { polarity, reversed: term.reversed }]),
      ),
    );
    this.#summed = [...summed.values()].map((bitLines) => ({
      ...bitLines,
      means: integer ? newPackedWeights(memory, rows, columns) : memory.float32(cells),
      variances: integer ? newPackedVariances(memory, rows, columns) : memory.float32(cells),
      ratio: memory.float32(padded(columns, panelColumns)),
      third: memory.float32(padded(columns, panelColumns)),
      thirdNorm: memory.float32(padded(columns, panelColumns)),
      noisy: false,
    }));
  }

  get #terms(): Term[] {
    return this.#passes.flatMap(({ terms }) => terms);
  }

  /** Parts of the inputs that its reads drive, one after another or, where cells tell polarities, at once. */
  get parts(): Term["part"][] {
    return [...new Set(this.#terms.map(({ part }) => part))];
  }

  /** Conductances of one word line read together, mean over noise, S, [rows]: what a driven line loads its driver with. */
  get lineConductance(): Float64Array {
    return this.#reading.lineConductance;
  }

  /** Takes one reading: draws what is held for a run and packs what the product needs. The same number, the same draws. */
  hold(split: NoiseSplit, reading: number): void {
    this.#reading.hold(split, reading);
    this.#noise = at(this.#draw, "fresh read noise", reading);
    if (this.#fidelity === "sampled") return;
    for (const summed of this.#summed) {
      const [first, second] = this.#bitLines(summed.polarity, summed.reversed);
      summed.noisy = anyAbove(first.deviation) || (second !== null && anyAbove(second.deviation));
      this.#pack(summed.means, first.means, second?.means ?? null, -1);
      if (!summed.noisy) continue;
      this.#pack(summed.variances, first.variance, second?.variance ?? null, 1);
      const { ratio, third, thirdNorm } = summed;
      boundSkewness(this.#engine, first, second, this.rows, this.columns, ratio, third, thirdNorm);
    }
  }

  /** The bit lines that are summed: one, or the second taken from the first. */
  #bitLines(polarity: Pass["polarity"], reversed: readonly Side[]): readonly [SeenCells, SeenCells | null] {
    if (polarity !== "both") return [this.#reading.cells(polarity, reversed), null];
    return [this.#reading.cells("positive", reversed), this.#reading.cells("negative", reversed)];
  }

  #pack(into: PackedWeights | Float32Array, first: Float32Array, second: Float32Array | null, sign: 1 | -1): void {
    if (into instanceof Float32Array) {
      for (let i = 0; i < into.length; i++) into[i] = first[i]! + (second ? sign * second[i]! : 0);
    } else {
      (sign === 1 ? packVariances : packDifferences)(this.#engine, first, second, this.rows, this.columns, into);
    }
  }

  /**
   * Multiplies driven inputs with the cells, converts, and adds digital values to `values`.
   *
   * @param purpose  what is read ("images", "compensation"): part of the address of its noise
   * @param event  number of the batch
   * @param outputScale  digital value per S, [columns]
   * @param values  [vectors][stride], column j of the tile at offset + j
   * @returns how many output conversions clipped
   */
  multiply(
    inputs: DrivenInputs,
    purpose: string,
    event: number,
    outputScale: Float32Array,
    values: Float32Array,
    stride: number,
    offset: number,
  ): number {
    const { memory } = this.#engine;
    const mark = memory.mark();
    const width = padded(this.columns, panelColumns);
    const sums = memory.float32(inputs.vectors * width);
    const more = this.#passes.some(({ terms }) => terms.length > 1) ? memory.float32(inputs.vectors * width) : sums;
    const scale = memory.float32(this.columns);
    let clipped = 0;
    for (const [index, pass] of this.#passes.entries()) {
      const draw = at(this.#noise, purpose, index);
      for (const [k, term] of pass.terms.entries()) {
        const into = k === 0 ? sums : more;
        // A cell meets one sign of input only, so what two terms draw is of different cells.
        const own = k === 0 ? draw : at(draw, "term", k);
        if (this.#fidelity === "sampled") this.#sample(inputs, pass.polarity, term, own, event, into, width);
        else this.#sum(inputs, pass.polarity, term, own, event, into, width);
        if (k > 0) for (let i = 0; i < sums.length; i++) sums[i]! += term.sign * more[i]!;
      }
      if (this.outputWatch && this.outputRange > 0) this.#show(sums, inputs.vectors, width, this.outputWatch);
      for (let j = 0; j < this.columns; j++) scale[j] = pass.sign * outputScale[j]!;
      const { outputLevels, clip } = this.#spec;
      clipped += convertOutputs(
        this.#engine,
        sums,
        this.columns,
        inputs.vectors,
        this.outputRange,
        this.outputRange > 0 ? outputLevels : 0,
        clip,
        scale,
        { values, stride, offset },
      );
    }
    memory.release(mark);
    return clipped;
  }

  #show(sums: Float32Array, vectors: number, width: number, watch: (share: number) => void): void {
    for (let v = 0; v < vectors; v++) {
      for (let j = 0; j < this.columns; j++) watch(sums[v * width + j]! / this.outputRange);
    }
  }

  #sum(
    inputs: DrivenInputs,
    polarity: Pass["polarity"],
    term: Term,
    draw: Draw,
    event: number,
    sums: Float32Array,
    width: number,
  ): void {
    const engine = this.#engine;
    const { memory } = engine;
    const mark = memory.mark();
    const { rows, columns } = this;
    const { vectors, factor } = inputs;
    const summed = this.#summed.find((each) => keyOf(each.polarity, each) === keyOf(polarity, term))!;
    const codes = inputs.codes.get(term.part);
    const x = inputs.values.get(term.part);
    let products: Products;
    let variances: Products | null = null;
    let largest: Float32Array;
    let cubeNorm: Float32Array;
    if (codes && !(summed.means instanceof Float32Array)) {
      products = newProducts(memory, vectors, summed.means);
      multiplyCodes(engine, codes, summed.means, products);
      if (summed.noisy) {
        const packed = summed.variances as PackedWeights;
        variances = newProducts(memory, vectors, packed);
        multiplySquares(engine, codes, packed, variances);
      }
      largest = codes.largest;
      cubeNorm = codes.cubeNorm;
    } else {
      products = newFloatProducts(memory, vectors, columns);
      multiplyFloats(engine, x!, summed.means as Float32Array, vectors, rows, columns, products);
      largest = memory.float32(vectors);
      cubeNorm = memory.float32(vectors);
      if (summed.noisy) {
        const squares = memory.float32(vectors * rows);
        squareInputs(engine, x!, vectors, rows, squares, largest, cubeNorm);
        variances = newFloatProducts(memory, vectors, columns);
        multiplyFloats(engine, squares, summed.variances as Float32Array, vectors, rows, columns, variances);
      }
    }
    const check: SkewnessCheck | null = summed.noisy
      ? {
          ratio: summed.ratio,
          third: summed.third,
          thirdNorm: summed.thirdNorm,
          largest,
          cubeNorm,
          limit: skewnessLimit,
          flagged: memory.int32(vectors * width),
        }
      : null;
    const flagged = sumColumns(engine, products, variances, factor, draw, event, sums, check);
    if (check && flagged > 0) {
      const [first, second] = this.#bitLines(polarity, term.reversed);
      resampleSkewed(
        engine,
        check,
        flagged,
        codes ?? x!,
        factor,
        first,
        second,
        rows,
        columns,
        width,
        draw,
        event,
        sums,
      );
    }
    memory.release(mark);
  }

  #sample(
    inputs: DrivenInputs,
    polarity: Pass["polarity"],
    term: Term,
    draw: Draw,
    event: number,
    sums: Float32Array,
    width: number,
  ): void {
    const { vectors, factor } = inputs;
    const { rows, columns } = this;
    const x = inputs.values.get(term.part) ?? unpack(inputs.codes.get(term.part)!, vectors, rows, factor);
    const held = this.#reading.held(term.reversed);
    sums.fill(0);
    const first = event * vectorsPerRead;
    sampleColumnSums(this.#engine, x, vectors, rows, columns, held, polarity, draw, first, sums, width);
  }
}

const keyOf = (polarity: Pass["polarity"], { reversed }: Pick<Term, "reversed">): string =>
  [polarity, ...reversed].join();

function anyAbove(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i]! > 0) return true;
  return false;
}

function unpack(codes: PackedCodes, vectors: number, rows: number, factor: number): Float32Array {
  const x = new Float32Array(vectors * rows);
  for (let v = 0; v < vectors; v++) {
    for (let r = 0; r < rows; r++) x[v * rows + r] = codes.codes[codePlace(codes, v, r)]! * factor;
  }
  return x;
}
