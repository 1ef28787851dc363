import { CrossbarArray } from "../crossbar/index.ts";
import type { DeviceSwitches, NoiseSplit, PreparedDevice } from "../devices/index.ts";
import { at, type Draw } from "../src/ground/draws/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";
import { type DrivenInputs, type Fidelity, LineProduct } from "./line-product.ts";
import { Reading } from "./reading.ts";
import { type Pass, passesOf, type Side, type Term, type TileSpec } from "./tile-spec.ts";
import { TransposedReading } from "./transposed-reading.ts";

/** A crossbar with its converters: the unit that multiplies. */
export class Tile {
  readonly array: CrossbarArray;
  readonly rows: number;
  readonly columns: number;
  /** From word lines to bit lines. */
  readonly forward: LineProduct;
  readonly #engine: Engine;
  readonly #spec: TileSpec;
  readonly #fidelity: Fidelity;
  readonly #integer: boolean;
  readonly #draw: Draw;
  readonly #reading: Reading;
  readonly #passes: readonly Pass[];
  #transposed: { readonly reading: TransposedReading; readonly product: LineProduct } | null = null;
  /** Whether the transposed product was made ready since the last reading. */
  #turned = false;
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
    this.#integer = integer;
    this.#draw = draw;
    this.#noise = draw;
    this.array = new CrossbarArray(engine, device, rows, columns, draw, switches);
    this.#passes = passesOf(spec, this.array.tellsPolarity);
    this.#reading = new Reading(engine, this.array, this.#reversed);
    this.forward = new LineProduct(engine, spec, fidelity, integer, rows, columns, this.#passes, this.#reading);
  }

  /** Sides that some read meets with the voltage reversed. */
  get #reversed(): ReadonlySet<Side> {
    return new Set(this.#terms.flatMap(({ reversed }) => reversed));
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

  /**
   * Makes room for products from bit lines to word lines through the same cells, with converters of their own. Both bit lines of a pair are
   * driven, oppositely where their currents subtract on the word line; drivers turn their sign, so that a cell meets an input with the
   * read voltage the same way round as from the other side.
   */
  readTransposed(): LineProduct {
    if (this.#transposed) return this.#transposed.product;
    const { rows, columns } = this;
    const reading = new TransposedReading(this.#engine, this.#reading, rows, columns, this.#reversed);
    const product = new LineProduct(
      this.#engine,
      this.#spec,
      this.#fidelity,
      this.#integer,
      columns,
      rows,
      this.#passes,
      reading,
    );
    this.#transposed = { reading, product };
    return product;
  }

  /** Conductances of a pair of bit lines together, mean over noise, S, [columns]; of the reading that the last transposed product was of. */
  get pairConductance(): Float64Array {
    return this.#transposed!.reading.lineConductance;
  }

  /** Takes one reading: draws what is held for a run and packs what the product needs. The same number, the same draws. */
  hold(split: NoiseSplit, reading: number): void {
    this.#reading.hold(split, reading);
    this.#noise = at(this.#draw, "fresh read noise", reading);
    this.forward.pack();
    this.#turned = false;
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
    return this.forward.multiply(inputs, at(this.#noise, purpose), event, outputScale, values, stride, offset);
  }

  /** The same from the other side, of the same reading: what is held is the same, what is fresh is drawn apart. @param outputScale  [rows] */
  multiplyTransposed(
    inputs: DrivenInputs,
    event: number,
    outputScale: Float32Array,
    values: Float32Array,
    stride: number,
    offset: number,
  ): number {
    const { reading, product } = this.#transposed!;
    if (!this.#turned) {
      reading.take();
      product.pack();
      this.#turned = true;
    }
    return product.multiply(inputs, at(this.#noise, "transposed"), event, outputScale, values, stride, offset);
  }
}
