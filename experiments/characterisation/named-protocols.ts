import type { DeviceModel, PreparedDevice, Pulse } from "../../devices/index.ts";
import type { Capabilities } from "./capabilities.ts";

/** What a protocol can be made from. */
interface Subject {
  readonly model: Pick<DeviceModel, "kind">;
  readonly device: PreparedDevice;
  readonly able: Capabilities;
  /** s, the longest time that the set's source covers; null where nobody knows. */
  readonly covered: number | null;
}

/** A protocol as a file has it, numbers in SI; null where the device cannot do it. */
type Maker = (subject: Subject) => object | null;

const pulse = ({ voltage, width }: Pulse, more: object = {}): object => ({ pulse: { voltage, width, ...more } });
const longestRetention = 10 * 365 * 86_400;

/** Every device is known by some of these; its set's `operation` says with which voltages and times. */
const makers: Readonly<Record<string, Maker>> = {
  "iv-sweep": ({ device: { operation } }) =>
    operation.sweep && {
      steps: [{ sweep: { voltage: operation.sweep.voltages, rate: operation.sweep.rate, samples: 401 } }],
    },

  "pulse-train": ({ device: { operation } }) => {
    const { potentiate, depress } = operation;
    if (!potentiate) return null;
    return { steps: [pulse(potentiate, { count: 50 }), ...(depress ? [pulse(depress, { count: 50 })] : [])] };
  },

  // Two pulses with growing gaps between them; a long rest after each pair.
  "paired-pulse": ({ device: { operation } }) => {
    const { potentiate } = operation;
    if (!potentiate) return null;
    return {
      steps: [1, 3, 10, 30, 100].flatMap((gap) => [
        pulse(potentiate, { count: 2, period: (1 + gap) * potentiate.width }),
        { wait: { time: 1000 * potentiate.width, samples: 10 } },
      ]),
    };
  },

  "program-and-verify": ({ device: { targetRange, targetLow, firstReading }, able }) =>
    able.cannot("program") === null
      ? {
          steps: [0.2, 0.4, 0.6, 0.8, 1].flatMap((share) => [
            { program: { conductance: targetLow + share * (targetRange - targetLow) } },
            ...settled(firstReading),
            { read: { count: 10 } },
          ]),
        }
      : null,

  retention: (subject) => {
    const { device, covered } = subject;
    const time = Math.min(covered ?? 86_400, longestRetention);
    const start = raised(subject);
    return start && time > device.firstReading
      ? {
          steps: [
            ...start,
            ...settled(device.firstReading),
            { read: {} },
            { wait: { time, samples: 40 } },
            { read: {} },
          ],
        }
      : null;
  },

  "read-noise": (subject) => {
    const { operation, firstReading } = subject.device;
    const { read } = operation;
    return {
      steps: [
        ...(raised(subject) ?? []),
        ...settled(firstReading),
        { read: { count: 4096, interval: 4 * read.width } },
      ],
    };
  },

  endurance: ({ device: { operation }, able }) => {
    const { potentiate, depress } = operation;
    const down = depress ? pulse(depress, { count: 10 }) : able.cannot("reset") === null ? { reset: {} } : null;
    if (!potentiate || !down) return null;
    const steps = [pulse(potentiate, { count: 10 }), { read: {} }, down, { read: {} }];
    return { steps: [{ repeat: { count: 200, steps } }] };
  },

  // The same rise, then the fall at voltages that leave the device alone.
  "decay-against-bias": ({ device: { operation } }) => {
    const { potentiate, read } = operation;
    if (!potentiate) return null;
    return {
      steps: [0, 0.5, 1, 1.5].flatMap((share) => [
        pulse(potentiate, { count: 10 }),
        { bias: { voltage: share * read.voltage, time: 1000 * potentiate.width, samples: 100 } },
      ]),
    };
  },

  "light-pulse": ({ device: { operation }, able }) => {
    const { light, read } = operation;
    if (!light || able.cannot("light") !== null) return null;
    const { irradiance, wavelength, pulse: exposure } = light;
    const { voltage, width } = exposure;
    return {
      steps: [
        { read: {} },
        { light: { irradiance, wavelength, width, voltage, samples: 40 } },
        { bias: { voltage: voltage === 0 ? read.voltage : voltage, time: 10 * width, samples: 100 } },
      ],
    };
  },
};

/** The time after programming from which a set's readings count. */
function settled(firstReading: number): object[] {
  return firstReading > 0 ? [{ wait: { time: firstReading, samples: 1 } }] : [];
}

/** What brings a device to a conductance that is worth looking at; null where nothing does. */
function raised({ device: { operation, targetRange, targetLow }, able }: Subject): object[] | null {
  if (able.cannot("program") === null) return [{ program: { conductance: (targetRange + targetLow) / 2 } }];
  return operation.potentiate ? [pulse(operation.potentiate, { count: 20 })] : null;
}

const telling: Readonly<Record<DeviceModel["kind"], readonly string[]>> = {
  programmed: ["retention", "program-and-verify"],
  pulsed: ["pulse-train"],
  dynamic: ["iv-sweep", "pulse-train"],
  volatile: ["paired-pulse", "decay-against-bias", "iv-sweep"],
};

/**
 * The protocols that a model offers, as files would have them: those of its set, and those that its voltages and times make. `default` shows
 * what it is known for.
 *
 * @param own  protocols of the set
 */
export function namedProtocols(subject: Subject, own: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const made = Object.fromEntries(
    Object.entries(makers).flatMap(([name, make]) => {
      const protocol = make(subject);
      return protocol ? [[name, protocol]] : [];
    }),
  );
  const all = { ...made, ...own };
  const names = Object.keys(all);
  const known = telling[subject.model.kind].find((name) => names.includes(name)) ?? names[0];
  return known === undefined ? all : { default: all[known], ...all };
}
