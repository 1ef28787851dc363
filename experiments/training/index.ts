export { FloatProduct } from "./float-product.ts";
export { floatTraining, linearTraining } from "./float-training.ts";
export { networkOfGraph } from "./graph-network.ts";
export { type NetworkSpec, networkOfSpec, readSpec } from "./spec-network.ts";
