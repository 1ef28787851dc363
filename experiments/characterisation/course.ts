/** Rows of a table, one of every device at every moment, as they happened; `filled` moments are finished. */
export interface Course {
  readonly devices: number;
  readonly filled: number;
  /** Number of the step, [moment]. */
  readonly step: Int32Array;
  /** How often the innermost repeat around the step has gone round before, [moment]. */
  readonly cycle: Int32Array;
  /** s since the start, [moment]. */
  readonly time: Float64Array;
  /** V across the device as its source gives them, [moment]. */
  readonly voltage: Float64Array;
  /** A, [moment][device]. */
  readonly current: Float64Array;
  /** S, [moment][device]. */
  readonly conductance: Float32Array;
}

/** Takes rows one after another into arrays that were made for all of them. */
export class CourseRecorder implements Course {
  readonly devices: number;
  readonly step: Int32Array;
  readonly cycle: Int32Array;
  readonly time: Float64Array;
  readonly voltage: Float64Array;
  readonly current: Float64Array;
  readonly conductance: Float32Array;
  filled = 0;

  constructor(devices: number, moments: number) {
    this.devices = devices;
    this.step = new Int32Array(moments);
    this.cycle = new Int32Array(moments);
    this.time = new Float64Array(moments);
    this.voltage = new Float64Array(moments);
    this.current = new Float64Array(moments * devices);
    this.conductance = new Float32Array(moments * devices);
  }

  /**
   * @param current  A, [device]
   * @param conductance  S, [device]
   */
  add(
    step: number,
    cycle: number,
    time: number,
    voltage: number,
    current: Float64Array,
    conductance: Float32Array,
  ): void {
    const moment = this.filled++;
    this.step[moment] = step;
    this.cycle[moment] = cycle;
    this.time[moment] = time;
    this.voltage[moment] = voltage;
    this.current.set(current, moment * this.devices);
    this.conductance.set(conductance, moment * this.devices);
  }
}

/** One column of the table, read entry by entry: the arrays behind it are shared by all devices where they can be. */
export interface Column extends Iterable<number> {
  readonly length: number;
}

/** The table: all moments of device 0, then those of device 1, and so on. */
export function columnsOf(course: Course): Readonly<Record<string, Column>> {
  const { devices, filled } = course;
  const column = (entry: (moment: number, device: number) => number): Column => ({
    length: devices * filled,
    *[Symbol.iterator]() {
      for (let device = 0; device < devices; device++) {
        for (let moment = 0; moment < filled; moment++) yield entry(moment, device);
      }
    },
  });
  return {
    device: column((_, device) => device),
    step: column((moment) => course.step[moment]!),
    cycle: column((moment) => course.cycle[moment]!),
    time: column((moment) => course.time[moment]!),
    voltage: column((moment) => course.voltage[moment]!),
    current: column((moment, device) => course.current[moment * devices + device]!),
    conductance: column((moment, device) => course.conductance[moment * devices + device]!),
  };
}
