// Abscissae and weights of Gauss and Legendre's rule of eight points on -1 .. 1, the positive half.
const abscissae = [0.1834346424956498, 0.525532409916329, 0.7966664774136267, 0.9602898564975363];
const weights = [0.362683783378362, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763];

/** Integral of a smooth function over one panel: exact for polynomials up to the fifteenth degree. */
export function gaussIntegral(f: (at: number) => number, from: number, to: number): number {
  const middle = (from + to) / 2;
  const half = (to - from) / 2;
  let sum = 0;
  for (let k = 0; k < 4; k++) {
    const away = half * abscissae[k]!;
    sum += weights[k]! * (f(middle - away) + f(middle + away));
  }
  return half * sum;
}

/**
 * Integral from 0 over functions of time that change fast at first and slower and slower: panels of twice the length of the one before.
 *
 * @param first  length of the first panel
 */
export function gradedIntegral(f: (time: number) => number, until: number, first: number): number {
  let sum = 0;
  let start = 0;
  for (let end = first; start < until; end *= 2) {
    const stop = end < until ? end : until;
    sum += gaussIntegral(f, start, stop);
    start = stop;
  }
  return sum;
}
