#!/usr/bin/env python3
"""Writes what torchvision and timm say of each architecture: a text file with its parameters and their shapes, and the
multiplications for one picture, counted on the way through the real network.

    python3 tests/data/networks/generate.py        needs torch, torchvision, timm
"""

import pathlib

import timm
import torch
import torchvision

HERE = pathlib.Path(__file__).parent
CLASSES = 1000


def networks():
    models = torchvision.models
    yield "resnet18", models.resnet18(), 224
    yield "resnet50", models.resnet50(), 224
    yield "vgg16", models.vgg16(), 224
    yield "inception_v3", models.inception_v3(init_weights=False), 299
    yield "xception", timm.create_model("legacy_xception"), 299
    yield "efficientnet_lite0", timm.create_model("efficientnet_lite0"), 224
    yield "tf_efficientnet_lite0", timm.create_model("tf_efficientnet_lite0"), 224


def multiply_adds(network, size):
    total = 0

    def count(module, _inputs, output):
        nonlocal total
        weight = module.weight
        positions = output.shape[2] * output.shape[3] if output.dim() == 4 else 1
        total += weight.numel() * positions

    for module in network.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            module.register_forward_hook(count)
    with torch.no_grad():
        network.eval()(torch.zeros(1, 3, size, size))
    return total


def main():
    for name, network, size in networks():
        lines = [f"# multiply_adds {multiply_adds(network, size)}"]
        for key, tensor in sorted(network.state_dict().items()):
            if not key.endswith("num_batches_tracked") and not key.startswith("AuxLogits."):
                lines.append(f"{key} {list(tensor.shape)}")
        (HERE / f"{name}.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
