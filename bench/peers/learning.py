"""Times one pulsed update of a 512 x 512 tile in aihwkit's C++ tile: 31-pulse stochastic trains, batches of 64. One JSON row a case.

    OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 python bench/peers/learning.py [--repeats 3]

x and d are uniform on -1 .. 1 with a largest value of 1 each, and the rate is 31 steps of the device: every train has its 31 slots and a
device 7.75 pulses on average. The tile's update alone is timed, without products.
"""
import argparse
import json

from noisy_tile import SIZE, report

BATCH, PULSES = 64, 31


def update_cases(repeats):
    import torch
    from aihwkit.nn import AnalogLinear
    from aihwkit.simulator.configs import ConstantStepDevice, SingleRPUConfig, SoftBoundsDevice

    torch.set_num_threads(1)
    for name, device in (("constant steps", ConstantStepDevice()), ("soft bounds", SoftBoundsDevice())):
        config = SingleRPUConfig(device=device)
        config.mapping.max_input_size = config.mapping.max_output_size = SIZE
        layer = AnalogLinear(SIZE, SIZE, bias=False, rpu_config=config)
        tile = next(layer.analog_tiles())
        tile.set_learning_rate(device.dw_min * PULSES)
        x, d = 2 * torch.rand(BATCH, SIZE) - 1, 2 * torch.rand(BATCH, SIZE) - 1
        x[:, 0] = d[:, 0] = 1.0
        signs = [1.0]

        def update():
            tile.update(x, signs[0] * d)
            # Every other batch takes back what the one before did.
            signs[0] = -signs[0]

        report(f"aihwkit, 31-pulse update, {name}", update, repeats, BATCH, warm=1)


def main():
    parser = argparse.ArgumentParser(description="A pulsed update of a tile in aihwkit: time a vector.")
    parser.add_argument("--repeats", type=int, default=3)
    try:
        update_cases(parser.parse_args().repeats)
    except ImportError as missing:
        print(json.dumps({"missing": f"aihwkit is not installed: {missing}"}), flush=True)


if __name__ == "__main__":
    main()
