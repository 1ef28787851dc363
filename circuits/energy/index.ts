export {
  account,
  compensationPlace,
  energyOf,
  explain,
  latencyOf,
} from "./account.ts";
export { assumptionsOf } from "./assumptions.ts";
export { type ConverterRegression, conversionEnergy } from "./converter.ts";
export { type Costs, costsOf, type PricedChip, programmingEnergy } from "./costs.ts";
export { numberLeaf, wordLeaf } from "./leaves.ts";
export { Ledger, type LedgerEntry } from "./ledger.ts";
