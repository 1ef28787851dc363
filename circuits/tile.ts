import {
  boundSkewness,
  CrossbarArray,
  codePlace,
  type FreshCells,
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
import { clampedMoments, type DeviceSwitches, type NoiseSplit, type PreparedDevice } from "../devices/index.ts";
import { at, type Draw } from "../src/ground/draws/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";
import { convertOutputs } from "./converters.ts";
import { type Pass, passesOf, type TileSpec } from "./tile-spec.ts";

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
  readonly codes: ReadonlyMap<Pass["part"], PackedCodes>;
  /** x in units of full scale, [vectors][rows]; empty where codes serve. */
  readonly values: ReadonlyMap<Pass["part"], Float32Array>;
}

/** One polarity choice of a reading, ready to multiply. */
interface Summed {
  readonly polarity: Pass["polarity"];
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
  /** Conductances of one word line read together, mean over noise, S, [rows]: what a driven line loads its driver with. */
  readonly lineConductance: Float64Array;
  /** Full scale of the output converter, S (column current per volt of full-scale drive). */
  outputRange = 0;
  /** Told of every column sum in units of the output converter's full scale, where somebody looks. */
  outputWatch: ((share: number) => void) | null = null;
  readonly #engine: Engine;
  readonly #spec: TileSpec;
  readonly #fidelity: Fidelity;
  readonly #draw: Draw;
  readonly #held: HeldConductances;
  readonly #means: { readonly positive: Float32Array; readonly negative: Float32Array };
  readonly #fresh: { readonly positive: FreshCells; readonly negative: FreshCells };
  readonly #summed: readonly Summed[];
  readonly #passes: readonly Pass[];
  #reading: Draw;

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
    this.#reading = draw;
    this.array = new CrossbarArray(engine, device, rows, columns, draw, switches);
    this.lineConductance = new Float64Array(rows);
    const cells = rows * columns;
    const { memory } = engine;
    this.#held = {
      positive: memory.float32(cells),
      negative: memory.float32(cells),
      positiveDeviation: memory.float32(cells),
      negativeDeviation: memory.float32(cells),
    };
    this.#means = { positive: memory.float32(cells), negative: memory.float32(cells) };
    const fresh = (centre: Float32Array, deviation: Float32Array): FreshCells => ({
      centre,
      deviation,
      variance: memory.float32(cells),
      thirdOverVariance: memory.float32(cells),
    });
    this.#fresh = {
      positive: fresh(this.#held.positive, this.#held.positiveDeviation),
      negative: fresh(this.#held.negative, this.#held.negativeDeviation),
    };
    this.#passes = passesOf(spec);
    const polarities = [...new Set(this.#passes.map(({ polarity }) => polarity))];
    this.#summed = polarities.map((polarity) => ({
      polarity,
      means: integer ? newPackedWeights(memory, rows, columns) : memory.float32(cells),
      variances: integer ? newPackedVariances(memory, rows, columns) : memory.float32(cells),
      ratio: memory.float32(padded(columns, panelColumns)),
      third: memory.float32(padded(columns, panelColumns)),
      thirdNorm: memory.float32(padded(columns, panelColumns)),
      noisy: false,
    }));
  }

  /** Takes one reading: draws what is held for a run and packs what the product needs. The same number, the same draws. */
  hold(split: NoiseSplit, reading: number): void {
    this.array.hold(split, reading, this.#held);
    this.#reading = at(this.#draw, "fresh read noise", reading);
    const { rows, columns } = this;
    for (const side of ["positive", "negative"] as const) this.#clamp(side);
    const { positive, negative } = this.#means;
    for (let i = 0, cell = 0; i < rows; i++) {
      let sum = 0;
      for (let j = 0; j < columns; j++, cell++) sum += positive[cell]! + negative[cell]!;
      this.lineConductance[i] = sum;
    }
    if (this.#fidelity === "sampled") return;
    for (const summed of this.#summed) {
      const [first, second] = sidesOf(summed.polarity);
      const fresh = this.#fresh[first];
      const other = second ? this.#fresh[second] : null;
      summed.noisy = anyAbove(fresh.deviation) || (other !== null && anyAbove(other.deviation));
      this.#pack(summed.means, this.#means[first], second && this.#means[second], -1);
      if (!summed.noisy) continue;
      this.#pack(summed.variances, fresh.variance, other?.variance ?? null, 1);
      boundSkewness(fresh, other, rows, columns, summed.ratio, summed.third, summed.thirdNorm);
    }
  }

  #clamp(side: "positive" | "negative"): void {
    const { centre, deviation, variance, thirdOverVariance } = this.#fresh[side];
    clampedMoments(this.#engine, centre, deviation, this.#means[side], variance, thirdOverVariance);
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
    const scale = memory.float32(this.columns);
    let clipped = 0;
    for (const [index, pass] of this.#passes.entries()) {
      const draw = at(this.#reading, purpose, index);
      if (this.#fidelity === "sampled") this.#sample(inputs, pass, draw, event, sums, width);
      else this.#sum(inputs, pass, draw, event, sums, width);
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

  #sum(inputs: DrivenInputs, pass: Pass, draw: Draw, event: number, sums: Float32Array, width: number): void {
    const engine = this.#engine;
    const { memory } = engine;
    const mark = memory.mark();
    const { rows, columns } = this;
    const { vectors, factor } = inputs;
    const summed = this.#summed.find(({ polarity }) => polarity === pass.polarity)!;
    const codes = inputs.codes.get(pass.part);
    const x = inputs.values.get(pass.part);
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
        for (let v = 0, i = 0; v < vectors; v++) {
          let [most, sixth] = [0, 0];
          for (let r = 0; r < rows; r++, i++) {
            const square = x![i]! * x![i]!;
            squares[i] = square;
            sixth += square ** 3;
            if (square > most) most = square;
          }
          largest[v] = Math.sqrt(most);
          cubeNorm[v] = Math.sqrt(sixth);
        }
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
      const [first, second] = sidesOf(pass.polarity);
      const other = second ? this.#fresh[second] : null;
      resampleSkewed(
        engine,
        check,
        flagged,
        codes ?? x!,
        factor,
        this.#fresh[first],
        other,
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

  #sample(inputs: DrivenInputs, pass: Pass, draw: Draw, event: number, sums: Float32Array, width: number): void {
    const { vectors, factor } = inputs;
    const { rows, columns } = this;
    const x = inputs.values.get(pass.part) ?? unpack(inputs.codes.get(pass.part)!, vectors, rows, factor);
    sums.fill(0);
    sampleColumnSums(
      this.#engine,
      x,
      vectors,
      rows,
      columns,
      this.#held,
      pass.polarity,
      draw,
      event * vectorsPerRead,
      sums,
      width,
    );
  }
}

type Side = "positive" | "negative";

/** Which bit lines a polarity sums: one, or the second taken from the first. */
function sidesOf(polarity: Pass["polarity"]): readonly [Side, Side | null] {
  return polarity === "both" ? ["positive", "negative"] : [polarity, null];
}

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
