export { formatDuration, formatQuantity, prefixFor } from "./format.ts";
export { expectation, parseQuantity, quantityIn, readQuantity, toSI, type Where } from "./parse.ts";
export { parseUnit, type Unit } from "./units.ts";
