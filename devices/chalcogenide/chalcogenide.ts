import type { DeviceModel } from "../device.ts";
import { preparePopulation } from "../population/index.ts";
import { optomemristorLaw } from "./optomemristor.ts";

/** Photo-active chalcogenide cells: electrical and optical signals meet in one device. */
export const chalcogenide: DeviceModel = {
  name: "chalcogenide",
  title: "Chalcogenide optomemristor with an eligibility trace and a third factor",
  kind: "dynamic",
  parameterSets: ["sarwat-2022"],
  prepare(values) {
    return preparePopulation(values, { name: "chalcogenide", law: optomemristorLaw(values), programmable: true });
  },
};
