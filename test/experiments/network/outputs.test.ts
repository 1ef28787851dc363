import { beforeAll, describe, expect, it } from "vitest";
import { archiveOf, data, images, run } from "./evaluations.ts";

const outputs = { saves: { conductances: false, outputs: true } } as const;

describe("saved outputs", () => {
  let saved: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    saved = await run(outputs);
  });

  it("are scores, [chip][time][compensated][image][class], whose largest gives the accuracies exactly", () => {
    const archive = archiveOf(saved.saved.outputs!);
    const { shape, values } = archive.read("scores");
    expect(shape).toEqual([3, 2, 2, images, 5]);
    const labels = archive.read("labels").values;
    expect(labels).toEqual(data.labels);
    expect([...archive.read("times").values]).toEqual([0, 86_400]);
    expect([...archive.read("compensated").values]).toEqual([0, 1]);
    expect([...archive.read("chips").values]).toEqual([0, 1, 2]);
    for (const [index, { accuracy }] of saved.evaluation.results.entries()) {
      const shares = [0, 1, 2].map((chip) => {
        let right = 0;
        for (let i = 0; i < images; i++) {
          const from = ((chip * 4 + index) * images + i) * 5;
          const scores = [...values.subarray(from, from + 5)];
          if (scores.indexOf(Math.max(...scores)) === labels[i]) right++;
        }
        return right / images;
      });
      expect(shares).toEqual(accuracy.chips);
    }
  });

  it("are the same for any number of threads, and change nothing of the evaluation", async () => {
    for (const threads of [2, 3]) {
      const { evaluation, saved: arrays } = await run(outputs, { threads });
      expect(archiveOf(arrays.outputs!).read("scores")).toEqual(archiveOf(saved.saved.outputs!).read("scores"));
      expect(evaluation).toEqual(saved.evaluation);
    }
    expect((await run()).saved).toEqual({ conductances: null, outputs: null });
  });

  it("are of one setting of compensation where one is asked for", async () => {
    const { saved: one } = await run({ ...outputs, compensation: "global", times: [86_400] });
    const archive = archiveOf(one.outputs!);
    expect(archive.read("scores").shape).toEqual([3, 1, 1, images, 5]);
    expect([...archive.read("compensated").values]).toEqual([1]);
  });

  it("are of the chips that finished, and announced in bytes", async () => {
    let told = 0;
    const stopped = await run(outputs, { stopAt: 1, room: ({ outputs: bytes }) => (told = bytes) });
    expect(told).toBe(4 * 3 * 2 * 2 * images * 5);
    expect(archiveOf(stopped.saved.outputs!).read("scores").shape).toEqual([1, 2, 2, images, 5]);
  });
});
