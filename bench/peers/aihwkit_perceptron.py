"""Accuracy of a perceptron on aihwkit's PCM chip, mapped as `crossohm evaluate` maps it, so that both can be compared.

    python bench/peers/aihwkit_perceptron.py --network data/networks/perceptron.onnx --data DIR_WITH_IDX_FILES \
        [--evaluation ours.json] [--chips 20] [--seed 1] [--stock] --out aihwkit.json

From aihwkit come the laws of the cells (PCMLikeNoiseModel: programming, drift, read noise) and the tiles (DAC, product,
ADC). The rest is done here by hand, because aihwkit does it differently: one weight scale per output over all row
tiles, tiles of 512 rows where aihwkit would cut 784 into 392 + 392, both cells of a pair living on after programming
where aihwkit keeps only their difference, and one drift factor per layer. `--stock` programs and drifts its way.
"""
import argparse
import json
import os
import time

import numpy as np
import onnx
import torch
from onnx import numpy_helper

import aihwkit
from aihwkit.inference import PCMLikeNoiseModel
from aihwkit.simulator.configs import TorchInferenceRPUConfig
from aihwkit.simulator.parameters import IOParameters
from aihwkit.simulator.parameters.enums import BoundManagementType, NoiseManagementType

TIMES = (0.0, 3600.0, 86400.0, 2592000.0, 31536000.0)        # s, from the first reading, 20 s after programming
TILE = 512                                                    # word lines and bit lines
G_MAX = 25.0                                                  # uS
STEPS = 254                                                   # codes -127 .. 127, both converters
CALIBRATION, COMPENSATION = 1000, 64                          # training images for own ranges, for the drift factor
CELLS = PCMLikeNoiseModel(g_max=G_MAX, prog_noise_scale=1.0, drift_scale=1.0, read_noise_scale=1.0)


class Tile:
    """Rows of one layer on one pair of arrays; weights are shares of their column's largest."""

    def __init__(self, weight, input_range, output_range, stock):
        config = TorchInferenceRPUConfig(noise_model=CELLS, drift_compensation=None)
        config.forward = IOParameters(
            inp_bound=1.0, inp_res=1 / STEPS, inp_noise=0.0, out_bound=output_range, out_res=1 / STEPS, out_noise=0.0,
            noise_management=NoiseManagementType.CONSTANT, nm_thres=input_range,
            bound_management=BoundManagementType.NONE, w_noise=0.0, ir_drop=0.0)
        config.mapping.weight_scaling_omega = 0.0             # the scale is applied by Layer
        self.tile = config.tile_class(*weight.shape, config, bias=False).eval()
        self.tile.set_weights(weight)
        self.weight, self.stock = weight, stock
        self.target = [G_MAX * weight.clamp(min=0), G_MAX * (-weight).clamp(min=0)]

    def program(self):
        if self.stock:
            return self.tile.program_weights()
        self.programmed = [CELLS.apply_programming_noise_to_conductance(g) for g in self.target]
        self.exponent = [CELLS.generate_drift_coefficients(g) for g in self.target]

    def drift(self, seconds):
        """Moves the cells to a time; their read noise is drawn here and held until the next call."""
        if self.stock:
            return self.tile.drift_weights(seconds)
        cells = zip(self.programmed, self.exponent)
        positive, negative = [CELLS.apply_drift_noise_to_conductance(g, nu, seconds) for g, nu in cells]
        return self.tile.tile.set_weights((positive - negative) / G_MAX)

    def read(self, x):
        return self.tile(x)


class Layer:
    def __init__(self, weight, bias, input_range, output_ranges, stock):
        self.scale = weight.abs().amax(1)                     # one per output, over all its row tiles
        self.bias, self.factor = bias, 1.0
        normalised = (weight / self.scale[:, None]).split(TILE, 1)
        if len(normalised) != len(output_ranges):
            raise SystemExit(f"ranges: {len(output_ranges)} outputRange for a layer of {len(normalised)} row tiles")
        self.tiles = [Tile(part, input_range, bound, stock) for part, bound in zip(normalised, output_ranges)]

    def product(self, x):
        """The tiles' products, summed in digital, in units of weight times x."""
        return self.scale * sum(tile.read(part) for tile, part in zip(self.tiles, x.split(TILE, 1)))

    def forward(self, x):
        return self.factor * self.product(x) + self.bias

    def weight_error(self):
        """Mean and standard deviation of weight as read minus weight, in shares of the column's largest."""
        error = torch.cat([(self.factor * t.tile.tile.get_weights() - t.weight).flatten() for t in self.tiles])
        return error.mean().item(), error.std().item()


def read_idx(folder, name, header):
    return np.frombuffer(open(os.path.join(folder, name), "rb").read(), np.uint8, offset=header)


def read_split(folder, split):
    images = read_idx(folder, f"{split}-images-idx3-ubyte", 16).reshape(-1, 784).astype(np.float32) / 255
    labels = read_idx(folder, f"{split}-labels-idx1-ubyte", 8).astype(np.int64)
    return torch.from_numpy(images), torch.from_numpy(labels)


def read_network(path):
    """Weights [output][input] and biases of the graph's Gemm nodes, with ReLU between them."""
    graph = onnx.load(path).graph
    values = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer}
    return [(values[node.input[1]], values[node.input[2]]) for node in graph.node if node.op_type == "Gemm"]


def float_inputs(network, x):
    """Each layer's inputs, and last the scores, of the network in float."""
    inputs = [x]
    for weight, bias in network[:-1]:
        inputs.append((inputs[-1] @ weight.T + bias).relu())
    weight, bias = network[-1]
    return inputs + [inputs[-1] @ weight.T + bias]


def own_ranges(network, images):
    """Ranges without a file: the largest input, and 3.5 standard deviations of each row tile's products."""
    layers = []
    for (weight, _), x in zip(network, float_inputs(network, images)):
        bound = x.abs().max().item()
        parts = zip((weight / weight.abs().amax(1, keepdim=True)).split(TILE, 1), (x / bound).split(TILE, 1))
        layers.append({"inputRange": bound, "outputRange": [3.5 * (part @ w.T).std().item() for w, part in parts]})
    return {"layers": layers}


def ranges_of(evaluation):
    """Full scales that `crossohm evaluate` printed, siemens turned into shares of the conductance range."""
    return {"layers": [{"inputRange": layer["inputRange"], "outputRange": [r / (1e-6 * G_MAX) for r in layer["outputRanges"]]}
                       for layer in evaluation["network"]["layers"]]}


def print_differences(ours, theirs):
    """(m1 - m2) / sqrt(s1^2 / n1 + s2^2 / n2) of every accuracy, and of the first layer's compensation factor."""
    print("| time (s) | compensated | crossohm | aihwkit | difference / standard error | first layer's factor: same |")
    print("| --- | --- | --- | --- | --- | --- |")
    for one, other in zip(ours["results"], theirs["results"], strict=True):
        assert (one["time"], one["compensated"]) == (other["time"], other["compensated"])
        cells = [f"{one['time']:g}", "yes" if one["compensated"] else "no"]
        cells += [f"{100 * a['mean']:.3f} ± {100 * a['standardDeviation']:.3f} %" for a in (one["accuracy"], other["accuracy"])]
        cells.append(f"{standard_errors(one['accuracy'], other['accuracy'], len(one['accuracy']['chips'])):+.2f}")
        factor, again = (one["factors"] or [None])[0], other["factors"][0]
        same = factor and factor["standardDeviation"]
        cells.append(f"{factor['mean']:.4f}, {again['mean']:.4f}: {standard_errors(factor, again, len(again['chips'])):+.2f}" if same else "")
        print("| " + " | ".join(cells) + " |")


def standard_errors(one, other, chips):
    error = ((one["standardDeviation"] ** 2 + other["standardDeviation"] ** 2) / chips) ** 0.5
    return (one["mean"] - other["mean"]) / error if error > 0 else 0.0


def accuracy(layers, images, labels):
    x = images
    for layer in layers[:-1]:
        x = layer.forward(x).relu()
    return (layers[-1].forward(x).argmax(1) == labels).sum().item() / len(labels)


def run_chip(layers, calibration, test):
    """Per time and compensation (one factor per layer, from the reading at time 0): accuracy, weight error, factors."""
    tiles = [tile for layer in layers for tile in layer.tiles]
    for tile in tiles:
        tile.program()
    rows, first = [], None
    for seconds in TIMES:
        for tile in tiles:
            tile.drift(seconds)
        reads = [layer.product(x).abs().sum().item() for layer, x in zip(layers, calibration)]
        first = first or reads
        for compensated in (False, True):
            for layer, now, then in zip(layers, reads, first):
                layer.factor = then / now if compensated else 1.0
            error = np.mean([layer.weight_error() for layer in layers], axis=0)
            rows.append((seconds, compensated, accuracy(layers, *test), error, [layer.factor for layer in layers]))
    return rows


def spread(chips):
    return {"mean": float(np.mean(chips)), "standardDeviation": float(np.std(chips, ddof=1)), "chips": chips}


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description="A perceptron on aihwkit's PCM chip, mapped as crossohm maps it.")
    parser.add_argument("--network", required=True)
    parser.add_argument("--data", required=True, help="folder with the four unpacked MNIST IDX files")
    parser.add_argument("--evaluation", help="what `crossohm evaluate --json` wrote: its converter ranges, and a table of differences")
    parser.add_argument("--chips", type=int, default=20, help="2 or more")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stock", action="store_true", help="program and drift as aihwkit does")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    started = time.time()
    network = read_network(options.network)
    training, test = read_split(options.data, "train")[0], read_split(options.data, "t10k")
    ours = json.load(open(options.evaluation)) if options.evaluation else None
    ranges = ranges_of(ours) if ours else own_ranges(network, training[:CALIBRATION])
    layers = [Layer(weight, bias, r["inputRange"], r["outputRange"], options.stock)
              for (weight, bias), r in zip(network, ranges["layers"], strict=True)]
    calibration = float_inputs(network, training[:512:512 // COMPENSATION])[:-1]
    result = {"tool": "aihwkit", "versions": {"aihwkit": aihwkit.__version__, "torch": torch.__version__},
              "pairs": "difference" if options.stock else "both cells", "seed": options.seed, "ranges": ranges,
              "rows": [[tile.weight.shape[1] for tile in layer.tiles] for layer in layers],
              "floatAccuracy": (float_inputs(network, test[0])[-1].argmax(1) == test[1]).sum().item() / len(test[1]),
              "convertersOnlyAccuracy": accuracy(layers, *test), "results": []}
    chips = []
    for chip in range(options.chips):
        torch.manual_seed(1_000_000 * options.seed + chip)
        chips.append(run_chip(layers, calibration, test))
        print(f"chip {chip + 1}/{options.chips}: {[row[2] for row in chips[-1]]}", flush=True)
    for row in zip(*chips):
        seconds, compensated, shares, errors, factors = zip(*row)
        mean, deviation = np.mean(errors, axis=0).tolist()
        result["results"].append({
            "time": seconds[0], "compensated": compensated[0], "accuracy": spread(shares),
            "weightError": {"mean": mean, "standardDeviation": deviation},
            "factors": [spread(layer) for layer in zip(*factors)]})
    result["runtime"] = {"seconds": time.time() - started, "threads": 1}
    with open(options.out, "w") as file:
        json.dump(result, file, indent=1)
    if ours:
        print_differences(ours, result)


if __name__ == "__main__":
    main()
