import { deviceReportOf } from "../../src/surface/report/device.ts";
import type { DeviceOutput } from "../../src/surface/report/shapes.ts";
import { type Asked, characterised } from "../experiments/characterisation/characterised.ts";

/** Reports of small runs, with the number of figures that each must have. */
export const deviceReports = [
  reported("loop", 2, { model: "vteam" }),
  reported("staircase of many", 3, {
    model: "vteam",
    name: "pulse-train",
    devices: 20,
    set: ["deviceSpread.rate=0.3", "cycleSpread=0.1"],
  }),
  reported("drift and distribution", 3, { model: "pcm", devices: 40 }),
  reported("spectrum", 1, {
    model: "vteam",
    name: "read-noise",
    set: ["readNoise.flicker=0.01", "readNoise.white=0.001"],
  }),
  reported("cycles", 2, { model: "vteam", name: "endurance", set: ["repeat.count=20"] }),
  reported("light", 3, { model: "chalcogenide", name: "light-pulse" }),
  reported("nothing to draw", 0, { model: "ideal", file: "steps: [read]\n" }),
  reported("the course alone", 2, {
    model: "ideal",
    file: "steps: [{program: {conductance: 9 uS}}, {read: {count: 5}}]\n",
  }),
];

export function reported(name: string, figures: number, asked: Asked) {
  const report = async (more: Partial<DeviceOutput> = {}): Promise<string> => {
    const head = { crossohm: "0.1.0", command: "device", arguments: [asked.model], seed: 1, kernels: {} };
    return deviceReportOf({ ...head, ...(await characterised(asked)), ...more });
  };
  return { name, figures, report };
}
