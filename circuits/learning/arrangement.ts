import type { ConductanceSteps, PairSharing, PulseSteps } from "../../crossbar/index.ts";
import type { PreparedDevice } from "../../devices/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { ArbitrationSpec, Arrangement } from "../synapses/index.ts";

/** How the cells of a weight share it, by what pulses do to them. */
export const sharingOf: Readonly<Record<Arrangement, PairSharing>> = {
  single: "reference",
  differential: "one-sided",
  "push-pull": "opposite",
};

/** A depressing pulse is gradual where it takes less than this share of what a device in the middle has above the lowest target. */
const gradualShare = 0.5;

/**
 * Where nobody says otherwise: one set against a reference where a depressing pulse takes a small step, a pair that is only potentiated where it
 * takes nearly all (phase change) or nothing.
 */
export function usualArrangement(device: PreparedDevice, { depress }: ConductanceSteps): Arrangement {
  const above = (device.targetRange - device.targetLow) / 2 / device.devicesPerCell;
  return depress !== null && depress < gradualShare * above ? "single" : "differential";
}

/** What a request changes a cell's conductance by: the step of the one device that takes it, or of all where it pulses all of them. */
export function stepsOfRequest(
  { potentiate, depress }: ConductanceSteps,
  { devices, policy }: Pick<ArbitrationSpec, "devices" | "policy">,
): ConductanceSteps {
  const pulsed = policy === "all" ? devices : 1;
  return { potentiate: pulsed * potentiate, depress: depress === null ? null : pulsed * depress };
}

/**
 * What such steps change a weight by.
 *
 * @param siemens  per unit of weight
 */
export function pulseSteps(steps: ConductanceSteps, arrangement: Arrangement, siemens: number): PulseSteps {
  const { potentiate, depress } = steps;
  if (arrangement === "differential") return { growing: potentiate / siemens, falling: potentiate / siemens };
  if (depress === null) {
    throw new InputError(
      `this device model's depressing pulse lowers nothing, which arrangement "${arrangement}" needs`,
    );
  }
  if (arrangement === "single") return { growing: potentiate / siemens, falling: depress / siemens };
  return { growing: (potentiate + depress) / siemens, falling: (potentiate + depress) / siemens };
}
