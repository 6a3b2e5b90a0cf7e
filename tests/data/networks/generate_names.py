#!/usr/bin/env python3
"""Writes how EfficientNet-Lite's own checkpoint and timm name the same parameters: both list them in the order of the
computation, with the same shapes.

    scripts/fetch_backbones.py
    python3 tests/data/networks/generate_names.py .cache/weights/efficientnet_lite0.pth        needs torch, timm
"""

import pathlib
import sys

import timm
import torch

HERE = pathlib.Path(__file__).parent


def main():
    written = torch.load(sys.argv[1], map_location="cpu")
    usual = timm.create_model("tf_efficientnet_lite0").state_dict()
    assert [tensor.shape for tensor in written.values()] == [tensor.shape for tensor in usual.values()]
    pairs = [f"{a} {b}" for a, b in zip(written, usual)]
    (HERE / "efficientnet_lite0_names.txt").write_text("\n".join(pairs) + "\n")


if __name__ == "__main__":
    main()
