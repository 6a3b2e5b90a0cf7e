#!/usr/bin/env python3
"""Pictures for a network: Aisle against Pillow with `draft` and bicubic, JPEG pictures of two megapixels to 224 x 224.

The pictures are made here: noise with the spectrum of photographs, with edges in it, at several qualities. Both sides
use one thread and start from bytes in memory. Pillow stops at 8-bit pixels; Aisle's time has the normalised floats in
it. First the pixels of both are compared with a full decode and an area-correct bicubic resize.
"""

import io
import os
import statistics
import subprocess
import sys
import time

import common
from common import CPUS, Report, WORK, say

SIDE = 224
SIZES = ((1632, 1224), (1600, 1200), (1224, 1632))
QUALITIES = (75, 85, 92)
LARGEST_DIFFERENCE = 2.0  # of 255, mean


def need_pillow():
    """numpy and Pillow, where this Python has them; else this script again in the benchmarks' environment."""
    try:
        import numpy
        from PIL import Image
        return numpy, Image
    except ImportError:
        python = common.CACHE / "venv/bin/python"
        if not python.exists() or "AISLE_IN_VENV" in os.environ:
            common.stop("numpy and Pillow are missing: run scripts/setup.sh --benchmarks")
        os.execve(python, [str(python), *sys.argv], os.environ | {"AISLE_IN_VENV": "1"})


numpy, Image = need_pillow()


def made_picture(seed, width, height):
    random = numpy.random.default_rng(seed)
    distance = numpy.hypot(numpy.fft.fftfreq(height)[:, None], numpy.fft.rfftfreq(width)[None, :])
    distance[0, 0] = 1

    def noise(power):
        plane = random.standard_normal(distance.shape) + 1j * random.standard_normal(distance.shape)
        plane = numpy.fft.irfft2(plane / distance ** power, (height, width))
        return plane / plane.std()

    light = 128 + 45 * noise(1.3)
    y, x = numpy.mgrid[0:height, 0:width]
    for _ in range(12):
        left, top, radius = random.integers(width), random.integers(height), random.integers(30, 250)
        light[(x - left) ** 2 + (y - top) ** 2 < radius ** 2] += random.integers(-50, 50)
    planes = numpy.stack([light + 15 * noise(1.6) for _ in range(3)], -1)
    return Image.fromarray(numpy.clip(planes, 0, 255).astype(numpy.uint8))


def picture_files():
    """Made once: the paths of JPEG files."""
    folder = WORK / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, (width, height) in enumerate(SIZES):
        for quality in QUALITIES:
            paths.append(folder / f"{width}x{height}-{quality}.jpg")
            if not paths[-1].is_file():
                made_picture(10 * number + quality, width, height).save(paths[-1], quality=quality)
    return paths


def to_network(picture, size):
    """The shortest side to SIDE, then the middle. `size`: of the picture before any draft."""
    short = min(size)
    width, height = (int(SIDE * side / short) for side in size)
    left, top = round((width - SIDE) / 2), round((height - SIDE) / 2)
    return picture.resize((width, height), Image.BICUBIC).crop((left, top, left + SIDE, top + SIDE))


def with_pillow(data):
    picture = Image.open(io.BytesIO(data))
    size = picture.size
    picture.draft("RGB", tuple(int(SIDE * side / min(size)) for side in size))
    return numpy.asarray(to_network(picture, size))


def fully_decoded(data):
    picture = Image.open(io.BytesIO(data))
    return numpy.asarray(to_network(picture, picture.size))


def seconds_of_pillow(files, clock):
    start = clock()
    for data in files:
        with_pillow(data)
    return clock() - start


def run_aisle(options, paths, rounds):
    """The pixels of all pictures, and the seconds (wall, processor) of each round."""
    # build/release/src/app/aisle, where the program itself need not be
    build = options.aisle.absolute().parents[2]
    bench = build / "benchmarks/picture_bench"
    if not os.access(bench, os.X_OK):
        common.stop(f"there is no {bench}: run `cmake --preset release -DAISLE_BENCHMARKS=ON && cmake --build --preset release`")
    output = WORK / "pictures.rgb"
    environment = os.environ | {"AISLE_PICTURE_LIBRARY": str(build / "src/app/libaisle_picture_vips.so")}
    command = ["taskset", "--cpu-list", str(CPUS[0]), bench, str(SIDE), str(SIDE), "bicubic", str(rounds), output, *paths]
    done = subprocess.run(list(map(str, command)), env=environment, stdout=subprocess.PIPE, text=True, check=True)
    pixels = numpy.fromfile(output, numpy.uint8).reshape(len(paths), SIDE, SIDE, 3)
    return pixels, [tuple(map(float, line.split())) for line in done.stdout.splitlines()]


def mean_difference(one, other):
    return float(numpy.abs(one.astype(int) - other).mean())


def main():
    parser = common.arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="the best of so many rounds counts (default: %(default)s)")
    options = parser.parse_args()
    report = Report("picture_speed", options)
    paths = picture_files()
    files = [path.read_bytes() for path in paths]
    report.figure("pictures", len(files))
    report.figure("mean kilobytes", sum(map(len, files)) / len(files) / 1000)

    pixels, _ = run_aisle(options, paths, 0)
    expected = [fully_decoded(data) for data in files]
    differences = [mean_difference(a, b) for a, b in zip(pixels, expected, strict=True)]
    report.figure("Pillow: mean difference to a full decode",
                  statistics.mean(mean_difference(with_pillow(d), e) for d, e in zip(files, expected)))
    report.figure("aisle: mean difference to a full decode", statistics.mean(differences))
    report.at_most("aisle: mean difference of the worst picture", max(differences), LARGEST_DIFFERENCE)

    os.sched_setaffinity(0, {CPUS[0]})
    clock = time.perf_counter if options.time == "wall" else time.process_time
    pillow, aisle = [], []
    # By turns, so that a change of the machine's speed meets both; the best of each counts.
    for number in range(options.rounds):
        say(f"round {number + 1} of {options.rounds}")
        pillow.append(seconds_of_pillow(files, clock))
        _, (_, *seconds) = run_aisle(options, paths, 2)  # its first round warms up
        aisle += [wall if options.time == "wall" else processor for wall, processor in seconds]
    rates = [len(files) / min(times) for times in (pillow, aisle)]
    report.figure("Pillow: pictures a second", rates[0])
    report.figure("aisle: pictures a second", rates[1])
    report.at_least("aisle / Pillow", rates[1] / rates[0], 1.0)
    report.finish()


if __name__ == "__main__":
    main()
