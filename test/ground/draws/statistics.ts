/** Standard normal distribution function, by the series of its integral: 1e-12 within 8 deviations. */
export function normalCdf(x: number): number {
  if (x < -8) return 0;
  if (x > 8) return 1;
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (Math.abs(x) > 4) {
    let fraction = Math.abs(x);
    for (let k = 60; k > 0; k--) fraction = Math.abs(x) + k / fraction;
    return x < 0 ? density / fraction : 1 - density / fraction;
  }
  let term = x;
  let sum = x;
  for (let k = 3; k < 160; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + density * sum;
}

/** Kolmogorov's asymptotic p-value of numbers that should be uniform on 0 .. 1; sorts them. */
export function uniformityP(values: Float64Array): number {
  values.sort();
  const n = values.length;
  let distance = 0;
  for (let i = 0; i < n; i++) {
    distance = Math.max(distance, (i + 1) / n - values[i]!, values[i]! - i / n);
  }
  const lambda = distance * (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n));
  let p = 0;
  for (let k = 1; k < 100; k++) p += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * lambda * lambda);
  return lambda < 0.2 ? 1 : Math.min(1, Math.max(0, p));
}

/** Mean, and central moments of second to fourth order. */
export function momentsOf(values: ArrayLike<number>): {
  mean: number;
  variance: number;
  third: number;
  fourth: number;
} {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i]! / n;
  let [variance, third, fourth] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const d = values[i]! - mean;
    variance += (d * d) / n;
    third += (d * d * d) / n;
    fourth += (d * d * d * d) / n;
  }
  return { mean, variance, third, fourth };
}

/** The same moments of f(N), N standard normal, by Simpson's rule; `corners` are where f has one, so that no step crosses it. */
export function momentsUnderNormal(f: (normal: number) => number, corners: readonly number[] = []) {
  const inside = corners.filter((corner) => corner > -9 && corner < 9);
  const edges = [-9, ...inside.sort((a, b) => a - b), 9];
  const integral = (g: (normal: number) => number) => {
    let sum = 0;
    for (let e = 1; e < edges.length; e++) {
      const steps = 2000;
      const h = (edges[e]! - edges[e - 1]!) / steps;
      for (let k = 0; k <= steps; k++) {
        const z = edges[e - 1]! + k * h;
        const weight = k === 0 || k === steps ? 1 : k % 2 === 1 ? 4 : 2;
        sum += ((weight * h) / 3) * g(z) * Math.exp((-z * z) / 2);
      }
    }
    return sum / Math.sqrt(2 * Math.PI);
  };
  const mean = integral(f);
  return {
    mean,
    variance: integral((z) => (f(z) - mean) ** 2),
    third: integral((z) => (f(z) - mean) ** 3),
    fourth: integral((z) => (f(z) - mean) ** 4),
  };
}
