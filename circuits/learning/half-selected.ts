import {
  disturbedShare,
  halfSelected,
  halfSelectedSum,
  type LineActivity,
  type LineConductances,
  lineConductances,
  pulseMoves,
  type Selection,
} from "../../crossbar/index.ts";
import type { PreparedDevice, Pulse } from "../../devices/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { SynapseArray } from "../synapses/index.ts";

/** What cells saw that were not meant. */
export interface HalfSelectedWork {
  /** How often a device saw a part of a pulse's voltage. */
  readonly pulses: number;
  /** J. */
  readonly work: number;
}

/** One set of devices in one half of an update: what it sees, and what of it moves the devices. */
interface Exposure {
  readonly side: "positive" | "negative";
  readonly half: "growing" | "falling";
  /** The part of a pulse that cells see in its polarity, and reversed. */
  readonly along: Pulse;
  readonly against: Pulse;
  /** Whether either of them writes. */
  readonly writes: boolean;
}

/**
 * Cells of which not both lines are meant see a part of the voltage (`Selection`). Where it writes, they get it as pulses, with their work;
 * elsewhere their work is V^2 G t of that part, G being what the cells conducted when they were last read. The fixed reference of single
 * devices has lines of its own.
 */
export class HalfSelectedCells {
  readonly #synapses: SynapseArray;
  readonly #selection: Selection;
  readonly #exposures: readonly Exposure[];
  readonly #rows: number;
  readonly #columns: number;
  readonly #devices: number;
  readonly #known = new Map<"positive" | "negative", LineConductances>();

  /**
   * @param device  one of those of a cell
   * @throws where single devices of a cell are pulsed without a transistor, as nothing would then tell them apart
   */
  constructor(
    engine: Engine,
    device: PreparedDevice,
    synapses: SynapseArray,
    rows: number,
    columns: number,
    selection: Selection,
  ) {
    const { devices, policy } = synapses.arbitration.spec;
    if (devices > 1 && policy !== "all" && selection !== "transistor") {
      throw new InputError(
        `selection "${selection}" cannot tell the ${devices} devices of a synapse apart; expected transistor, or arbitration by all`,
      );
    }
    this.#synapses = synapses;
    this.#selection = selection;
    this.#rows = rows;
    this.#columns = columns;
    this.#devices = devices;
    this.#exposures = selection === "transistor" ? [] : exposuresOf(engine, device, synapses, selection);
  }

  /** Conductances are looked at anew for the next update: at the start, and after every read. */
  forget(): void {
    this.#known.clear();
  }

  /**
   * What cells see in an update, before its pulses are given.
   *
   * @param counts  pulses that the update asks for, [rows][columns]
   * @param booked  whether somebody wants to know of what changes nothing
   */
  disturb(counts: Int16Array, activity: LineActivity, booked: boolean): HalfSelectedWork {
    let [pulses, work] = [0, 0];
    for (const { side, half, along, against, writes } of this.#exposures) {
      if (activity[half].slots === 0) continue;
      if (writes) {
        const seen = halfSelected(counts, activity, half, this.#selection)!;
        work += this.#synapses.disturb(side, along, seen.along);
        if (seen.against) work += this.#synapses.disturb(side, against, seen.against);
        for (const often of [seen.along, seen.against ?? []]) for (const count of often) pulses += count;
        continue;
      }
      if (!booked) continue;
      const sum = halfSelectedSum(counts, activity, half, this.#selection, this.#conductances(side));
      pulses += sum.pulses;
      work += sum.siemens * along.voltage ** 2 * along.width;
    }
    return { pulses: pulses * this.#devices, work };
  }

  #conductances(side: "positive" | "negative"): LineConductances {
    const known = this.#known.get(side);
    if (known) return known;
    const cells = this.#synapses[side]!;
    const conductance = new Float32Array(cells.count);
    cells.conductance(conductance);
    const found = lineConductances(conductance, this.#rows, this.#columns);
    this.#known.set(side, found);
    return found;
  }
}

function exposuresOf(
  engine: Engine,
  device: PreparedDevice,
  { arrangement }: SynapseArray,
  selection: Selection,
): Exposure[] {
  const { potentiate, depress } = device.operation;
  const share = disturbedShare[selection];
  const exposed = (side: Exposure["side"], half: Exposure["half"], { voltage, width }: Pulse): Exposure => {
    const along = { voltage: share * voltage, width };
    const against = { voltage: -share * voltage, width };
    const writes = pulseMoves(engine, device, along) || (selection === "third" && pulseMoves(engine, device, against));
    return { side, half, along, against, writes };
  };
  const up = potentiate!;
  const down = depress ?? up;
  if (arrangement === "differential") return [exposed("positive", "growing", up), exposed("negative", "falling", up)];
  const positive = [exposed("positive", "growing", up), exposed("positive", "falling", down)];
  if (arrangement === "single") return positive;
  return [...positive, exposed("negative", "growing", down), exposed("negative", "falling", up)];
}
