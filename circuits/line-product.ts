import {
  boundSkewness,
  codePlace,
  type HeldConductances,
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
import { at, type Draw } from "../src/ground/draws/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";
import { convertOutputs } from "./converters.ts";
import { squareInputs } from "./float-inputs.ts";
import { largestMagnitude } from "./ranges.ts";
import type { SeenCells } from "./reading.ts";
import type { Pass, Side, Term, TileSpec } from "./tile-spec.ts";

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

/** Lines that a term of a pass sums, for one reading, ready to multiply. */
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

/** Cells as one reading sees them, [rows][columns], where rows are the lines that are driven. */
export interface SeenLines {
  cells(side: Side, reversed: readonly Side[]): SeenCells;
  held(reversed: readonly Side[]): HeldConductances;
}

/**
 * Lines of cells that are driven at one end and summed at the other, with the converters there: the product of a tile, from its word lines to
 * its bit lines or the other way round.
 */
export class LineProduct {
  /** Driven lines and summed ones, pairs counting once. */
  readonly rows: number;
  readonly columns: number;
  /** Full scale of the output converter, S (current of a summed line per volt of full-scale drive). */
  outputRange = 0;
  /** Told of every sum in units of the output converter's full scale, where somebody looks. */
  outputWatch: ((share: number) => void) | null = null;
  /** The largest sum since it was set to 0, S; null: nobody asks. */
  largestSum: number | null = null;
  readonly #engine: Engine;
  readonly #spec: TileSpec;
  readonly #fidelity: Fidelity;
  readonly #cells: SeenLines;
  readonly #summed: readonly Summed[];
  readonly #passes: readonly Pass[];

  /** @param integer  whether inputs come as codes, so that the product is exact integer arithmetic */
  constructor(
    engine: Engine,
    spec: TileSpec,
    fidelity: Fidelity,
    integer: boolean,
    rows: number,
    columns: number,
    passes: readonly Pass[],
    cells: SeenLines,
  ) {
    this.rows = rows;
    this.columns = columns;
    this.#engine = engine;
    this.#spec = spec;
    this.#fidelity = fidelity;
    this.#passes = passes;
    this.#cells = cells;
    const { memory } = engine;
    const count = rows * columns;
    const summed = new Map(
      passes.flatMap(({ polarity, terms }) =>
        terms.map((term) => [keyOf(polarity, term), { polarity, reversed: term.reversed }]),
      ),
    );
    this.#summed = [...summed.values()].map((lines) => ({
      ...lines,
      means: integer ? newPackedWeights(memory, rows, columns) : memory.float32(count),
      variances: integer ? newPackedVariances(memory, rows, columns) : memory.float32(count),
      ratio: memory.float32(padded(columns, panelColumns)),
      third: memory.float32(padded(columns, panelColumns)),
      thirdNorm: memory.float32(padded(columns, panelColumns)),
      noisy: false,
    }));
  }

  /** Packs what the product needs of the cells as they are seen now. */
  pack(): void {
    if (this.#fidelity === "sampled") return;
    for (const summed of this.#summed) {
      const [first, second] = this.#lines(summed.polarity, summed.reversed);
      summed.noisy = anyAbove(first.deviation) || (second !== null && anyAbove(second.deviation));
      this.#pack(summed.means, first.means, second?.means ?? null, -1);
      if (!summed.noisy) continue;
      this.#pack(summed.variances, first.variance, second?.variance ?? null, 1);
      const { ratio, third, thirdNorm } = summed;
      boundSkewness(this.#engine, first, second, this.rows, this.columns, ratio, third, thirdNorm);
    }
  }

  /** The lines that are summed: one, or the second taken from the first. */
  #lines(polarity: Pass["polarity"], reversed: readonly Side[]): readonly [SeenCells, SeenCells | null] {
    if (polarity !== "both") return [this.#cells.cells(polarity, reversed), null];
    return [this.#cells.cells("positive", reversed), this.#cells.cells("negative", reversed)];
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
   * @param noise  addresses what is drawn afresh, of this reading and purpose
   * @param event  number of the batch
   * @param outputScale  digital value per S, [columns]
   * @param values  [vectors][stride], column j of the product at offset + j
   * @returns how many output conversions clipped
   */
  multiply(
    inputs: DrivenInputs,
    noise: Draw,
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
      const draw = at(noise, index);
      for (const [k, term] of pass.terms.entries()) {
        const into = k === 0 ? sums : more;
        // A cell meets one sign of input only, so what two terms draw is of different cells.
        const own = k === 0 ? draw : at(draw, "term", k);
        if (this.#fidelity === "sampled") this.#sample(inputs, pass.polarity, term, own, event, into, width);
        else this.#sum(inputs, pass.polarity, term, own, event, into, width);
        if (k > 0) for (let i = 0; i < sums.length; i++) sums[i]! += term.sign * more[i]!;
      }
      if (this.outputWatch && this.outputRange > 0) this.#show(sums, inputs.vectors, width, this.outputWatch);
      if (this.largestSum !== null) {
        this.largestSum = Math.max(this.largestSum, largestMagnitude(this.#engine, sums));
      }
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
      const [first, second] = this.#lines(polarity, term.reversed);
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
    const held = this.#cells.held(term.reversed);
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
