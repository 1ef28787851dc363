"""Train the networks of this folder on MNIST and write them as ONNX.

    python data/networks/train.py --data DIR_WITH_IDX_FILES --out data/networks [NAME]

Without a name all are trained. Pixels enter as value / 255, nothing else is done to them. Two habits make the
networks fit for analog hardware: every training step sees weights with fresh Gaussian noise, in proportion to the
largest weight of each output (on a crossbar that weight takes the whole conductance range of its column), and after
every step an output's weights are clamped to a few of their standard deviations, so that no outlier sets the range.
`separable` is the exception: it is trained without the noise, to be a network that feels it.
"""
import argparse
import gzip
import hashlib
import math
import os
import time

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from torch import nn

WEIGHT_NOISE = {"perceptron": 0.05, "lenet": 0.05, "separable": 0.0, "lstm": 0.05}  # share of the output's largest |w|
CLAMP = 3.0              # standard deviations of the weights of one output
LABEL_SMOOTHING = 0.05
BATCH = 200
EPOCHS = {"perceptron": 40, "lenet": 30, "separable": 15, "lstm": 30}


def read_idx(folder, name):
    """An IDX file, plain or gzipped, as an array of bytes."""
    path = os.path.join(folder, name)
    opened = open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb")
    with opened as file:
        data = file.read()
    dimensions = data[3]
    shape = np.frombuffer(data, ">u4", dimensions, offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def load(folder, split):
    images = read_idx(folder, f"{split}-images-idx3-ubyte").astype(np.float32) / 255
    labels = read_idx(folder, f"{split}-labels-idx1-ubyte").astype(np.int64)
    return torch.from_numpy(images)[:, None], torch.from_numpy(labels)


def noisy(layer, weight):
    """One of the layer's weights, in training with noise as analog cells would have it."""
    if not layer.training or layer.noise == 0:
        return weight
    largest = weight.detach().abs().flatten(1).amax(1).view(-1, *[1] * (weight.dim() - 1))
    return weight + layer.noise * largest * torch.randn_like(weight)


class Linear(nn.Linear):
    def forward(self, x):
        return F.linear(x, noisy(self, self.weight), self.bias)


class Conv2d(nn.Conv2d):
    def forward(self, x):
        return F.conv2d(x, noisy(self, self.weight), self.bias, self.stride, self.padding, groups=self.groups)


class LastState(nn.LSTM):
    """An LSTM over an image's rows as steps, each a vector of its pixels; gives the state after the last one."""

    def forward(self, images):
        steps = images[:, 0].transpose(0, 1)                # [step][image][pixel]
        start = steps.new_zeros(1, steps.shape[1], self.hidden_size)
        weights = [noisy(self, self.weight_ih_l0), noisy(self, self.weight_hh_l0), self.bias_ih_l0, self.bias_hh_l0]
        return torch.lstm(steps, (start, start), weights, True, 1, 0.0, self.training, False, False)[1][0]


def perceptron():
    return nn.Sequential(
        nn.Flatten(),
        Linear(784, 512), nn.ReLU(),
        Linear(512, 256), nn.ReLU(),
        Linear(256, 10))


def lenet():
    return nn.Sequential(
        Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        Linear(400, 120), nn.ReLU(),
        Linear(120, 84), nn.ReLU(),
        Linear(84, 10))


def separable():
    """Convolutions of one channel each, then of one pixel each; the norms become part of them in the file."""
    def convolution(channels, outputs, size, **options):
        return [Conv2d(channels, outputs, size, padding=size // 2, bias=False, **options), nn.BatchNorm2d(outputs), nn.ReLU()]

    def pair(channels, outputs, stride):
        return [*convolution(channels, channels, 3, stride=stride, groups=channels), *convolution(channels, outputs, 1)]
    return nn.Sequential(
        *convolution(1, 16, 3, stride=2),
        *pair(16, 32, 1), *pair(32, 64, 2), *pair(64, 64, 1),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        Linear(64, 10))


def lstm():
    return nn.Sequential(LastState(28, 64), Linear(64, 10))


def jitter(images):
    """Each image turned by up to 10 degrees, sized by up to 10 % and shifted by up to 2 pixels."""
    n = len(images)
    angle = (2 * torch.rand(n) - 1) * math.radians(10)
    size = 1 + 0.1 * (2 * torch.rand(n) - 1)
    shift = (2 * torch.rand(2, n) - 1) * 2 / 14
    cos, sin = size * angle.cos(), size * angle.sin()
    theta = torch.stack([torch.stack([cos, -sin, shift[0]], 1), torch.stack([sin, cos, shift[1]], 1)], 1)
    return F.grid_sample(images, F.affine_grid(theta, images.shape, align_corners=False), align_corners=False)


def clamp_weights(model):
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                rows = weight.flatten(1)
                limit = CLAMP * rows.std(1, keepdim=True)
                weight.copy_(torch.minimum(torch.maximum(rows, -limit), limit).view_as(weight))


@torch.no_grad()
def accuracy(model, images, labels):
    predicted = torch.cat([model(part).argmax(1) for part in images.split(1000)])
    return (predicted == labels).float().mean().item()


def train(model, images, labels, epochs):
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=2e-3, epochs=epochs, steps_per_epoch=math.ceil(len(images) / BATCH), pct_start=0.1)
    for epoch in range(epochs):
        started, total = time.time(), 0.0
        model.train()
        for batch in torch.randperm(len(images)).split(BATCH):
            loss = F.cross_entropy(model(jitter(images[batch])), labels[batch], label_smoothing=LABEL_SMOOTHING)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            clamp_weights(model)
            total += loss.item() * len(batch)
        print(f"epoch {epoch + 1}/{epochs}: loss {total / len(images):.4f}, {time.time() - started:.1f} s", flush=True)


def export(model, path):
    model.eval()
    torch.onnx.export(
        model, torch.zeros(1, 1, 28, 28), path, dynamo=False, opset_version=17, do_constant_folding=True,
        input_names=["images"], output_names=["scores"],
        dynamic_axes={"images": {0: "batch"}, "scores": {0: "batch"}})


def export_lstm(model, path):
    """Written node by node: the exporter would add nodes that make the first state of a size it reads off the batch."""
    layer, head = model

    def gates(tensor):
        """torch has input, forget, cell, output; ONNX input, output, forget, cell; and an axis of directions first."""
        first, forget, cell, output = tensor.detach().chunk(4)
        return torch.cat([first, output, forget, cell])[None]
    tensors = {
        "one": torch.tensor([1]), "zero": torch.tensor([0]),
        "inputWeights": gates(layer.weight_ih_l0), "stateWeights": gates(layer.weight_hh_l0),
        "gateBiases": torch.cat([gates(layer.bias_ih_l0), gates(layer.bias_hh_l0)], 1),
        "scoreWeights": head.weight.detach(), "scoreBiases": head.bias.detach()}
    nodes = [
        helper.make_node("Squeeze", ["images", "one"], ["rows"]),
        helper.make_node("Transpose", ["rows"], ["steps"], perm=[1, 0, 2]),
        helper.make_node("LSTM", ["steps", "inputWeights", "stateWeights", "gateBiases"], ["", "lastState"],
                         hidden_size=layer.hidden_size),
        helper.make_node("Squeeze", ["lastState", "zero"], ["state"]),
        helper.make_node("Gemm", ["state", "scoreWeights", "scoreBiases"], ["scores"], transB=1)]
    graph = helper.make_graph(
        nodes, "lstm",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", 1, 28, 28])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", 10])],
        [numpy_helper.from_array(tensor.numpy(), name) for name, tensor in tensors.items()])
    written = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    onnx.checker.check_model(written, full_check=True)
    onnx.save(written, path)


NETWORKS = {"perceptron": perceptron, "lenet": lenet, "separable": separable, "lstm": lstm}


def main():
    parser = argparse.ArgumentParser(description="Train the MNIST networks and write them as ONNX.")
    parser.add_argument("name", nargs="?", choices=NETWORKS, help="default: all")
    parser.add_argument("--data", required=True, help="folder with the four MNIST IDX files, plain or gzipped")
    parser.add_argument("--out", required=True, help="folder that receives NAME.onnx")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, help="default: " + ", ".join(f"{n} {e}" for n, e in EPOCHS.items()))
    arguments = parser.parse_args()
    torch.set_num_threads(1)                                # the order of sums, and so every bit, depends on it
    images, labels = load(arguments.data, "train")
    test = load(arguments.data, "t10k")
    for name in [arguments.name] if arguments.name else NETWORKS:
        torch.manual_seed(arguments.seed)
        model = NETWORKS[name]()
        for layer in model:
            layer.noise = WEIGHT_NOISE[name]
        train(model, images, labels, arguments.epochs or EPOCHS[name])
        model.train()                                   # weight noise on
        disturbed = [accuracy(model, *test) for _ in range(5)]
        model.eval()
        print(f"{name}: test accuracy {accuracy(model, *test):.4f}, with weight noise {np.mean(disturbed):.4f}")
        path = os.path.join(arguments.out, f"{name}.onnx")
        export_lstm(model, path) if name == "lstm" else export(model, path)
        with open(path, "rb") as file:
            print(f"{path}: {os.path.getsize(path)} bytes, sha256 {hashlib.sha256(file.read()).hexdigest()}")


if __name__ == "__main__":
    main()
