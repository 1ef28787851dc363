export { type Matrix, type Multiplication, multiply, multiplyBytes } from "./multiply.ts";
export type { MultiplyRequest } from "./request.ts";
