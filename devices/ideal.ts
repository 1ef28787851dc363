import type { KnownTree } from "../src/ground/known.ts";
import type { Cells, DeviceModel, Stimulus } from "./device.ts";
import { allocateState } from "./state.ts";
import { numberAt } from "./values.ts";

/** An ohmic conductor that takes exactly its target and keeps it: the baseline, and the double that tests use. */
export const ideal: DeviceModel = {
  name: "ideal",
  title: "Exact conductance without noise or drift",
  kind: "programmed",
  parameterSets: ["exact"],
  prepare(values: KnownTree) {
    const targetRange = numberAt(values, "range", Number.MIN_VALUE, 1);
    const firstReading = numberAt(values, "firstReading", 0);
    return {
      targetRange,
      firstReading,
      devicesPerCell: 1,
      tellsPolarity: false,
      create(engine, count): Cells {
        const state = allocateState(engine, { conductance: "float32" }, count);
        const { conductance } = state.fields;
        let clock = 0;
        return {
          count,
          get clock() {
            return clock;
          },
          save: () => state.save(clock),
          restore(bytes) {
            clock = state.restore(bytes);
          },
          elapse(seconds) {
            clock += seconds;
          },
          conductance(out) {
            out.set(conductance);
          },
          readNoise(_split, _reading, centre, deviation) {
            centre.set(conductance);
            deviation.fill(0);
          },
          heldShare: () => null,
          apply({ voltage, duration }: Stimulus, work) {
            for (let i = 0; i < count; i++) work[i]! += voltage * voltage * conductance[i]! * duration;
            clock += duration;
          },
          program(target) {
            conductance.set(target);
          },
          replace(values) {
            conductance.set(values);
          },
        };
      },
    };
  },
};
