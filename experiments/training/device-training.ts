import { type PulseTrace, sparseWarnings } from "../../circuits/index.ts";
import { drawOf } from "../../src/ground/draws/index.ts";
import { InputError, inputError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { imageCount } from "../network/index.ts";
import { type DeviceProducts, type DeviceSettings, deviceProducts, rangeOf } from "./device-products.ts";
import type { TrainableNetwork } from "./network.ts";
import { epochSummary, layerOfTraining, type TrainingResult, trainingAssumptions, trainingEnergy } from "./result.ts";
import type { FloatEpoch } from "./tasks.ts";
import { Training, type TrainingData, type TrainingSettings } from "./training.ts";

export interface DeviceTrainingRequest {
  readonly network: TrainableNetwork;
  /** As the user named it. */
  readonly file: string;
  readonly data: TrainingData;
  readonly settings: TrainingSettings;
  readonly devices: DeviceSettings;
  readonly seed: number;
}

/** Trainings in float32 beside that of the devices; null where they were stopped. */
export interface Floors {
  readonly same: readonly FloatEpoch[] | null;
  readonly linear: readonly FloatEpoch[] | null;
}

/** A network that learns on devices. */
export class DeviceTraining {
  readonly training: Training;
  readonly #request: DeviceTrainingRequest;
  readonly #layers: DeviceProducts["products"];

  /** @throws InputError where the devices cannot learn so */
  constructor(engine: Engine, request: DeviceTrainingRequest) {
    const { network, data, settings, devices, seed } = request;
    const draw = drawOf(seed);
    let layers: DeviceProducts["products"] = [];
    try {
      this.training = new Training(
        network,
        (plans, report) => {
          const made = deviceProducts(engine, devices, draw)(plans, report);
          layers = made.products;
          return made;
        },
        data,
        settings,
        draw,
      );
    } catch (error) {
      // What a model or a rule refuses is told without a place.
      if (!(error instanceof InputError) || error.message.startsWith("--")) throw error;
      throw inputError({ file: devices.chip.name, found: error.message, expected: "" });
    }
    this.#request = request;
    this.#layers = layers;
  }

  /** Notes every pulse from now on. */
  follow(trace: PulseTrace): void {
    for (const layer of this.#layers) layer.follow(trace);
  }

  /** Every layer's weights as they are now, [rows][columns], the bias's row last. */
  weights(): {
    readonly name: string;
    readonly rows: number;
    readonly columns: number;
    readonly values: Float32Array;
  }[] {
    return this.#layers.map((layer) => ({
      name: layer.name,
      rows: layer.rows,
      columns: layer.columns,
      values: layer.weights(),
    }));
  }

  /** What arbitration leaves out and pulses that are too much for a weight, with the numbers. */
  warnings(): string[] {
    const found = this.#layers.flatMap((layer) => {
      const { devices, of } = layer.leftOut();
      if (devices === 0) return [];
      return [
        `${layer.name}: ${devices} of the ${of} devices of synapses that had 20 updates for each of their devices never took one; lengths of synapses, devices and counters should be relatively prime`,
      ];
    });
    return [...sparseWarnings(this.#request.devices.arbitration), ...found, ...this.#coarseWarnings()];
  }

  #coarseWarnings(): string[] {
    const { weightRange } = this.#request.devices;
    return this.#layers.flatMap(({ name, steps: { growing, falling } }, index) => {
      const range = weightRange ?? rangeOf(this.training.plans[index]!.weights);
      if (Math.max(growing, falling) <= range) return [];
      const [up, down] = [growing, falling].map((step) => step.toPrecision(2));
      return [
        `${name}: a pulse moves a weight by ${up} up and ${down} down, and weights have a range of ${range.toPrecision(2)}; such devices hold nothing between`,
      ];
    });
  }

  result({ same, linear }: Floors): TrainingResult {
    const { network, file, data, settings, devices } = this.#request;
    const { chip, rule, ruleOptions, arbitration, weightRange } = devices;
    const { plans, epochs } = this.training;
    const tiles = this.#layers.reduce((sum, layer) => sum + layer.tiles, 0);
    return {
      chip: { name: chip.name, title: chip.title },
      rule,
      ruleOptions,
      synapse: arbitration,
      network: {
        file,
        loss: network.loss,
        parameters: plans.reduce((sum, { weights }) => sum + weights.length, 0),
        layers: plans.map((plan, index) => layerOfTraining(plan, this.#layers[index]!, weightRange)),
      },
      images: { train: imageCount(data.train), test: imageCount(data.test) },
      settings,
      epochs: epochs.map((epoch) => epochSummary(epoch, chip, tiles)),
      floatEpochs: same ?? [],
      floatAccuracy: same?.at(-1)?.accuracy ?? null,
      linearFloor: linear?.at(-1)?.accuracy ?? null,
      energy: trainingEnergy(epochs, chip, tiles),
      assumptions: trainingAssumptions(chip),
    };
  }
}
