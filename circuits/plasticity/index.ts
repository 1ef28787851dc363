export { type StdpSide, stepsOfPulse, ThresholdedStdp, type ThresholdedStdpSpec } from "./thresholded-stdp.ts";
