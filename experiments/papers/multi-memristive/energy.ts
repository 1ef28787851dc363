import type { PaperOutcome } from "../paper.ts";
import type { DetectionCount } from "./detection.ts";

/** J of one pulse, from its current, voltage and width as the reference has them: 100 uA, 1 V and 450 uA, 1.5 V, 50 ns each. */
export const pulseEnergy = { potentiation: 100e-6 * 1 * 50e-9, depression: 450e-6 * 1.5 * 50e-9 } as const;

type Booked = Pick<DetectionCount, "pulses" | "energy">;

/** What runs spent, by what it was spent on. */
export function detectionEnergy(runs: readonly Booked[]): PaperOutcome["energy"] {
  const sum = (of: (run: Booked) => number) => runs.reduce((total, run) => total + of(run), 0);
  const byComponent = {
    potentiation: sum(({ energy }) => energy.potentiation),
    depression: sum(({ energy }) => energy.depression),
    reads: sum(({ energy }) => energy.read),
  };
  return { total: byComponent.potentiation + byComponent.depression + byComponent.reads, byComponent };
}

/** The largest share by which the energy booked for pulses of either sign is not their number times the energy of one. */
export function pulseEnergyMismatch(runs: readonly Booked[]): number {
  let most = 0;
  for (const { pulses, energy } of runs) {
    for (const sign of ["potentiation", "depression"] as const) {
      const expected = pulses[sign] * pulseEnergy[sign];
      most = Math.max(most, Math.abs(energy[sign] - expected) / Math.max(expected, pulseEnergy[sign]));
    }
  }
  return most;
}
