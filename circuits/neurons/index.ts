export { IntegrateAndFire, type IntegrateAndFireSpec } from "./integrate-and-fire.ts";
