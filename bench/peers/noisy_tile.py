"""Times a 512 x 512 tile in numpy and in aihwkit (torch and C++ tiles): noisy products, programming and drift. One JSON row a case.

    OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 python bench/peers/noisy_tile.py [--repeats 30]

Every product does the same work: 8-bit inputs, product, Gaussian noise of one size, 8-bit outputs with clipping.
"""
import argparse
import json
import statistics
import time

import numpy as np

SIZE, BATCH = 512, 128
LEVELS = 127
DAY = 86400.0


def report(name, work, repeats, count=BATCH, unit="us", warm=5):
    for _ in range(warm):
        work()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    scale = {"ns": 1e9, "us": 1e6, "ms": 1e3}[unit] / count
    row = {"case": name, "unit": unit, "median": scale * statistics.median(seconds), "best": scale * min(seconds)}
    print(json.dumps(row), flush=True)


def numpy_cases(repeats):
    chance = np.random.Generator(np.random.SFC64(1))
    weights = chance.standard_normal((SIZE, SIZE), dtype=np.float32)
    inputs = chance.uniform(-1, 1, (BATCH, SIZE)).astype(np.float32)
    codes, sums, noise = np.empty_like(inputs), np.empty((BATCH, SIZE), np.float32), np.empty((BATCH, SIZE), np.float32)
    full_scale = np.float32(4 * SIZE ** 0.5 * 0.6)

    def noisy():
        np.rint(np.multiply(inputs, LEVELS, out=codes), out=codes)
        np.clip(codes, -LEVELS, LEVELS, out=codes)
        np.matmul(codes, weights, out=sums)
        chance.standard_normal(dtype=np.float32, out=noise)
        np.multiply(sums, 1 / LEVELS, out=sums)
        np.add(sums, np.multiply(noise, 0.06, out=noise), out=sums)
        np.rint(np.multiply(sums, LEVELS / full_scale, out=sums), out=sums)
        np.clip(sums, -LEVELS, LEVELS, out=sums)
        np.multiply(sums, full_scale / LEVELS, out=sums)

    report("numpy, noisy tile", noisy, repeats)
    report("numpy, product alone", lambda: np.matmul(codes, weights, out=sums), repeats)
    many = np.empty(1 << 20, np.float32)
    report("numpy, one Gaussian", lambda: chance.standard_normal(dtype=np.float32, out=many), 5, many.size, "ns")


def aihwkit_cases(repeats):
    import torch
    from aihwkit.nn import AnalogLinear
    from aihwkit.simulator.configs import InferenceRPUConfig, TorchInferenceRPUConfig
    from aihwkit.simulator.parameters.enums import BoundManagementType

    torch.set_num_threads(1)
    inputs = {batch: 2 * torch.rand(batch, SIZE) - 1 for batch in (BATCH, 1)}
    for kind, config_class in (("torch", TorchInferenceRPUConfig), ("C++", InferenceRPUConfig)):
        for managed in (False, True):
            config = config_class()
            config.mapping.weight_scaling_omega = 1.0
            config.mapping.max_input_size = config.mapping.max_output_size = SIZE
            if not managed:
                config.forward.bound_management = BoundManagementType.NONE
            layer = AnalogLinear(SIZE, SIZE, bias=False, rpu_config=config).eval()
            layer.program_analog_weights()
            layer.drift_analog_weights(DAY)
            for batch, x in inputs.items():
                name = f"aihwkit, {kind} tile, batch {batch}, bound management {'on' if managed else 'off'}"
                with torch.no_grad():
                    report(name, lambda: layer(x), repeats if kind == "torch" else max(5, repeats // 3), batch)
    # Neither depends on bound management.
    report("aihwkit, program a tile", layer.program_analog_weights, max(5, repeats // 3), 1, "ms")
    report("aihwkit, drift a tile", lambda: layer.drift_analog_weights(DAY), max(5, repeats // 3), 1, "ms")


def main():
    parser = argparse.ArgumentParser(description="A tile in numpy and aihwkit: time of products, programming and drift.")
    parser.add_argument("--repeats", type=int, default=30)
    options = parser.parse_args()
    numpy_cases(options.repeats)
    try:
        aihwkit_cases(options.repeats)
    except ImportError as missing:
        print(json.dumps({"missing": f"aihwkit is not installed: {missing}"}), flush=True)


if __name__ == "__main__":
    main()
