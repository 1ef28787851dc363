import { InputError, namesNear } from "../../src/ground/errors.ts";
import type { LocalRuleKind, RuleCore, RuleSetting, Seen, Signal } from "./local-rule.ts";
import { oja } from "./oja.ts";
import { pairStdp } from "./pair-stdp.ts";
import { parameterValues } from "./parameters.ts";
import { RequestedChanges } from "./requested-changes.ts";
import { softHebb } from "./soft-hebb.ts";
import { desire, signSign } from "./ternary.ts";
import { rewardModulated, threeFactor, threeFactorInDevice } from "./third-factor.ts";
import { thresholdedStdp } from "./thresholded-rule.ts";
import { tripletStdp } from "./triplet-stdp.ts";
import { voltageDependent } from "./voltage-dependent.ts";

/** Every local rule, by the name users give. */
export const localRules: readonly LocalRuleKind[] = [
  pairStdp,
  tripletStdp,
  thresholdedStdp,
  voltageDependent,
  rewardModulated,
  threeFactor,
  threeFactorInDevice,
  softHebb,
  oja,
  desire,
  signSign,
];

/** The rule of that name; an unknown one is refused with the names near it. */
export function localRuleKind(name: string): LocalRuleKind {
  const kind = localRules.find((rule) => rule.name === name);
  if (kind) return kind;
  const names = localRules.map((rule) => rule.name);
  const near = namesNear(name, names);
  throw new InputError(
    `no local rule "${name}", expected ${names.join(", ")}${near.length > 0 ? `; near: ${near.join(", ")}` : ""}`,
  );
}

/** What a network gives its rules to see. */
export interface RuleNetwork extends RuleSetting {
  readonly gives: readonly Signal[];
}

/** Refuses a rule that needs a signal that the network does not give. */
export function checkNeeds({ name, needs }: LocalRuleKind, gives: readonly Signal[]): void {
  const missing = needs.filter((signal) => !gives.includes(signal)).map((signal) => `"${signal}"`);
  if (missing.length === 0) return;
  const given = gives.length > 0 ? gives.map((signal) => `"${signal}"`).join(", ") : "nothing";
  throw new InputError(
    `rule "${name}" needs ${missing.join(" and ")}, which this network does not give: it gives ${given}`,
  );
}

/** A local rule at work in one array: from what it sees in a step to what it asks of synapses. */
export class LocalRule {
  readonly kind: LocalRuleKind;
  /** What the last step asked for. */
  readonly asked: RequestedChanges;
  readonly #core: RuleCore;

  /**
   * @param network  what there is to see, and how many lines
   * @param parameters  by name; absent ones are the rule's own
   */
  constructor(name: string, network: RuleNetwork, parameters: Readonly<Record<string, number | string>> = {}) {
    this.kind = localRuleKind(name);
    checkNeeds(this.kind, network.gives);
    const { create, gives } = this.kind;
    if (!create || gives === "stimuli") {
      throw new InputError(`rule "${name}" acts in the device itself: it asks for no pulses`);
    }
    this.#core = create(network, parameterValues(name, this.kind.parameters, parameters));
    this.asked = new RequestedChanges(network.inputs * network.neurons);
  }

  /** One step. @returns `asked`: changes of weights, 1 the largest, or whole signed pulses, as `kind.gives` says */
  request(seen: Seen): RequestedChanges {
    const missing = this.kind.needs.find((signal) => seen[signal] === undefined);
    if (missing) throw new Error(`rule "${this.kind.name}" was not shown "${missing}"`);
    this.asked.clear();
    this.#core.request(seen as Required<Seen>, this.asked);
    return this.asked;
  }

  /** All that later steps depend on, as bytes. */
  save(): Uint8Array {
    const arrays = this.#core.state;
    const bytes = new Uint8Array(arrays.reduce((sum, { byteLength }) => sum + byteLength, 0));
    let offset = 0;
    for (const { buffer, byteOffset, byteLength } of arrays) {
      bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
      offset += byteLength;
    }
    return bytes;
  }

  restore(bytes: Uint8Array): void {
    const expected = this.#core.state.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (bytes.byteLength !== expected) {
      throw new InputError(`saved rule "${this.kind.name}": ${bytes.byteLength} bytes, expected ${expected}`);
    }
    let offset = 0;
    for (const { buffer, byteOffset, byteLength } of this.#core.state) {
      new Uint8Array(buffer, byteOffset, byteLength).set(bytes.subarray(offset, offset + byteLength));
      offset += byteLength;
    }
  }
}
