"""Runs an evaluation and reads what it wrote with NumPy and pandas.

    python read_results.py NETWORK.onnx DATA [options of `crossohm evaluate`]

The command is `npx crossohm`, or what the environment variable CROSSOHM says.
"""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd


def evaluate(network, data, options, folder):
    """Runs the command; gives its JSON, its table of accuracies, its scores and its conductances."""
    files = {name: Path(folder) / name for name in ("run.json", "run.csv", "scores.npz", "cells.npz")}
    outputs = ("--json", "--csv", "--save-outputs", "--save-conductances")
    command = shlex.split(os.environ.get("CROSSOHM", "npx crossohm")) + ["evaluate", network, "--data", data, *options]
    for option, file in zip(outputs, files.values()):
        command += [option, str(file)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    result = json.loads(files["run.json"].read_text(encoding="utf-8"))
    return result, pd.read_csv(files["run.csv"]), np.load(files["scores.npz"]), np.load(files["cells.npz"])


def accuracies(outputs):
    """The accuracies again, from the scores, [chip][time][compensated]."""
    return (outputs["scores"].argmax(axis=-1) == outputs["labels"]).mean(axis=-1)


def drift(cells, layer):
    """Median over chips and cells of conductance at each time over the programmed one, of cells that were programmed."""
    programmed, later = cells[f"{layer}.programmed.positive"], cells[f"{layer}.at.positive"]
    asked = np.broadcast_to(cells[f"{layer}.target.positive"] > 0, programmed.shape) & (programmed > 0)
    return [float(np.median(later[:, k][asked] / programmed[asked])) for k in range(len(cells["times"]))]


def main(network, data, *options):
    with tempfile.TemporaryDirectory() as folder:
        result, table, outputs, cells = evaluate(network, data, options, folder)
        with outputs, cells:
            print(f"Float accuracy {result['floatAccuracy']:.4f} on {result['images']} images")
            summary = table.groupby(["time", "compensated"])["accuracy"].agg(["mean", "std", "count"])
            print(summary.to_string(float_format="%.4f"))

            # JSON, table and scores say the same; shares of images are whole numbers of them.
            rows = table.pivot(index="chip", columns=["time", "compensated"], values="accuracy").to_numpy()
            chips = np.array([row["accuracy"]["chips"] for row in result["results"]]).T
            for others in (chips, accuracies(outputs).reshape(rows.shape)):
                assert (np.rint(rows * result["images"]) == np.rint(others * result["images"])).all()

            names = [layer["name"] for layer in result["network"]["layers"]]
            layers = pd.DataFrame({name: drift(cells, name) for name in names}, index=cells["times"])
            print("Conductance over the programmed one, median of all cells that were programmed:")
            print(layers.rename_axis("time").T.to_string(float_format="%.4f"))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
