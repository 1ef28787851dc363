export type { LearningProduct } from "./product.ts";
