export { CrossbarArray, type HeldConductances } from "./array.ts";
export { pairTargets, type ScaleSpan, tileSpans, weightScales } from "./mapping.ts";
