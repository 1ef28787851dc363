import { type Draw, drawOf, fillNormalPlain, wordsOfEvent } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { type Cubic, type Curve, cubicAt, curveAt, type PowerCurve } from "./curve.ts";
import { drawTabledExponents, type TabledExponents } from "./exponent-table.ts";

/** The statistics of iteratively programmed phase-change cells, in r = target / range. */
export interface ProgrammingLaw {
  /** S, the conductance at r = 1; a target may lie above it. */
  readonly range: number;
  /** S: sigma(r), a polynomial. */
  readonly programmingNoise: Cubic;
  readonly programmingNoiseScale: number;
  readonly exponentMean: Curve;
  readonly exponentSpread: Curve;
  readonly exponentSpreadScale: number;
  /** In place of both curves; null: the curves. */
  readonly tabledExponents: TabledExponents | null;
  /** Q(r), dimensionless. */
  readonly readNoise: PowerCurve;
  readonly readNoiseScale: number;
  /** Whose r the read noise follows. */
  readonly readNoiseReference: "target" | "programmed";
}

/** What programming leaves in each cell, one element per cell. */
export interface ProgrammedCells {
  /** Conductance at the drift law's origin, S. */
  readonly programmed: Float32Array;
  /** Drift exponent nu. */
  readonly exponent: Float32Array;
  /** Q of the read noise, dimensionless. */
  readonly readNoiseAmplitude: Float32Array;
}

/**
 * Programs cells to their targets:
 *   g = max(0, target + sigma(r) N), nu = |mean(r) + spread(r) N'|, Q(r).
 * The target range is no limit: a cell at its top spreads upwards. At r = 0 every term has the value of its limit.
 *
 * @param target S, >= 0, [cells]; none of the arrays of `cells`
 * @param event number of this programming; N and N' of cell i are sample i of it
 * @source Joshi et al., Nat. Commun. 11, 2473 (2020), doi:10.1038/s41467-020-16108-9; Nandakumar et al., ICECS 2019, pp. 727-730,
 *   doi:10.1109/ICECS46596.2019.8964852
 */
export function programCells(
  engine: Engine,
  law: ProgrammingLaw,
  target: Float32Array,
  cells: ProgrammedCells,
  drawProgramming: Draw,
  drawExponent: Draw,
  event: number,
): void {
  drawCells(engine, law, target, cells, drawProgramming, drawExponent, event);
  if (!law.tabledExponents) return;
  const { tabledExponents, exponentSpreadScale, range } = law;
  drawTabledExponents(engine, tabledExponents, exponentSpreadScale, range, target, cells.exponent, drawExponent, event);
}

function drawCells(
  engine: Engine,
  law: ProgrammingLaw,
  target: Float32Array,
  cells: ProgrammedCells,
  drawProgramming: Draw,
  drawExponent: Draw,
  event: number,
): void {
  if (!engine.kernels) {
    programCellsPlain(law, target, cells, drawProgramming, drawExponent, event);
    return;
  }
  const { memory } = engine;
  const mark = memory.mark();
  const law32 = memory.float32(lawNumbers);
  law32.set(lawAsNumbers(law));
  const [low, high] = wordsOfEvent(event);
  engine.kernels.programCells(
    memory.address(law32),
    law.readNoiseReference === "programmed" ? 1 : 0,
    memory.address(target),
    memory.address(cells.programmed),
    memory.address(cells.exponent),
    memory.address(cells.readNoiseAmplitude),
    drawProgramming.key[0],
    drawProgramming.key[1],
    drawExponent.key[0],
    drawExponent.key[1],
    low,
    high,
    target.length,
  );
  memory.release(mark);
}

/**
 * Q of cells with these conductances, the same bits as programming them gives.
 *
 * @param conductance S, what r of the read noise is taken from, [cells]
 * @param out receives Q, [cells]
 */
export function readNoiseAmplitudes(
  engine: Engine,
  law: ProgrammingLaw,
  conductance: Float32Array,
  out: Float32Array,
): void {
  const { memory } = engine;
  const mark = memory.mark();
  const [programmed, exponent] = [memory.float32(out.length), memory.float32(out.length)];
  const exact = { ...law, programmingNoiseScale: 0 };
  const draw = drawOf(0);
  programCells(engine, exact, conductance, { programmed, exponent, readNoiseAmplitude: out }, draw, draw, 0);
  memory.release(mark);
}

const lawNumbers = 37;

/** In the order the kernel reads; the logarithm's slopes are per factor of 2. */
function lawAsNumbers(law: ProgrammingLaw): number[] {
  const { programmingNoise, exponentMean, exponentSpread, readNoise } = law;
  return [
    1 / law.range,
    ...programmingNoise.map((c) => c * law.programmingNoiseScale),
    ...curveAsNumbers(exponentMean, 1),
    ...curveAsNumbers(exponentSpread, law.exponentSpreadScale),
    ...curveAsNumbers(readNoise, law.readNoiseScale),
    readNoise.coefficient * law.readNoiseScale,
    -readNoise.power,
  ];
}

/** Ten numbers: logarithm, clips, limit at 0, polynomial. */
function curveAsNumbers(curve: Curve, scale: number): number[] {
  const scaled = [
    curve.slope * Math.LN2,
    curve.intercept,
    curve.low,
    curve.high,
    curveAt(curve, 0),
    ...curve.polynomial,
  ];
  return [...scaled.map((value) => value * scale), curve.from];
}

/** Twin of the kernel; they agree within 4e-6 of each cell's sigma, spread and Q. */
export function programCellsPlain(
  law: ProgrammingLaw,
  target: Float32Array,
  cells: ProgrammedCells,
  drawProgramming: Draw,
  drawExponent: Draw,
  event: number,
): void {
  const { programmed, exponent, readNoiseAmplitude: amplitude } = cells;
  const cellCount = target.length;
  fillNormalPlain(drawProgramming, event, programmed, cellCount);
  fillNormalPlain(drawExponent, event, exponent, cellCount);
  // In float32, so that a cell lies on the kernel's side of a curve's bend.
  const perRange = Math.fround(1 / law.range);
  const spread = law.exponentSpreadScale;
  for (let i = 0; i < cellCount; i++) {
    const r = Math.fround(target[i]! * perRange);
    programmed[i] = Math.max(0, target[i]! + programmingNoise(law, r) * programmed[i]!);
    exponent[i] = Math.abs(curveAt(law.exponentMean, r) + curveAt(law.exponentSpread, r) * spread * exponent[i]!);
    const reference = law.readNoiseReference === "programmed" ? Math.fround(programmed[i]! * perRange) : r;
    amplitude[i] = curveAt(law.readNoise, reference) * law.readNoiseScale;
  }
}

/** Standard deviation of the programmed conductance before it is clamped, S; never below 0, where the polynomial would be. */
export function programmingNoise(law: ProgrammingLaw, r: number): number {
  return Math.max(0, cubicAt(law.programmingNoise, r)) * law.programmingNoiseScale;
}
