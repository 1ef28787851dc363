import {
  type ArbitrationSpec,
  type Arrangement,
  type Chip,
  Ledger,
  learningProduct,
  tileSpec,
} from "../../circuits/index.ts";
import type { RuleOptions, Selection } from "../../crossbar/index.ts";
import { deviceModel, type PreparedDevice } from "../../devices/index.ts";
import { at, type Draw } from "../../src/ground/draws/index.ts";
import type { OperationEvent } from "../../src/ground/events.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { ProductPlan } from "./network.ts";
import type { Products } from "./training.ts";

/** How weights become devices, and how these learn. */
export interface DeviceSettings {
  readonly chip: Chip;
  /** A rule's name, and what is set otherwise than usual. */
  readonly rule: string;
  readonly ruleOptions: RuleOptions;
  readonly arrangement: Arrangement | null;
  readonly arbitration: ArbitrationSpec;
  /** How cells are kept from pulses that are not meant for them; null: what suits the arbitration. */
  readonly selection: Selection | null;
  /** |weight| that the range of targets stands for; null: 1, or a layer's largest weight at first where that is larger. */
  readonly weightRange: number | null;
  /** s for which slow read noise is held: that of a batch. */
  readonly window: number;
}

/** The events of devices go where training wants them. */
class PassingLedger extends Ledger {
  readonly #report: (event: OperationEvent) => void;

  constructor(report: (event: OperationEvent) => void) {
    super();
    this.#report = report;
  }

  override add(event: OperationEvent): void {
    this.#report(event);
  }
}

/** Products on tiles of devices. */
export interface DeviceProducts extends Products {
  readonly products: readonly ReturnType<typeof learningProduct>[];
}

/** @param draw  addresses the chip */
export function deviceProducts(
  engine: Engine,
  settings: DeviceSettings,
  draw: Draw,
): (plans: readonly ProductPlan[], report: (event: OperationEvent) => void) => DeviceProducts {
  const { chip, rule, ruleOptions, arrangement, arbitration, selection, weightRange, window } = settings;
  return (plans, report) => {
    const options = {
      chip: `${chip.name} with ${chip.device.model.value} ${chip.device.parameters.value}`,
      spec: tileSpec(chip, new Set()),
      device: deviceOf(chip),
      switches: { programmingNoise: true, drift: true, readNoise: true, polarity: true },
      fidelity: "statistical" as const,
      split: { mode: "process" as const, window },
      arrangement,
      arbitration,
      ...(selection && { selection }),
      period: 0,
      ledger: new PassingLedger(report),
    };
    const products = plans.map(({ name, rows, columns, weights }, index) => {
      const own = { ...options, weightRange: weightRange ?? rangeOf(weights) };
      return learningProduct(engine, name, rows, columns, weights, own, rule, ruleOptions, at(draw, "layer", index));
    });
    return {
      products,
      wear() {
        const each = products.map((product) => product.wear());
        const devices = each.reduce((sum, wear) => sum + wear.devices, 0);
        const pulses = each.reduce((sum, wear) => sum + wear.pulses, 0);
        return { mean: pulses / devices, maximum: Math.max(...each.map(({ maximum }) => maximum)) };
      },
    };
  };
}

/** |weight| that a layer's range stands for where nobody says. */
export function rangeOf(weights: Float32Array): number {
  return weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1);
}

function deviceOf(chip: Chip): PreparedDevice {
  return deviceModel(chip.device.model.value).prepare(chip.device.values);
}

/** Bytes of kernel memory that the devices of these products need, two arrays of them at most. @param devices  in each set of a synapse */
export function trainingBytes(plans: readonly ProductPlan[], devices: number): number {
  const cells = plans.reduce((sum, { rows, columns }) => sum + 2 * devices * (rows + 16) * (columns + 16), 0);
  return Math.min(2 ** 32 - 65536, 2 ** 27 + 2 * 400 * cells);
}
