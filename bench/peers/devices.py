"""Times in numpy what populations of 2^20 devices do. One JSON row a case.

    OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 python bench/peers/devices.py [--repeats 30]
"""
import argparse

import numpy as np

from noisy_tile import report

DEVICES = 1 << 20


def vector_bits():
    """Of the exponentials: numpy has them for AVX-512 and takes them where the processor does."""
    core = getattr(np, "_core", None) or np.core
    features = core._multiarray_umath.__cpu_features__
    return 512 if features.get("AVX512_SKX") else 256 if features.get("AVX2") else 128


def relaxation(repeats):
    """Two components, each with time constants of the devices' own: one exponential per device and component."""
    chance = np.random.Generator(np.random.SFC64(1))
    factor = np.empty(DEVICES, np.float32)
    components = [
        (np.full(DEVICES, 20e-9, np.float32), (np.exp(0.2 * chance.standard_normal(DEVICES)) / time).astype(np.float32))
        for time in (3.1623, 1228)
    ]

    def relax():
        for value, rate in components:
            np.exp(np.multiply(rate, np.float32(-0.1), out=factor), out=factor)
            np.multiply(value, factor, out=value)

    report(f"numpy, relaxation of devices, {vector_bits()}-bit exponentials", relax, repeats, DEVICES, "ns")


def soft_bounds_pulse(repeats):
    """A step that falls towards the bound, with a spread of its own at every pulse, clipped."""
    chance = np.random.Generator(np.random.SFC64(1))
    state = chance.random(DEVICES, dtype=np.float32)
    normal = np.empty(DEVICES, np.float32)

    def pulse():
        chance.standard_normal(dtype=np.float32, out=normal)
        step = np.float32(0.01) * (1 - state)
        np.clip(state + step * (1 + np.float32(0.3) * normal), 0, 1)

    report("numpy, soft-bounds pulse of devices", pulse, repeats, DEVICES, "ns")


def main():
    parser = argparse.ArgumentParser(description="Populations of devices in numpy: time a device.")
    parser.add_argument("--repeats", type=int, default=30)
    repeats = parser.parse_args().repeats
    relaxation(repeats)
    soft_bounds_pulse(repeats)


if __name__ == "__main__":
    main()
