#!/usr/bin/env python3
"""Picture networks with random weights: Aisle's engine beside onnxruntime, two threads each. f32 at most 1.0 times
onnxruntime's; bf16 at most 0.6 times onnxruntime's f32 where the processor has it; int8 has no bar."""

import tempfile
from pathlib import Path

import common
import networks

# architecture, batch; features are compared
CASES = [("resnet50", 1), ("resnet50", 8), ("vgg16", 1), ("inception_v3", 1), ("inception_v3", 8),
         ("tf_efficientnet_lite0", 1), ("tf_efficientnet_lite0", 8)]
FLAGS = Path("/proc/cpuinfo").read_text(encoding="utf-8")


def make(name):
    """The module, and what gives its features."""
    import torch
    import torchvision
    if name == "tf_efficientnet_lite0":
        import timm
        module = timm.create_model(name, pretrained=False, num_classes=0)
    elif name == "inception_v3":
        module = torchvision.models.inception_v3(weights=None, init_weights=False, aux_logits=True)
        module.fc, module.dropout = torch.nn.Identity(), torch.nn.Identity()
    elif name == "vgg16":
        module = torchvision.models.vgg16(weights=None)
        module.avgpool, module.classifier = torch.nn.AdaptiveAvgPool2d(1), torch.nn.Identity()
    else:
        module = torchvision.models.get_model(name, weights=None)
        module.fc = torch.nn.Identity()
    return networks.spread(module)


def measure(options, report, name, batch, folder):
    import torch
    case = f"{name} {batch}"
    module = make(name)
    size = 299 if name == "inception_v3" else 224
    pixels = torch.randn((batch, 3, size, size), generator=torch.Generator().manual_seed(1))
    model = Path(folder) / "network.onnx"
    torch.onnx.export(module, pixels, str(model), opset_version=14, input_names=["pixels"])
    path = networks.save(module, {"input.pixels": pixels.permute(0, 2, 3, 1)}, folder)
    session = networks.session(model)
    inputs = {"pixels": pixels.numpy()}
    expected = session.run(None, inputs)[0]
    theirs, _ = networks.timed(lambda: session.run(None, inputs), options.seconds)
    report.figure(f"{case} onnxruntime f32: ms", theirs)
    exact = None
    for precision, needs in {"f32": "", "bf16": "avx512_bf16", "int8": "avx512_vnni"}.items():
        if needs not in FLAGS:
            continue
        got, figures = networks.engine(options, name, path, precision)
        networks.compare(report, f"{case} {precision}", got, expected, precision)
        report.figure(f"{case} Aisle {precision}: ms", figures["best_ms"])
        if precision == "bf16":
            report.figure(f"{case} bf16 / f32", figures["best_ms"] / exact)
            report.at_most(f"{case} bf16 / onnxruntime f32", figures["best_ms"] / theirs, 0.6)
        if precision == "f32":
            exact = figures["best_ms"]
            report.at_most(f"{case} f32 / onnxruntime f32", exact / theirs, 1.0)
            weights = sum(value.numel() for value in module.parameters()) * 4
            report.at_most(f"{case} resident bytes", figures["resident_bytes"], 1.3 * weights + 100e6)


def main():
    options = networks.parse(networks.arguments(__doc__))
    report = common.Report("picture_network_speed", options)
    for name, batch in CASES:
        if options.only in f"{name} {batch}":
            with tempfile.TemporaryDirectory() as folder:
                measure(options, report, name, batch, folder)
    report.finish()


main()
