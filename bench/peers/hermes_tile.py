"""Weight errors of one 256 x 256 array with the statistics of the 64-core phase-change chip, on Crossohm and on aihwkit.

    python bench/peers/hermes_tile.py --crossohm "npx crossohm" [--chips 20] [--seed 1] [--single] [--out hermes.json]

Both get the same weights and one conductance range per column. `crossohm multiply` reads unit vectors without converters, its
read noise held for a reading, so its outputs are the weights as read; here, aihwkit's HermesNoiseModel is called for both
polarities of every weight (its own tile keeps only their difference). Printed per time and group of weights: mean and standard
deviation of |weight| as read less |weight|, in shares of the column's largest, over chips, and their differences in standard
errors. `--single` is one device a polarity instead of two.
"""
import argparse
import json
import shlex
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch

import aihwkit
from aihwkit.inference import HermesNoiseModel

SIZE = 256
TIMES = {"0": 0.0, "1h": 3600.0, "1d": 86400.0, "1y": 31536000.0}      # s, from the first reading
GROUPS = {"all": (0.0, 1.01), "below 0.05": (0.0, 0.05), "0.2 to 0.4": (0.2, 0.4), "above 0.7": (0.7, 1.01)}


def errors_by_group(shares, read):
    """Per group of |weight|: mean error (towards larger magnitude), standard deviation of the error."""
    size, signed = np.abs(shares), np.sign(shares) * (read - shares)
    picked = {name: (size >= low) & (size < high) for name, (low, high) in GROUPS.items()}
    return {name: [float(signed[of].mean()), float((read - shares)[of].std())] for name, of in picked.items()}


def on_crossohm(command, weights, scale, options):
    """[time][chip] of weights as read, in shares of the column's largest."""
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "weights.npy", weights.astype(np.float32))
        np.save(Path(folder) / "inputs.npy", np.eye(SIZE, dtype=np.float32))
        subprocess.run(
            [*shlex.split(command), "multiply", "--weights", f"{folder}/weights.npy", "--inputs", f"{folder}/inputs.npy",
             "--chip", "pcm-hermes", "--parameters", "le-gallo-2023-single" if options.single else "le-gallo-2023",
             "--times", ",".join(TIMES), "--chips", str(options.chips), "--seed", str(options.seed), "--scale", "column",
             "--read-noise", "held", "--without", "inputConverter,outputConverter", "--quiet", "--json", f"{folder}/ours.json"],
            check=True, stdout=subprocess.DEVNULL)
        results = json.load(open(Path(folder) / "ours.json"))["results"]
    return [[np.array(row["outputs"][0]) / scale for row in results if row["time"] == seconds] for seconds in TIMES.values()]


@torch.no_grad()
def on_aihwkit(weights, scale, options):
    cells = HermesNoiseModel(num_devices=1 if options.single else 2)
    shares = torch.from_numpy(weights / scale).float()
    targets = [cells.g_max * shares.clamp(min=0), cells.g_max * (-shares).clamp(min=0)]
    read = [[] for _ in TIMES]
    for chip in range(options.chips):
        torch.manual_seed(1_000_000 * options.seed + chip)
        programmed = [cells.apply_programming_noise_to_conductance(target) for target in targets]
        exponents = [cells.generate_drift_coefficients(target) for target in targets]
        for at, seconds in zip(read, TIMES.values()):
            positive, negative = [cells.apply_drift_noise_to_conductance(g, nu, seconds) for g, nu in zip(programmed, exponents)]
            at.append(((positive - negative) / cells.g_max).numpy())
    return read


def main():
    parser = argparse.ArgumentParser(description="Weight errors with the statistics of the 64-core chip, on two tools.")
    parser.add_argument("--crossohm", default="npx crossohm", help="the command")
    parser.add_argument("--chips", type=int, default=20, help="2 or more")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--single", action="store_true", help="one device a polarity")
    parser.add_argument("--out", help="JSON of all figures")
    options = parser.parse_args()
    torch.set_num_threads(1)
    weights = np.random.default_rng(options.seed).standard_normal((SIZE, SIZE)).astype(np.float32)
    scale = np.abs(weights).max(0)
    sides = [on_crossohm(options.crossohm, weights, scale, options), on_aihwkit(weights, scale, options)]
    rows, worst = [], 0.0
    print("| time | weights | mean error: Crossohm | aihwkit | difference | standard deviation: Crossohm | aihwkit | difference |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for index, time in enumerate(TIMES):
        chips = [[errors_by_group(weights / scale, read) for read in side[index]] for side in sides]
        for group in GROUPS:
            row, cells = {"time": time, "weights": group}, [time, group]
            for place, figure in enumerate(("mean", "standardDeviation")):
                ours, theirs = [np.array([chip[group][place] for chip in side]) for side in chips]
                difference = (ours.mean() - theirs.mean()) / np.sqrt((ours.var(ddof=1) + theirs.var(ddof=1)) / options.chips)
                worst = max(worst, abs(difference))
                row[figure] = {"crossohm": ours.tolist(), "aihwkit": theirs.tolist(), "difference": float(difference)}
                cells += [*(f"{100 * side.mean():.4f} ± {100 * side.std(ddof=1):.4f} %" for side in (ours, theirs)), f"{difference:+.2f}"]
            rows.append(row)
            print("| " + " | ".join(cells) + " |")
    print(f"largest difference: {worst:.2f} standard errors; aihwkit {aihwkit.__version__}, torch {torch.__version__}")
    if options.out:
        with open(options.out, "w") as file:
            json.dump({"chips": options.chips, "seed": options.seed, "rows": rows}, file, indent=1)


if __name__ == "__main__":
    main()
