import { grouped, missing, quantity } from "./numbers.ts";
import type { PaperOutput } from "./shapes.ts";

type Claim = PaperOutput["claims"][number];

/** "0.938", "2.06 µS": what a claim is about, with its unit. */
export function worth(value: number | null, unit: string): string {
  if (value === null) return missing;
  if (unit !== "1") return quantity(value, unit);
  const rounded = Number.isInteger(value) ? value : Number(value.toPrecision(4));
  const text = rounded !== 0 && Math.abs(rounded) < 1e-4 ? `${rounded}` : grouped(rounded);
  return text.replace(/-/g, "−");
}

/** "at least 0.9", "0.75 to 0.85", "exactly 0". */
export function bandInWords({ low, high, unit }: Claim): string {
  if (low === null && high === null) return missing;
  if (high === null) return `at least ${worth(low, unit)}`;
  if (low === null) return `at most ${worth(high, unit)}`;
  return low === high ? `exactly ${worth(low, unit)}` : `${worth(low, unit)} to ${worth(high, unit)}`;
}

export function verdict({ held }: Claim): "held" | "FAILED" | "not run" {
  return held === null ? "not run" : held ? "held" : "FAILED";
}
