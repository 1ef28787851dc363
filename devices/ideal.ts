import type { KnownTree } from "../src/ground/known.ts";
import { type Cells, type DeviceModel, longestOf, type Stimulus } from "./device.ts";
import { operationOf } from "./operation.ts";
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
      targetLow: 0,
      operation: operationOf(values),
      writeVerify: null,
      firstReading,
      devicesPerCell: 1,
      tellsPolarity: false,
      create(engine, count): Cells {
        const state = allocateState(engine, { conductance: "float32" }, count);
        const { conductance } = state.fields;
        let clock = 0;
        const apply = (
          { voltage, endVoltage = voltage, duration }: Stimulus,
          work: Float64Array,
          selected?: Uint32Array,
        ) => {
          const squares = (voltage * voltage + voltage * endVoltage + endVoltage * endVoltage) / 3;
          for (const i of selected ?? work.keys()) work[i]! += squares * conductance[i]! * duration;
          if (!selected) clock += duration;
        };
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
            clock += longestOf(seconds);
          },
          conductance(out) {
            out.set(conductance);
          },
          current(voltage, out) {
            for (let i = 0; i < count; i++) out[i] = voltage * conductance[i]!;
          },
          readNoise(_split, _reading, centre, deviation) {
            centre.set(conductance);
            deviation.fill(0);
          },
          heldShare: () => null,
          apply(stimulus, work, selected) {
            apply(stimulus, work, selected);
          },
          read(stimulus, _reading, current, work, selected) {
            apply(stimulus, work, selected);
            const mean = (stimulus.voltage + (stimulus.endVoltage ?? stimulus.voltage)) / 2;
            for (let i = 0; i < count; i++) current[i] = mean * conductance[i]!;
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
