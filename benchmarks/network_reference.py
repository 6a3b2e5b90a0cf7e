#!/usr/bin/env python3
"""The answers of Aisle's networks beside an independent implementation's: the largest difference at most 1e-4 of the
largest value in f32; with the real weights, bf16 and int8 at a mean cosine of at least 0.999 and 0.99, as precision.py
has it on more items.

Real weights, by `aisle embed`, from the text or the picture to the row: MiniLM against transformers on 200 texts,
EfficientNet-Lite0 against timm on 100 icons. Every architecture in its published size, with weights by the rule of
tests/reference/make_whole_networks.py, by network_bench. Needs scripts/fetch_catalogue.py, scripts/fetch_backbones.py
and, for the second part, the preset bench."""

import sys
import tempfile
from pathlib import Path

import common
import networks

sys.path.insert(0, str(common.REPOSITORY / "tests/reference"))
WEIGHTS = common.CACHE / "weights"
SIZES = {"resnet18": 224, "resnet50": 224, "vgg16": 224, "xception": 299, "inception_v3": 299,
         "efficientnet_lite0": 224, "tf_efficientnet_lite0": 224, "cnn": 128}
BARS = {"f32": 1e-4, "bf16": 0.999, "int8": 0.99}


# --- the two real ones

def embed(aisle, source, target, backbone, precision, *words):
    """The rows, or None where this processor or this kind of network does not have the precision."""
    import numpy
    command = ["embed", "--backbone", backbone, "--input", source, "--output", target, "--precision", precision, *words]
    cost = aisle.run(*command, accept=(0, 1))
    return numpy.load(target) if cost.status == 0 else None


def minilm_rows(texts):
    """As sentence-transformers has it: the mean over the tokens, of length 1."""
    import torch
    from tokenizers import Tokenizer
    from transformers import BertModel
    tokenizer = Tokenizer.from_file(str(WEIGHTS / "minilm/tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(128)
    model = BertModel.from_pretrained(WEIGHTS / "minilm", add_pooling_layer=False).eval()
    rows = []
    with torch.no_grad():
        for encoding in tokenizer.encode_batch(texts):
            mean = model(input_ids=torch.tensor([encoding.ids])).last_hidden_state[0].mean(0)
            rows.append(mean / mean.norm())
    return torch.stack(rows).numpy()


def lite0_rows(pixels):
    """Of timm's network, which names the same parameters otherwise, in the same order."""
    import timm
    import torch
    written = torch.load(WEIGHTS / "efficientnet_lite0.pth", map_location="cpu")
    module = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    usual = module.state_dict()
    module.load_state_dict(dict(zip(usual, written.values(), strict=True)))
    module.eval()
    with torch.no_grad():
        return torch.cat([module.forward_head(module.forward_features(part), pre_logits=True)
                          for part in pixels.split(20)]).numpy()


def square_icons(folder, count):
    """Icons as pictures of 256 x 256 on white: what resizes to 256 leaves them alone. The pixels as lite0 wants them."""
    import numpy
    import torch
    from PIL import Image
    names, pixels = [], []
    for path in sorted((common.DATA / "icons").glob("**/*.png"))[:count]:
        icon = Image.open(path).convert("RGBA").resize((256, 256), Image.BICUBIC)
        picture = Image.alpha_composite(Image.new("RGBA", icon.size, "white"), icon).convert("RGB")
        names.append(f"{len(names)}.png")
        picture.save(folder / names[-1])
        pixels.append(numpy.asarray(picture.crop((16, 16, 240, 240)), dtype=numpy.float32) / 255)
    mean, deviation = numpy.float32((0.485, 0.456, 0.406)), numpy.float32((0.229, 0.224, 0.225))
    return names, torch.from_numpy((numpy.stack(pixels) - mean) / deviation).permute(0, 3, 1, 2)


def compare_rows(report, name, precision, got, expected):
    import numpy
    if precision == "f32":
        report.at_most(f"{name} f32: largest difference", float(abs(got - expected).max() / abs(expected).max()),
                       BARS["f32"])
        return
    cosines = (got * expected).sum(1) / numpy.linalg.norm(got, axis=1) / numpy.linalg.norm(expected, axis=1)
    report.at_least(f"{name} {precision}: mean cosine", float(cosines.mean()), BARS[precision])
    report.figure(f"{name} {precision}: least cosine", float(cosines.min()))


def real_weights(options, report, folder):
    aisle = common.Aisle(options.aisle, folder / "workspace")
    aisle.fresh_task("apps", "category", "title")
    for name, source in (("minilm", WEIGHTS / "minilm"), ("lite0", WEIGHTS / "efficientnet_lite0.pth")):
        aisle.run("backbone", "add", source, "--name", name)
    texts = [item["body"] for item in common.read_jsonl(common.DATA / "catalogue.jsonl")[::97]][:200]
    common.write_jsonl(folder / "texts.jsonl", ({"id": str(i), "text": text} for i, text in enumerate(texts)))
    names, pixels = square_icons(folder, 100)
    common.write_jsonl(folder / "icons.jsonl", ({"id": name, "image": name} for name in names))
    expected = {"minilm": minilm_rows(texts), "lite0": lite0_rows(pixels)}
    for backbone, source, words in (("minilm", "texts.jsonl", ["--field", "text"]), ("lite0", "icons.jsonl", [])):
        for precision in BARS:
            got = embed(aisle, folder / source, folder / "rows.npy", backbone, precision, *words)
            if got is not None:
                compare_rows(report, backbone, precision, got, expected[backbone])
            else:
                common.say(f"  {backbone}: no {precision} here")


# --- every architecture in its own size

def published_sizes(options, report, folder):
    import torch
    import make_whole_networks as whole
    whole.SIZES.update(SIZES)
    options.seconds = 0
    for name in SIZES:
        if options.only not in name:
            continue
        module, features = whole.picture_network(name)
        whole.fill(module)
        with torch.no_grad():
            pixels = whole.pictures(SIZES[name])
            expected = features(pixels)
        path = networks.save(module.float(), {"input.pixels": pixels.float().permute(0, 2, 3, 1)}, folder)
        got, _ = networks.engine(options, name, path, "f32")
        expected = expected.float().numpy().ravel()
        report.at_most(f"{name} {SIZES[name]} f32: largest difference",
                       float(abs(got - expected).max() / abs(expected).max()), BARS["f32"])


def main():
    options = networks.parse(networks.arguments(__doc__))
    options.aisle = options.aisle.absolute()
    report = common.Report("network_reference", options)
    with tempfile.TemporaryDirectory() as folder:
        if options.only in "real weights":
            real_weights(options, report, Path(folder))
        published_sizes(options, report, Path(folder))
    report.finish()


if __name__ == "__main__":
    main()
