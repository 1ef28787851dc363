"""Times a 512 x 512 differential array in CrossSim: products without and with fresh noise in every cell. One JSON row a case.

    OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 PYTHONPATH=CHECKOUT_OF_CROSSSIM python bench/peers/crosssim_tile.py [--repeats 30]

Two cells a weight of 1 to 100 uS, each with its own programming error; 8-bit inputs and outputs, ranges fixed.
"""
import argparse
import json
import statistics
import time

SIZE, BATCH = 512, 128


def parameters(fresh_noise):
    from simulator import CrossSimParameters
    from simulator.parameters.core_parameters import CoreStyle
    from simulator.parameters.xbar_parameters import ADCRangeLimits

    chosen = CrossSimParameters()
    core, device = chosen.core, chosen.xbar.device
    core.style = CoreStyle.BALANCED
    core.rows_max = core.cols_max = SIZE
    core.mapping.inputs.mvm.min, core.mapping.inputs.mvm.max = -1.0, 1.0
    device.Rmin, device.Rmax = 1e4, 1e6
    for error, size, enabled in ((device.programming_error, 0.02, True), (device.read_noise, 0.005, fresh_noise)):
        error.enable, error.model, error.magnitude = enabled, "NormalIndependentDevice", size
    drive, sense = chosen.xbar.dac.mvm, chosen.xbar.adc.mvm
    drive.model, drive.bits = "QuantizerDAC", 8
    sense.model, sense.bits, sense.adc_range_option = "QuantizerADC", 8, ADCRangeLimits.CALIBRATED
    full_scale = 0.6 * SIZE ** 0.5                            # about 4.5 standard deviations of these products
    sense.calibrated_range = [-full_scale, full_scale]
    return chosen


def report(name, core, inputs, repeats):
    work = lambda: core @ inputs
    for _ in range(2):
        work()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    vectors = inputs.shape[1] if inputs.ndim == 2 else 1
    median, best = (1e6 * figure / vectors for figure in (statistics.median(seconds), min(seconds)))
    print(json.dumps({"case": name, "unit": "us", "median": median, "best": best}), flush=True)


def main():
    parser = argparse.ArgumentParser(description="A tile in CrossSim: microseconds a vector.")
    parser.add_argument("--repeats", type=int, default=30)
    options = parser.parse_args()
    import numpy as np
    from simulator import AnalogCore

    chance = np.random.default_rng(1)
    weights = chance.standard_normal((SIZE, SIZE))
    weights /= np.abs(weights).max()
    inputs = chance.uniform(-1, 1, (SIZE, BATCH))
    quiet, noisy = (AnalogCore(weights, parameters(fresh)) for fresh in (False, True))
    report("CrossSim, no fresh noise, batch 128", quiet, inputs, options.repeats)
    report("CrossSim, no fresh noise, batch 1", quiet, inputs[:, :1].copy(), options.repeats)
    report("CrossSim, fresh noise in every cell, batch 1", noisy, inputs[:, :1].copy(), max(3, options.repeats // 6))


if __name__ == "__main__":
    main()
