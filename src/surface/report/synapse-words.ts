import { grouped, missing, quantity } from "./numbers.ts";
import type { SynapseOutput } from "./shapes.ts";

/** "1,000 synapses of 7 devices (pcm-accumulation, nandakumar-2018), 20,000 requests". */
export function synapseInWords({ request, device, requested }: SynapseOutput): string {
  const { synapses, devices, differential } = request;
  const each = differential
    ? `${devices / 2} + ${devices / 2} devices`
    : devices === 1
      ? "1 device"
      : `${devices} devices`;
  const asked = requested.potentiation + requested.depression;
  return `${grouped(synapses)} ${synapses === 1 ? "synapse" : "synapses"} of ${each} (${device.model}, ${device.parameterSet}), ${grouped(asked)} requests`;
}

/** How pulses fell on devices. */
export function wearInWords({ wear }: Pick<SynapseOutput, "wear">): string {
  if (wear === null) return "this model counts none";
  const { mean, standardDeviation, least, maximum, unpulsed } = wear;
  return `mean ${Number(mean.toPrecision(4))}, standard deviation ${Number(standardDeviation.toPrecision(3))}, ${grouped(least)} to ${grouped(maximum)}; ${unpulsed === 0 ? "none was left out" : `${grouped(unpulsed)} ${unpulsed === 1 ? "device" : "devices"} had none`}`;
}

/** From where to where, and how far apart synapses ended. */
export function conductanceInWords({ conductance: { mean, standardDeviation } }: SynapseOutput): string {
  return `${quantity(mean[0]!, "S")} before, ${quantity(mean.at(-1)!, "S")} after, standard deviation over synapses ${quantity(standardDeviation.at(-1)!, "S")}`;
}

/** Head and rows of the comparison of policies. */
export function comparisonColumns(
  trials: NonNullable<SynapseOutput["comparison"]>,
): [readonly string[], readonly (readonly string[])[]] {
  return [
    ["policy", "reached", "synapses", "pulses a device", "most", "conductance", "spread", "energy"],
    trials.map(({ policy, coverage, wear, conductance, energy }) => {
      const mean = conductance.mean.at(-1)!;
      return [
        policy,
        `${Number(coverage.meanReached.toPrecision(3))}`,
        grouped(coverage.updatedSynapses),
        wear === null
          ? missing
          : `${Number(wear.mean.toPrecision(3))} ± ${Number(wear.standardDeviation.toPrecision(2))}`,
        wear === null ? missing : grouped(wear.maximum),
        quantity(mean, "S"),
        quantity(conductance.standardDeviation.at(-1)!, "S"),
        quantity(energy.total, "J"),
      ];
    }),
  ];
}
