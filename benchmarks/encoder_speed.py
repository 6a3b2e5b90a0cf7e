#!/usr/bin/env python3
"""Text encoders with random weights: Aisle's engine beside onnxruntime, two threads each.

f32 at most 1.0 times onnxruntime's f32; int8 at most 0.85 times its int8 (dynamic quantisation) where the processor has
VNNI; bf16 at most 0.6 times its f32 where the processor has it. Then 20,000 texts of the catalogue at
their natural length, up to 128 tokens, onnxruntime's batches sorted by length: at least 1.5 times as many a second
(--texts N for fewer). Their tokens are those of the real MiniLM (scripts/fetch_backbones.py)."""

import tempfile
import time
from pathlib import Path

import common
import networks

ENCODERS = {"bert-base": (12, 768, 12, 3072), "minilm": (6, 384, 12, 1536)}
CASES = [("bert-base", 1, 128), ("bert-base", 8, 128), ("minilm", 1, 128), ("minilm", 32, 64)]
FLAGS = Path("/proc/cpuinfo").read_text(encoding="utf-8")
NEEDS = {"f32": "", "bf16": "avx512_bf16", "int8": "avx512_vnni"}


def make(shape):
    from transformers import BertConfig, BertModel
    layers, width, heads, inner = shape
    return networks.spread(BertModel(BertConfig(num_hidden_layers=layers, hidden_size=width, num_attention_heads=heads,
                                                intermediate_size=inner), add_pooling_layer=False))


def export(module, path):
    """tokens [N, T, width], for any N and T."""
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    ids = torch.ones((2, 5), dtype=torch.int64)
    dynamic = {0: "texts", 1: "tokens"}
    torch.onnx.export(module, (ids, torch.ones_like(ids)), str(path), opset_version=14, output_names=["tokens"],
                      input_names=["ids", "mask"], dynamic_axes=dict.fromkeys(("ids", "mask", "tokens"), dynamic))
    quantised = path.with_suffix(".int8.onnx")
    quantize_dynamic(str(path), str(quantised), weight_type=QuantType.QInt8)
    return quantised


def feed(texts):
    """Padded ids and mask."""
    import numpy
    longest = max(map(len, texts))
    ids, mask = (numpy.zeros((len(texts), longest), dtype=numpy.int64) for _ in range(2))
    for row, text in enumerate(texts):
        ids[row, :len(text)] = text
        mask[row, :len(text)] = 1
    return {"ids": ids, "mask": mask}


def means(session, batch):
    """Mean pooled, as the engine gives them."""
    tokens = session.run(["tokens"], batch)[0]
    mask = batch["mask"][:, :, None]
    return (tokens * mask).sum(1) / mask.sum(1)


def random_texts(lengths, seed=3):
    import numpy
    random = numpy.random.default_rng(seed)
    return [random.integers(1000, 30000, length) for length in lengths]


def save(module, texts, folder):
    import numpy
    import torch
    return networks.save(module, {"input.ids": torch.from_numpy(numpy.concatenate(texts)),
                                  "input.lengths": torch.tensor([len(text) for text in texts])}, folder)


def fixed_lengths(options, report, name, module, sessions, batch, tokens, folder):
    texts = random_texts([tokens] * batch)
    path, case = save(module, texts, folder), f"{name} {batch} x {tokens}"
    if options.only not in case:
        return
    network = "bert:" + ":".join(map(str, ENCODERS[name]))
    inputs = feed(texts)
    expected = means(sessions["f32"], inputs)
    theirs, ours = {}, {}
    for precision, session in sessions.items():
        theirs[precision], middle = networks.timed(lambda s=session: s.run(["tokens"], inputs), options.seconds)
        report.figure(f"{case} onnxruntime {precision}: ms", theirs[precision])
    for precision, (bar, against) in {"f32": (1.0, "f32"), "int8": (0.85, "int8"), "bf16": (0.6, "f32")}.items():
        if NEEDS[precision] not in FLAGS:
            continue
        got, figures = networks.engine(options, network, path, precision)
        networks.compare(report, f"{case} {precision}", got, expected, precision)
        report.figure(f"{case} Aisle {precision}: ms", figures["best_ms"])
        report.at_most(f"{case} {precision} / onnxruntime {against}", figures["best_ms"] / theirs[against], bar)
        weights = sum(value.numel() for value in module.parameters()) * 4
        ours[precision] = figures["best_ms"]
        if precision == "bf16":
            report.figure(f"{case} bf16 / f32", ours["bf16"] / ours["f32"])
        if precision == "f32":
            report.at_most(f"{case} resident bytes", figures["resident_bytes"], 1.3 * weights + 100e6)


def natural_texts(count):
    """Tokens of items of the catalogue, in a mixed order."""
    import random
    import tokenizers
    folder = common.CACHE / "weights/minilm"
    if not (folder / "tokenizer.json").is_file():
        common.stop(f"there is no {folder}/tokenizer.json: run scripts/fetch_backbones.py")
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(128)
    tokenizer.no_padding()
    items = random.Random(5).sample(common.read_jsonl(common.DATA / "catalogue.jsonl"), count)
    texts = [item["title"] + " " + item.get("body", "") for item in items]
    return [encoding.ids for encoding in tokenizer.encode_batch(texts)]


def natural_lengths(options, report, module, sessions, folder):
    import numpy
    texts = [numpy.array(text) for text in natural_texts(options.texts)]
    report.figure("natural lengths: mean tokens", sum(map(len, texts)) / len(texts))
    path = save(module, texts, folder)
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    batches = [order[i:i + 32] for i in range(0, len(order), 32)]
    expected = numpy.zeros((len(texts), ENCODERS["minilm"][1]), dtype=numpy.float32)
    theirs = {}
    for precision, session in sessions.items():
        start = time.perf_counter()
        for batch in batches:
            rows = means(session, feed([texts[i] for i in batch]))
            if precision == "f32":
                expected[batch] = rows
        theirs[precision] = len(texts) / (time.perf_counter() - start)
        report.figure(f"natural lengths, texts/s: onnxruntime {precision}", theirs[precision])
    for precision, against in {"f32": "f32", "bf16": "f32", "int8": "int8"}.items():
        if NEEDS[precision] not in FLAGS:
            continue
        got, figures = networks.engine(options, "bert:" + ":".join(map(str, ENCODERS["minilm"])), path, precision, 0)
        networks.compare(report, f"natural lengths {precision}", got, expected, precision)
        ours = 1000 * len(texts) / figures["best_ms"]
        report.figure(f"natural lengths, texts/s: Aisle {precision}", ours)
        report.at_least(f"natural lengths, Aisle {precision} / onnxruntime {against}", ours / theirs[against], 1.5)


def main():
    parser = networks.arguments(__doc__)
    parser.add_argument("--texts", type=int, default=20000, help="of natural length (default: %(default)s)")
    options = networks.parse(parser)
    report = common.Report("encoder_speed", options)
    with tempfile.TemporaryDirectory() as folder:
        for name, shape in ENCODERS.items():
            cases = [case for case in CASES if case[0] == name and options.only in f"{name} {case[1]} x {case[2]}"]
            if not cases and not (name == "minilm" and options.only in "natural"):
                continue
            module, model = make(shape), Path(folder) / f"{name}.onnx"
            quantised = export(module, model)
            sessions = {"f32": networks.session(model), "int8": networks.session(quantised)}
            for _, batch, tokens in cases:
                fixed_lengths(options, report, name, module, sessions, batch, tokens, folder)
            if name == "minilm" and options.only in "natural":
                natural_lengths(options, report, module, sessions, folder)
    report.finish()


main()
