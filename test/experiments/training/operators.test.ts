import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  activationStep,
  activations,
  addStep,
  reshapeStep,
} from "../../../experiments/training/operators/elementwise.ts";
import { poolStep } from "../../../experiments/training/operators/pooling.ts";
import { softmaxStep } from "../../../experiments/training/operators/softmax.ts";
import { type DigitalStep, sizeOfShape } from "../../../experiments/training/step.ts";
import { numbers } from "../../onnx-graphs.ts";

const images = 2;
/** Of the central difference. */
const h = 2 ** -7;

/** Numbers of -1 to 1, each its own and further from the next than a difference reaches: no maximum and no corner lies between. */
function apart(count: number, seed: number): Float32Array {
  const order = Array.from(numbers(count, seed), (value, index) => ({ value, index })).sort(
    (a, b) => a.value - b.value,
  );
  const spaced = new Float32Array(count);
  for (const [rank, { index }] of order.entries()) spaced[index] = (rank + 0.5 - count / 2) * 3 * h;
  return spaced;
}

/** The largest difference between a step's gradient and the central difference of its outputs along the same direction. */
function gradientError(step: DigitalStep, inputs: readonly Float32Array[]): number {
  const output = step.forward(inputs, images);
  expect(output.length).toBe(images * sizeOfShape(step.shape));
  const direction = numbers(output.length, 5);
  const into = inputs.map((input) => new Float32Array(input.length));
  step.backward(inputs, output, direction, images, into);
  let worst = 0;
  for (const [number, input] of inputs.entries()) {
    for (const i of input.keys()) {
      const at = (value: number) => {
        const changed = inputs.map((other, k) => (k === number ? other.with(i, value) : other));
        return step.forward(changed, images).reduce((sum, y, k) => sum + y * direction[k]!, 0);
      };
      const slope = (at(input[i]! + h) - at(input[i]! - h)) / (2 * h);
      worst = Math.max(worst, Math.abs(slope - into[number]![i]!));
    }
  }
  return worst;
}

// Rounding of outputs to float32 gives 2^-24 of their sum (below 8) over 2 h: 3e-5. What the central difference leaves of a curve is h^2 / 6 of
// its third derivative (below 2): 2e-5. A slope that is 1 % off anywhere differs by 1e-3 at least.
const bound = 2e-4;

describe("gradients of digital operators are the differences of what they give", () => {
  const axes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });

  it.each(activations)("%s", (operator) => {
    fc.assert(
      fc.property(axes, fc.nat(1000), (shape, seed) => {
        const step = activationStep(operator, "y", "x", shape);
        expect(gradientError(step, [apart(images * sizeOfShape(shape), seed + 1)])).toBeLessThan(bound);
      }),
      { numRuns: 20 },
    );
  });

  it("Add, also of a tensor with itself, and of shapes", () => {
    fc.assert(
      fc.property(axes, fc.nat(1000), (shape, seed) => {
        const count = images * sizeOfShape(shape);
        const [a, b] = [numbers(count, seed + 1), numbers(count, seed + 2)];
        expect(gradientError(addStep("y", ["a", "b"], shape), [a, b])).toBeLessThan(bound);
        expect(gradientError(reshapeStep("Flatten", "y", "a", [sizeOfShape(shape)]), [a])).toBeLessThan(bound);
        const twice = addStep("y", ["a", "a"], shape);
        const into = new Float32Array(count);
        twice.backward([a, a], twice.forward([a, a], images), b, images, [into, into]);
        expect(into).toEqual(b.map((value) => 2 * value));
      }),
      { numRuns: 20 },
    );
  });

  it("Softmax, and its shares sum to 1", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 2, max: 5 }),
        fc.nat(1000),
        (runs, length, seed) => {
          const step = softmaxStep("y", "x", [runs, length], length);
          const x = numbers(images * runs * length, seed + 1, 3);
          expect(gradientError(step, [x])).toBeLessThan(bound);
          // A constant more changes nothing, however large the numbers are.
          const far = step.forward([x.map((value) => value + 1000)], images);
          const near = step.forward([x], images);
          for (const [i, share] of far.entries()) expect(share).toBeCloseTo(near[i]!, 3);
          const total = near.reduce((sum, share) => sum + share, 0);
          expect(total).toBeCloseTo(images * runs, 4);
        },
      ),
      { numRuns: 20 },
    );
  });

  it.each(["MaxPool", "AveragePool"] as const)("%s with overlapping, padded, spread windows", (operator) => {
    const side = fc.integer({ min: 1, max: 5 });
    const geometry = fc.record({
      spatial: fc.tuple(side, side),
      kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      dilation: fc.integer({ min: 1, max: 2 }),
      pad: fc.constantFrom("none", "one", "same upper", "same lower"),
      countsPads: fc.boolean(),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(geometry, ({ spatial, kernel, strides, dilation, pad, countsPads, seed }) => {
        // A window wholly in the padding has no largest number: ONNX refuses pads as wide as the kernel.
        const ends = kernel.map((length) => (pad === "one" && length > 1 ? 1 : 0));
        const step = poolStep(operator, "y", "x", [2, ...spatial], {
          kernel,
          strides,
          dilations: [dilation, dilation],
          pads: pad.startsWith("same") ? null : { before: ends, after: ends },
          upper: pad === "same upper",
          countsPads,
        });
        if (step === null) return;
        const x = apart(images * 2 * spatial[0] * spatial[1], seed + 1);
        if (step.forward([x], images).some((value) => !Number.isFinite(value))) return;
        expect(gradientError(step, [x])).toBeLessThan(bound);
      }),
      { numRuns: 60 },
    );
  });
});
