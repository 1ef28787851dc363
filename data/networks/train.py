"""Train the networks of this folder on MNIST and write them as ONNX.

    python data/networks/train.py --data DIR_WITH_IDX_FILES --out data/networks [perceptron|lenet]

Without a name both are trained. Pixels enter as value / 255, nothing else is done to them. Two habits make the
networks fit for analog hardware: every training step sees weights with fresh Gaussian noise, in proportion to the
largest weight of each output (on a crossbar that weight takes the whole conductance range of its column), and after
every step an output's weights are clamped to a few of their standard deviations, so that no outlier sets the range.
"""
import argparse
import gzip
import hashlib
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

WEIGHT_NOISE = 0.05      # standard deviation, as a share of the largest |w| of the output
CLAMP = 3.0              # standard deviations of the weights of one output
LABEL_SMOOTHING = 0.05
BATCH = 200
EPOCHS = {"perceptron": 40, "lenet": 30}


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


def noisy(layer):
    """The layer's weights, in training with noise as analog cells would have it."""
    weight = layer.weight
    if not layer.training:
        return weight
    largest = weight.detach().abs().flatten(1).amax(1).view(-1, *[1] * (weight.dim() - 1))
    return weight + WEIGHT_NOISE * largest * torch.randn_like(weight)


class Linear(nn.Linear):
    def forward(self, x):
        return F.linear(x, noisy(self), self.bias)


class Conv2d(nn.Conv2d):
    def forward(self, x):
        return F.conv2d(x, noisy(self), self.bias, padding=self.padding)


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
        for layer in model:
            if isinstance(layer, (Linear, Conv2d)):
                rows = layer.weight.flatten(1)
                limit = CLAMP * rows.std(1, keepdim=True)
                layer.weight.copy_(torch.minimum(torch.maximum(rows, -limit), limit).view_as(layer.weight))


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
    with open(path, "rb") as file:
        print(f"{path}: {os.path.getsize(path)} bytes, sha256 {hashlib.sha256(file.read()).hexdigest()}")


def main():
    parser = argparse.ArgumentParser(description="Train the MNIST networks and write them as ONNX.")
    parser.add_argument("name", nargs="?", choices=["perceptron", "lenet"], help="default: both")
    parser.add_argument("--data", required=True, help="folder with the four MNIST IDX files, plain or gzipped")
    parser.add_argument("--out", required=True, help="folder that receives NAME.onnx")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, help="default: " + ", ".join(f"{n} {e}" for n, e in EPOCHS.items()))
    arguments = parser.parse_args()
    torch.set_num_threads(1)                                # the order of sums, and so every bit, depends on it
    images, labels = load(arguments.data, "train")
    test = load(arguments.data, "t10k")
    for name in [arguments.name] if arguments.name else ["perceptron", "lenet"]:
        torch.manual_seed(arguments.seed)
        model = perceptron() if name == "perceptron" else lenet()
        train(model, images, labels, arguments.epochs or EPOCHS[name])
        model.train()                                   # weight noise on
        disturbed = [accuracy(model, *test) for _ in range(5)]
        model.eval()
        print(f"{name}: test accuracy {accuracy(model, *test):.4f}, with weight noise {np.mean(disturbed):.4f}")
        export(model, os.path.join(arguments.out, f"{name}.onnx"))


if __name__ == "__main__":
    main()
