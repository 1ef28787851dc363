import type { Known, KnownTree } from "../src/ground/known.ts";

/** A chip as a user describes it: every leaf with its unit and how it is known. SI throughout. */
export interface Chip {
  readonly name: string;
  readonly title: string;
  readonly device: {
    /** A name of the device catalogue. */
    readonly model: Known<string>;
    /** The parameter set's name; its values, overrides applied, are in `values`. */
    readonly parameters: Known<string>;
    readonly values: KnownTree;
    /** What the set's source covers: "timeFrom", "timeTo" and others. */
    readonly covers: KnownTree;
    /** What it does not, in words. */
    readonly notCovered: readonly string[];
  };
  readonly tile: {
    /** Word lines. */
    readonly rows: Known;
    /** Weights across, each a pair of bit lines. */
    readonly columns: Known;
    /** What one conductance range spans: "column", "tile" or "layer". */
    readonly scale: Known<string>;
  };
  readonly read: {
    /** V across a cell while its word line is driven at full scale. */
    readonly voltage: Known;
    /** s that a full-scale input is integrated, each phase. */
    readonly time: Known;
    /** "pulse-width": the input sets how long; "amplitude": how much voltage. */
    readonly input: Known<string>;
    /**
     * 1: inputs of both signs together (bipolar drive); 2: positive inputs, then negative ones; 4: each of them on the positive
     * cells, then on the negative ones. Every phase is integrated and converted by itself.
     */
    readonly phases: Known;
    /**
     * "before-converter": bit lines of a pair subtract in the analog domain; "after-converter": each is converted. With 4
     * phases the two are never read together, and codes subtract either way.
     */
    readonly subtraction: Known<string>;
  };
  readonly inputConverter: {
    /** Codes -(2^(bits-1)-1) .. +(2^(bits-1)-1); Infinity: none. */
    readonly bits: Known;
    /** Rule for the full scale: "largest" of calibration inputs; "quantized": as the network's own quantisation has them. */
    readonly range: Known<string>;
  };
  readonly outputConverter: {
    readonly bits: Known;
    /** "least-squares": smallest mean squared error over calibration outputs; "largest"; "quantized": as the network's own quantisation has them. */
    readonly range: Known<string>;
    /** Converters per tile; columns are converted in turns. */
    readonly perTile: Known;
    /** s for one conversion. */
    readonly conversionTime: Known;
  };
  readonly calibration: {
    /** Images from which converter ranges are taken. */
    readonly images: Known;
    /** Vectors a layer reads for one compensation. */
    readonly compensationVectors: Known;
  };
  /** The cost table's name. */
  readonly costTable: Known<string>;
  /** Its values, overrides applied: energy (J), power (W), times (s) of every operation, see circuits/energy. */
  readonly costs: KnownTree;
}
