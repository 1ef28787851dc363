/** Copies `count` floats; where they are no multiple of four, up to three more places are written. */
// @ts-ignore: decorator
@inline
function copyRun(from: usize, to: usize, bytes: usize): void {
  for (let place: usize = 0; place < bytes; place += 16) v128.store(to + place, v128.load(from + place));
}

/** Puts the lines of an image's channels into their places in zeros. */
export function padChannels(
  image: usize, channels: i32, lines: usize, lineCount: i32, lineLength: i32, framePlane: i32, frame: usize,
): void {
  const lineBytes = <usize>lineLength << 2;
  const whole = lineBytes & ~15;
  const planeBytes = <usize>framePlane << 2;
  memory.fill(frame, 0, planeBytes * channels);
  const end = lines + (<usize>lineCount << 2);
  for (let channel = 0; channel < channels; channel++) {
    for (let line = lines; line < end; line += 4) {
      const to = frame + (<usize>load<u32>(line) << 2);
      let place: usize = 0;
      for (; place < whole; place += 16) v128.store(to + place, v128.load(image + place));
      for (; place < lineBytes; place += 4) store<u32>(to + place, load<u32>(image + place));
      image += lineBytes;
    }
    frame += planeBytes;
  }
}

/**
 * The fields of `count` origins one after another, run by run of neighbours.
 *
 * @param frame  readable for three floats behind its last
 * @param target  writable for three floats behind its last
 */
export function layFields(
  frame: usize, origins: usize, count: i32, runs: usize, runCount: i32, runLength: i32, target: usize,
): void {
  const bytes = <usize>runLength << 2;
  const end = runs + (<usize>runCount << 2);
  const last = origins + (<usize>count << 2);
  for (; origins < last; origins += 4) {
    const from = frame + (<usize>load<u32>(origins) << 2);
    if (runLength == 1) {
      for (let run = runs; run < end; run += 4) {
        store<u32>(target, load<u32>(from + (<usize>load<u32>(run) << 2)));
        target += 4;
      }
    } else if (runLength <= 4) {
      for (let run = runs; run < end; run += 4) {
        v128.store(target, v128.load(from + (<usize>load<u32>(run) << 2)));
        target += bytes;
      }
    } else {
      for (let run = runs; run < end; run += 4) {
        copyRun(from + (<usize>load<u32>(run) << 2), target, bytes);
        target += bytes;
      }
    }
  }
}
