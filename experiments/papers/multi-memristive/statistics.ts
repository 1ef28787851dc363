import { at, drawOf } from "../../../src/ground/draws/index.ts";
import type { PaperOutcome, PaperPart } from "../paper.ts";
import { type DriftTrial, type EnergyTrial, tryDrift, tryEnergy } from "./drift-and-energy.ts";
import { detectionEnergy } from "./energy.ts";
import { pulsesPerDevice, type RoundRobin, type RoundRobinInput, roundRobin } from "./round-robin.ts";
import { driftClaims, energyClaim, sizeClaims, stepClaims, sumClaims } from "./statistics-claims.ts";
import { distributionFigure, staircaseFigure, variationFigure } from "./statistics-figures.ts";

const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** Synapses in a dense scan: one more than a multiple of all N up to 9, so that the global clock goes round robin in each. */
const synapsesOf = (devices: number, quick: boolean): number => (devices === 1 || !quick ? 10_081 : 2521);

const nameOf = (devices: number): string => `N=${devices}`;

/** What pulses do to one device and to several that take turns: mean, spread, straightness, drift and energy. */
export const statistics: PaperPart = {
  name: "statistics",
  steps(quick, seed) {
    return [
      ...sizes.map((devices) => {
        const synapses = synapsesOf(devices, quick);
        const amount = (synapses * devices ** 2 * pulsesPerDevice) / 1e5;
        return { name: nameOf(devices), input: { seed, devices, synapses }, amount };
      }),
      { name: "drift", input: { seed }, amount: 5 },
      { name: "energy", input: { seed, rounds: 50 }, amount: 5 },
    ];
  },
  run({ name, input, amount }, tools) {
    const draw = at(drawOf(input.seed as number), "statistics", name);
    if (name === "drift") return tryDrift(draw, amount, tools);
    if (name === "energy") return tryEnergy(input.rounds as number, draw, amount, tools);
    return roundRobin(input as unknown as RoundRobinInput, draw, amount, tools);
  },
  conclude(done) {
    const found = sizes.flatMap((devices) => (done.get(nameOf(devices)) as RoundRobin | undefined) ?? []);
    const complete = found.length === sizes.length ? found : null;
    const drift = done.get("drift") as DriftTrial | undefined;
    const energy = done.get("energy") as EnergyTrial | undefined;
    const of = (devices: number) => found.find((run) => run.devices === devices);
    return {
      claims: [
        ...stepClaims(of(1)),
        ...sumClaims(complete),
        ...driftClaims(drift),
        sizeClaims(of(1), of(7)),
        energyClaim(energy),
      ],
      figures: [
        ...staircaseFigure([1, 3, 7].flatMap((devices) => of(devices) ?? [])),
        ...variationFigure(found),
        ...distributionFigure([1, 3, 7].flatMap((devices) => of(devices) ?? [])),
      ],
      energy: detectionEnergy([...found, ...(drift ? [drift] : []), ...(energy ? [energy] : [])]),
      standIns: [
        "phase-change device: accumulation model of the same team for the same kind of device, G at most 20 uS, every step drawn afresh (the paper's own figure of it was not reachable)",
        "phase-change device: 100 uA at 1 V and 450 uA at 1.5 V for 50 ns a pulse, reads of 0.2 V for 1 us, a depression is a RESET to 0.1 uS",
        "phase-change device: drift exponent 0.04 for all, none before 38.6 s after a pulse",
      ],
    } satisfies PaperOutcome;
  },
};
