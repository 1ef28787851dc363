/**
 * What the module of kernels exports. Arrays are passed as byte addresses in its memory, 0 for an absent one; a draw as its key's two
 * words; an event as its low and high words; booleans as 0 and 1. The functions that call them say what they do.
 */
export interface KernelExports {
  /** First byte that is not the module's own. */
  heapBase(): number;

  fillNormal(key0: number, key1: number, low: number, high: number, out: number, count: number): void;

  fillWords(key0: number, key1: number, low: number, high: number, out: number, count: number): void;

  normalOfCells(key0: number, key1: number, cells: number, low: number, high: number, out: number, count: number): void;

  drift(
    programmed: number,
    exponent: number,
    programmedAt: number,
    now: number,
    inverseOrigin: number,
    out: number,
    count: number,
  ): void;

  relax(value: number, rate: number, seconds: number, count: number): void;

  splitReadNoise(
    conductance: number,
    amplitude: number,
    slow: number,
    fresh: number,
    centre: number,
    deviation: number,
    count: number,
  ): void;

  /** `plan` and `factors` as devices/noise/flicker.ts lays them out. */
  moveFlicker(plan: number, factors: number, bands: number, out: number, count: number): void;

  clampedMoments(
    centre: number,
    deviation: number,
    mean: number,
    variance: number,
    thirdOverVariance: number,
    count: number,
  ): void;

  programCells(
    law: number,
    fromProgrammed: number,
    target: number,
    programmed: number,
    exponent: number,
    amplitude: number,
    programmingKey0: number,
    programmingKey1: number,
    exponentKey0: number,
    exponentKey1: number,
    low: number,
    high: number,
    count: number,
  ): void;

  /** Returns how many cells were held at a limit; `own` 0: nothing is a device's own; `work` 0: left alone. */
  accumulate(
    step: number,
    conductance: number,
    past: number,
    own: number,
    age: number,
    work: number,
    joules: number,
    key0: number,
    key1: number,
    low: number,
    high: number,
    count: number,
  ): number;

  /** `step` as accumulate-trains.ts lays it out; `own`, `cells` 0: nothing is a device's own; all cells. */
  accumulateTrains(
    step: number,
    conductance: number,
    past: number,
    age: number,
    own: number,
    trained: number,
    writes: number,
    cells: number,
    counts: number,
    count: number,
    key0: number,
    key1: number,
  ): number;

  /** `factors`, `cells` 0: all 1; all cells. */
  driftedConductances(
    numbers: number,
    conductance: number,
    age: number,
    factors: number,
    behind: number,
    inverseOnset: number,
    older: number,
    cells: number,
    out: number,
    count: number,
  ): void;

  /** `places` holds an address and an advance a block for each trait; `noise` 0: no write noise. */
  stepDevices(
    numbers: number,
    shape: number,
    weight: number,
    noise: number,
    places: number,
    key0: number,
    key1: number,
    noiseKey0: number,
    noiseKey1: number,
    low: number,
    high: number,
    work: number,
    energy: number,
    count: number,
  ): number;

  drawTrains(
    key0: number,
    key1: number,
    low: number,
    high: number,
    probabilities: number,
    slots: number,
    trains: number,
    count: number,
  ): void;

  /** `bitLineMasks`: 16 bits a line, all ones where it is negative. */
  coincidences(
    wordLines: number,
    wordLineSigns: number,
    bitLines: number,
    bitLineMasks: number,
    rows: number,
    columns: number,
    counts: number,
    add: number,
  ): void;

  /** `sums` receives pulses up and down, and the most of either: four float64. */
  countRequests(counts: number, selections: number, count: number, sums: number): void;

  /** `pulses`: numbers of a pulse up and of one down; `keys` three draws; `work` [count] or 0; `cells` 0: all. train.as.ts says more. */
  trainPulses(
    pulses: number,
    shape: number,
    closed: number,
    weight: number,
    noise: number,
    places: number,
    trained: number,
    writes: number,
    work: number,
    sums: number,
    energyUp: number,
    energyDown: number,
    keys: number,
    low: number,
    high: number,
    cells: number,
    counts: number,
    count: number,
  ): number;

  /** `sumAsked` 0: differences; otherwise variances, whose codes of a block are to add up to it. */
  packWeights(
    positive: number,
    negative: number,
    sumAsked: number,
    largest: number,
    rowsPerBlock: number,
    rows: number,
    columns: number,
    codes: number,
    step: number,
    sums: number,
  ): void;

  multiplyCodes(
    codes: number,
    weights: number,
    vectors: number,
    rows: number,
    paddedColumns: number,
    rowsPerBlock: number,
    products: number,
    room: number,
    squares: number,
  ): void;

  multiplySquares(
    codes: number,
    weights: number,
    vectors: number,
    rows: number,
    paddedColumns: number,
    rowsPerBlock: number,
    products: number,
    room: number,
    squares: number,
  ): void;

  multiplyFloats(
    x: number,
    weights: number,
    vectors: number,
    rows: number,
    columns: number,
    out: number,
    panel: number,
  ): void;

  /** `blocks` 0: float products; `variances` 0: the constant variance; that 0 too: no noise. */
  sumColumns(
    products: number,
    blocks: number,
    step: number,
    factor: number,
    variances: number,
    varianceBlocks: number,
    varianceStep: number,
    constantVariance: number,
    vectors: number,
    paddedColumns: number,
    key0: number,
    key1: number,
    low: number,
    high: number,
    out: number,
    skewRatio: number,
    skewThird: number,
    skewThirdNorm: number,
    largest: number,
    cubeNorm: number,
    limit: number,
    flagged: number,
  ): number;

  boundSkewness(
    cells: number,
    polarities: number,
    rows: number,
    columns: number,
    ratio: number,
    third: number,
    thirdNorm: number,
  ): void;

  resampleSkewed(
    flagged: number,
    count: number,
    inputs: number,
    packed: number,
    factor: number,
    cells: number,
    polarities: number,
    limit: number,
    rows: number,
    columns: number,
    paddedColumns: number,
    key0: number,
    key1: number,
    low: number,
    high: number,
    room: number,
    normals: number,
    sieve: number,
    out: number,
  ): number;

  padChannels(
    image: number,
    channels: number,
    lines: number,
    lineCount: number,
    lineLength: number,
    framePlane: number,
    frame: number,
  ): void;

  layFields(
    frame: number,
    origins: number,
    count: number,
    runs: number,
    runCount: number,
    runLength: number,
    target: number,
  ): void;

  largestMagnitude(x: number, count: number): number;

  convertInputs(
    x: number,
    vectors: number,
    rows: number,
    stride: number,
    scale: number,
    mask: number,
    beyond: number,
    most: number,
    least: number,
    codes: number,
    largest: number,
    cubeNorm: number,
    sums: number,
  ): number;

  /** `absolute` 0: no activity. */
  driveFloats(
    x: number,
    vectors: number,
    rows: number,
    stride: number,
    scale: number,
    unsigned: number,
    most: number,
    clips: number,
    step: number,
    out: number,
    absolute: number,
    squared: number,
  ): number;
  squareInputs(x: number, vectors: number, rows: number, squares: number, largest: number, cubeNorm: number): void;

  convertOutputs(
    y: number,
    columns: number,
    paddedColumns: number,
    vectors: number,
    toCode: number,
    step: number,
    levels: number,
    outputScale: number,
    accumulate: number,
    stride: number,
  ): number;
}
