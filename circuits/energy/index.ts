export {
  type AccountLine,
  account,
  compensationPlace,
  energyOf,
  explain,
  latencyOf,
  type Totals,
} from "./account.ts";
export { type AssumedValue, assumptionsOf } from "./assumptions.ts";
export { type ConverterRegression, conversionEnergy } from "./converter.ts";
export { type Costs, costsOf, type OperationCost, type PricedChip, programmingEnergy } from "./costs.ts";
export { numberLeaf, wordLeaf } from "./leaves.ts";
export { Ledger, type LedgerEntry } from "./ledger.ts";
