#!/usr/bin/env python3
"""What leaves as ONNX, in onnxruntime: the same answers as Aisle's, and how long it takes.

First every architecture as it was published, with made-up weights: the engine and onnxruntime on the same description.
Then the backbones that scripts/fetch_backbones.py fetched, through `aisle backbone export`: features of 200 texts
of `apps` as `aisle embed` gives them, and of 50 pictures. Largest difference at most 1e-4 of the largest value.

Needs a build with tests (preset release) and a Python with numpy, onnx and onnxruntime: .cache/venv has one after
scripts/setup.sh --tests. For the texts of the real backbone also transformers' `tokenizers`."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import common

sys.path.insert(0, str(common.REPOSITORY / "tests/functional"))
EXACT = 1e-4
WEIGHTS = common.CACHE / "weights"


def arguments():
    parser = common.arguments(__doc__)
    parser.add_argument("--cases", type=Path, default=common.REPOSITORY / "build/release/tests/functional/onnx_cases",
                        help="the program that writes networks (default: %(default)s)")
    parser.add_argument("--only", nargs="*", default=[], metavar="ARCHITECTURE", help="these alone; none: all")
    options = common.parse(parser)
    if not options.cases.is_file():
        common.stop(f"there is no {options.cases}: run `cmake --preset release && cmake --build --preset release`")
    return options


def best_ms(call):
    times = []
    for _ in range(5):
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))
    return min(times)


def architecture_names(options):
    import json
    listed = subprocess.run([options.aisle, "network", "list", "--json"], check=True, stdout=subprocess.PIPE)
    names = [network["name"] for network in json.loads(listed.stdout)["networks"]]
    return [name for name in names if not options.only or name in options.only]


def architectures(options, report):
    """One after the other: together their files have two gigabytes."""
    import onnx_reference
    library = options.aisle.parent / "libaisle_onnx.so"
    for name in architecture_names(options):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([options.cases, folder, "whole", name], check=True,
                           env={**os.environ, "AISLE_ONNX_LIBRARY": str(library)})
            network = onnx_reference.session(Path(folder) / f"{name}.onnx", len(common.CPUS))
            case = onnx_reference.read_safetensors(Path(folder) / f"{name}.safetensors")
        apart = max(onnx_reference.case_difference(network, case, item) for item in (None, 0))
        report.at_most(f"{name}: largest difference", apart, EXACT)
        report.figure(f"{name}: onnxruntime, 3 items, ms", best_ms(lambda n=network, c=case: onnx_reference.answers(n, c)))


def exported(options, aisle, name, source, folder):
    """The backbone's session."""
    import onnx_reference
    aisle.run("backbone", "add", source, "--name", name)
    path = folder / f"{name}.onnx"
    cost = aisle.run("backbone", "export", name, "--format", "onnx", "--output", path)
    common.say(f"  {name} exported in {cost.seconds:.2f} s, {cost.peak_bytes / common.MEGABYTE:.0f} MB")
    return onnx_reference.checked_session(path, len(common.CPUS))


def embedded(aisle, name, rows, folder, *words):
    import numpy
    common.write_jsonl(folder / "rows.jsonl", rows)
    aisle.run("embed", "--backbone", name, "--input", folder / "rows.jsonl", "--precision", "f32", "--output", folder / "rows.npy", *words)
    return numpy.load(folder / "rows.npy")


def text_backbone(options, report, aisle, folder):
    import numpy
    import onnx_reference
    from tokenizers import Tokenizer
    network = exported(options, aisle, "minilm", WEIGHTS / "minilm", folder)
    texts = [" ".join(item["title"].split()) for item in common.read_jsonl(common.DATA / "apps.jsonl")[:200]]
    expected = embedded(aisle, "minilm", [{"id": str(i), "title": text} for i, text in enumerate(texts)], folder, "--field", "title")
    tokenizer = Tokenizer.from_file(str(WEIGHTS / "minilm/tokenizer.json"))
    tokenizer.enable_truncation(128)
    tokenizer.enable_padding()
    rows = tokenizer.encode_batch(texts)
    inputs = {"input_ids": numpy.array([row.ids for row in rows]), "attention_mask": numpy.array([row.attention_mask for row in rows])}
    inputs["token_type_ids"] = numpy.zeros_like(inputs["input_ids"])
    got = onnx_reference.answers(network, inputs)["features"]
    report.at_most("minilm, 200 texts: largest difference", onnx_reference.difference(got, expected), EXACT)
    report.figure("minilm, 200 texts: onnxruntime, ms", best_ms(lambda: onnx_reference.answers(network, inputs)))


def picture_backbone(options, report, aisle, folder):
    """Pictures whose shorter side needs no resizing: the middle is cut out of them as they are."""
    import json
    import numpy
    import onnx
    import onnx_reference
    from onnx_test import make_png
    network = exported(options, aisle, "lite0", WEIGHTS / "efficientnet_lite0.pth", folder)
    metadata = {entry.key: entry.value for entry in onnx.load(str(folder / "lite0.onnx")).metadata_props}
    how = json.loads(metadata["picture"])
    random, cut = numpy.random.default_rng(3), (how["resized"] - how["size"]) // 2
    coarse = random.integers(0, 256, (50, 8, 8, 3), dtype=numpy.uint8)
    pictures = numpy.stack([numpy.kron(one, numpy.ones((how["resized"] // 8, how["resized"] // 8, 1), dtype=numpy.uint8)) for one in coarse])
    for i, pixels in enumerate(pictures):
        (folder / f"{i}.png").write_bytes(make_png(pixels))
    expected = embedded(aisle, "lite0", [{"id": str(i), "image": f"{i}.png"} for i in range(len(pictures))], folder)
    middle = pictures[:, cut:cut + how["size"], cut:cut + how["size"]].astype(numpy.float32) / 255
    inputs = {"pixel_values": ((middle - how["mean"]) / how["deviation"]).transpose(0, 3, 1, 2).astype(numpy.float32)}
    got = onnx_reference.answers(network, inputs)["features"]
    report.at_most("lite0, 50 pictures: largest difference", onnx_reference.difference(got, expected), EXACT)
    report.figure("lite0, 50 pictures: onnxruntime, ms", best_ms(lambda: onnx_reference.answers(network, inputs)))


def main():
    options = arguments()
    report = common.Report("onnx_export", options)
    architectures(options, report)
    if options.only:
        report.finish()
    if not (WEIGHTS / "minilm").is_dir():
        common.say("no real weights: run scripts/fetch_backbones.py")
        report.finish()
    with tempfile.TemporaryDirectory() as folder:
        aisle = common.Aisle(options.aisle, Path(folder) / "workspace")
        aisle.run("init", aisle.workspace)
        text_backbone(options, report, aisle, Path(folder))
        picture_backbone(options, report, aisle, Path(folder))
    report.finish()


if __name__ == "__main__":
    main()
