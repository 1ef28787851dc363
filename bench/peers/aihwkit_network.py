"""Accuracy of a network on aihwkit's PCM chip, mapped as `crossohm evaluate` maps it, so that both can be compared.

    python bench/peers/aihwkit_network.py --network data/networks/lenet.onnx --data DIR_WITH_IDX_FILES \
        [--evaluation ours.json] [--images N] [--chips 20] [--seed 1] [--stock] --out aihwkit.json

Chains of Gemm, Conv without groups, Relu, MaxPool and Flatten. From aihwkit come the laws of the cells
(PCMLikeNoiseModel: programming, drift, read noise) and the tiles (DAC, product, ADC). The rest is done here by hand,
because aihwkit does it differently: one weight scale per output over all row tiles, tiles of 512 rows where aihwkit
would cut 784 into 392 + 392, both cells of a pair living on after programming where aihwkit keeps only their
difference, and one drift factor per layer. `--stock` programs and drifts its way.
"""
import argparse
import json
import os
import time

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

import aihwkit
from aihwkit.inference import PCMLikeNoiseModel
from aihwkit.simulator.configs import TorchInferenceRPUConfig
from aihwkit.simulator.parameters import IOParameters
from aihwkit.simulator.parameters.enums import BoundManagementType, NoiseManagementType

TIMES = {0.0: "0", 3600.0: "1 h", 86400.0: "1 d", 2592000.0: "30 d", 31536000.0: "1 y"}  # s, from the first reading at 20 s
TILE = 512                                                    # word lines and bit lines
G_MAX = 25.0                                                  # uS
STEPS = 254                                                   # codes -127 .. 127, both converters
CALIBRATION, COMPENSATION = 512, 64                           # training images, and each layer's vectors for its factor
BATCH = 100                                                   # images
CELLS, QUIET = (PCMLikeNoiseModel(g_max=G_MAX, prog_noise_scale=1.0, drift_scale=1.0, read_noise_scale=s) for s in (1.0, 0.0))


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
        self.drifted = self.difference(QUIET, seconds)
        return self.tile.tile.set_weights(self.difference(CELLS, seconds))

    def difference(self, law, seconds):
        cells = zip(self.programmed, self.exponent)
        positive, negative = [law.apply_drift_noise_to_conductance(g, nu, seconds) for g, nu in cells]
        return (positive - negative) / G_MAX

    def read(self, x):
        return self.tile(x)


class Layer:
    def __init__(self, weight, input_range, output_ranges, stock):
        self.scale = weight.abs().amax(1)                     # one per output, over all its row tiles
        self.factor = 1.0
        normalised = (weight / self.scale[:, None]).split(TILE, 1)
        if len(normalised) != len(output_ranges):
            raise SystemExit(f"ranges: {len(output_ranges)} outputRange for a layer of {len(normalised)} row tiles")
        self.tiles = [Tile(part, input_range, bound, stock) for part, bound in zip(normalised, output_ranges)]

    def product(self, x):
        """The tiles' products, summed in digital, in units of weight times x."""
        return self.scale * sum(tile.read(part) for tile, part in zip(self.tiles, x.split(TILE, 1)))

    def weight_errors(self, read):
        """Weight, as read or without read noise, minus what was asked for, in shares of the column's largest."""
        now = [t.tile.tile.get_weights() if read else t.drifted for t in self.tiles]
        return torch.cat([(self.factor * weight - t.weight).flatten() for weight, t in zip(now, self.tiles)])


def read_idx(folder, name, header):
    return np.frombuffer(open(os.path.join(folder, name), "rb").read(), np.uint8, offset=header)


def read_split(folder, split, count):
    images = read_idx(folder, f"{split}-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)[:count].astype(np.float32) / 255
    labels = read_idx(folder, f"{split}-labels-idx1-ubyte", 8)[:count].astype(np.int64)
    return torch.from_numpy(images), torch.from_numpy(labels)


class Product:
    """Weights [output][input] and bias of a Gemm or Conv; a Conv's inputs are its receptive fields, [channel][tap]."""

    def __init__(self, node, weight, bias):
        options = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        self.bias, self.window = bias, None
        if node.op_type == "Gemm":
            self.weight = weight if options.get("transB") else weight.T.contiguous()
            plain = not options.get("transA") and options.get("alpha", 1) == options.get("beta", 1) == 1
        else:
            self.weight = weight.flatten(1)
            pads = options.get("pads", [0, 0, 0, 0])
            self.window = {"kernel_size": weight.shape[2:], "padding": pads[:2], "stride": options.get("strides", [1, 1])}
            plain = (options.get("group", 1) == 1 and pads[:2] == pads[2:] and weight.dim() == 4
                     and options.get("auto_pad", b"NOTSET") == b"NOTSET" and all(d == 1 for d in options.get("dilations", [1])))
        if not plain:
            raise SystemExit(f"{node.name}: {node.op_type} with {options} is not compared here")

    def vectors(self, x):
        """What drives the tiles, [image x position][input]."""
        return F.unfold(x, **self.window).transpose(1, 2).flatten(0, 1) if self.window else x

    def outputs(self, y, x):
        """The tiles' answers to vectors(x) as the graph has them, with the bias."""
        y = y + self.bias
        if self.window is None:
            return y
        sides = [(length + 2 * pad - size) // stride + 1 for length, size, pad, stride in zip(
            x.shape[2:], self.window["kernel_size"], self.window["padding"], self.window["stride"])]
        return y.view(len(x), -1, y.shape[1]).transpose(1, 2).reshape(len(x), -1, *sides)


def read_network(path):
    """The graph's chain: products and functions, in order."""
    graph = onnx.load(path).graph
    values = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer}
    steps, last = [], graph.input[0].name
    for node in graph.node:
        options = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        if node.input[0] != last:
            raise SystemExit(f"{node.name}: reads {node.input[0]}, not the node before it; chains are compared here")
        last = node.output[0]
        if node.op_type in ("Gemm", "Conv"):
            steps.append(Product(node, *(values[name] for name in node.input[1:3])))
        elif node.op_type == "MaxPool" and not any(options.get("pads", [])) and not options.get("ceil_mode"):
            pool = {"kernel_size": options["kernel_shape"], "stride": options.get("strides", [1, 1])}
            steps.append(lambda x, pool=pool: F.max_pool2d(x, **pool))
        elif node.op_type in ("Relu", "Flatten"):
            steps.append({"Relu": torch.relu, "Flatten": lambda x: x.flatten(1)}[node.op_type])
        else:
            raise SystemExit(f"{node.name}: {node.op_type} with {options} is not compared here")
    return steps


def run(network, images, multiply):
    """Scores; `multiply(index, vectors)` does the products, without bias."""
    x, index = images, 0
    for step in network:
        if isinstance(step, Product):
            x, index = step.outputs(multiply(index, step.vectors(x)), x), index + 1
        else:
            x = step(x)
    return x


def products_of(network):
    return [step for step in network if isinstance(step, Product)]


def float_inputs(network, images):
    """Each product's vectors in the float network."""
    inputs, products = [], products_of(network)

    def multiply(index, x):
        inputs.append(x)
        return x @ products[index].weight.T
    run(network, images, multiply)
    return inputs


def compensation_vectors(x):
    """Evenly spread over images and positions, as crossohm takes them: smallest fractions of number x golden ratio."""
    fraction = np.arange(len(x)) * 0.6180339887498949 % 1
    return x[np.sort(np.argsort(fraction)[:COMPENSATION])]


def own_ranges(network, inputs):
    """Ranges without a file: the largest input, and 3.5 standard deviations of each row tile's products."""
    layers = []
    for product, x in zip(products_of(network), inputs):
        bound, weight = x.abs().max().item(), product.weight
        parts = zip((weight / weight.abs().amax(1, keepdim=True)).split(TILE, 1), (x / bound).split(TILE, 1))
        layers.append({"inputRange": bound, "outputRange": [3.5 * (part @ w.T).std().item() for w, part in parts]})
    return {"layers": layers}


def ranges_of(evaluation):
    """Full scales that `crossohm evaluate` printed, siemens turned into shares of the conductance range."""
    return {"layers": [{"inputRange": layer["inputRange"], "outputRange": [r / (1e-6 * G_MAX) for r in layer["outputRanges"]]}
                       for layer in evaluation["network"]["layers"]]}


def print_differences(ours, theirs):
    """(m1 - m2) / sqrt(s1^2 / n1 + s2^2 / n2) of every accuracy, and of every layer's compensation factor."""
    print("| time | compensated | Crossohm | aihwkit | difference | of factors, layer by layer | weight error |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    largest = 0
    for one, other in zip(ours["results"], theirs["results"], strict=True):
        assert (one["time"], one["compensated"]) == (other["time"], other["compensated"])
        pairs = [(one["accuracy"], other["accuracy"])]
        pairs += list(zip(one["factors"] or [], other["factors"])) if one["time"] > 0 else []
        differences = [standard_errors(*pair, len(one["accuracy"]["chips"]), len(other["accuracy"]["chips"])) for pair in pairs]
        largest = max(largest, *map(abs, differences))
        cells = [TIMES[one["time"]], "yes" if one["compensated"] else "no"]
        cells += [f"{100 * a['mean']:.3f} ± {100 * a['standardDeviation']:.3f} %" for a in pairs[0]]
        cells += [f"{differences[0]:+.2f}", ", ".join(f"{d:+.2f}" for d in differences[1:])]
        if "weightError" in other:
            cells.append(", ".join(f"{100 * side['weightError']['standardDeviation']:.3f}" for side in (one, other)) + " %")
        print("| " + " | ".join(cells) + " |")
    print(f"largest: {largest:.2f}")


def standard_errors(one, other, chips, others):
    error = (one["standardDeviation"] ** 2 / chips + other["standardDeviation"] ** 2 / others) ** 0.5
    return (one["mean"] - other["mean"]) / error if error > 0 else 0.0


def accuracy(network, layers, images, labels):
    def multiply(index, x):
        return layers[index].factor * layers[index].product(x)
    correct = sum((run(network, part, multiply).argmax(1) == expected).sum().item()
                  for part, expected in zip(images.split(BATCH), labels.split(BATCH)))
    return correct / len(labels)


def run_chip(network, layers, calibration, test):
    """Per time and compensation (one factor per layer, from the reading at time 0): accuracy, errors of weights, factors."""
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
            kinds = ["readError"] if tiles[0].stock else ["readError", "weightError"]
            errors = {k: torch.cat([layer.weight_errors(k == "readError") for layer in layers]) for k in kinds}
            errors = {k: (e.mean().item(), e.std().item()) for k, e in errors.items()}
            share = rows[-1][2] if compensated and seconds == 0 else accuracy(network, layers, *test)
            rows.append((seconds, compensated, share, errors, [layer.factor for layer in layers]))
    return rows


def spread(chips):
    return {"mean": float(np.mean(chips)), "standardDeviation": float(np.std(chips, ddof=1)), "chips": chips}


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description="A network on aihwkit's PCM chip, mapped as crossohm maps it.")
    parser.add_argument("--network", required=True)
    parser.add_argument("--data", required=True, help="folder with the four unpacked MNIST IDX files")
    parser.add_argument("--evaluation", help="what `crossohm evaluate --json` wrote: its converter ranges, and a table of differences")
    parser.add_argument("--images", type=int, default=10_000, help="the first so many test images")
    parser.add_argument("--chips", type=int, default=20, help="2 or more")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stock", action="store_true", help="program and drift as aihwkit does")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    started = time.time()
    network = read_network(options.network)
    inputs = float_inputs(network, read_split(options.data, "train", CALIBRATION)[0])
    test = read_split(options.data, "t10k", options.images)
    ours = json.load(open(options.evaluation)) if options.evaluation else None
    if ours and ours["images"] != len(test[1]):
        raise SystemExit(f"{options.evaluation}: {ours['images']} images, expected {len(test[1])}")
    ranges = ranges_of(ours) if ours else own_ranges(network, inputs)
    layers = [Layer(product.weight, r["inputRange"], r["outputRange"], options.stock)
              for product, r in zip(products_of(network), ranges["layers"], strict=True)]
    calibration = [compensation_vectors(x) for x in inputs]
    weights = [product.weight for product in products_of(network)]
    exact = run(network, test[0], lambda index, x: x @ weights[index].T)
    result = {"tool": "aihwkit", "versions": {"aihwkit": aihwkit.__version__, "torch": torch.__version__},
              "pairs": "difference" if options.stock else "both cells", "seed": options.seed, "ranges": ranges,
              "rows": [[tile.weight.shape[1] for tile in layer.tiles] for layer in layers],
              "images": len(test[1]), "floatAccuracy": (exact.argmax(1) == test[1]).sum().item() / len(test[1]),
              "convertersOnlyAccuracy": accuracy(network, layers, *test), "results": []}
    chips = []
    for chip in range(options.chips):
        torch.manual_seed(1_000_000 * options.seed + chip)
        chips.append(run_chip(network, layers, calibration, test))
        print(f"chip {chip + 1}/{options.chips}: {[row[2] for row in chips[-1]]}", flush=True)
    for row in zip(*chips):
        seconds, compensated, shares, errors, factors = zip(*row)
        means = {kind: np.mean([error[kind] for error in errors], axis=0).tolist() for kind in errors[0]}
        result["results"].append({
            "time": seconds[0], "compensated": compensated[0], "accuracy": spread(shares),
            **{kind: {"mean": mean, "standardDeviation": deviation} for kind, (mean, deviation) in means.items()},
            "factors": [spread(layer) for layer in zip(*factors)]})
    result["runtime"] = {"seconds": time.time() - started, "threads": 1}
    with open(options.out, "w") as file:
        json.dump(result, file, indent=1)
    if ours:
        print_differences(ours, result)


if __name__ == "__main__":
    main()
