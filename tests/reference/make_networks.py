#!/usr/bin/env python3
"""Writes the reference files of tests/unit/model: small networks with random weights, their inputs, and what torch,
torchvision and transformers compute from them. Needs python3-torch, python3-torchvision and, from PyPI, transformers
and safetensors. The files are committed; run it again only when a network is added.

    tests/reference/make_networks.py tests/data/networks

A file: 8 bytes of length, a JSON header {name: {"dtype": "F32" | "I64", "shape": [...], "data_offsets": [begin, end]}},
then the bytes: the safetensors format. Weights stand under their own names, inputs under "input.", outputs under
"output."."""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

KEPT_BYTES = 200_000


def spread(module, seed):
    """Random weights that make every part count: norms and their statistics too."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in list(module.named_parameters()) + list(module.named_buffers()):
            if not value.is_floating_point():
                continue
            noise = torch.randn(value.shape, generator=generator)
            if "var" in name:
                value.copy_(0.5 + noise.abs())
            elif value.dim() == 1 and ("norm" in name.lower() or "bn" in name or "downsample.1" in name) and "weight" in name:
                value.copy_(1 + 0.2 * noise)
            elif value.dim() == 1:
                value.copy_(0.1 * noise)
            else:
                value.copy_(noise * (1.5 / value[0].numel()) ** 0.5)
    return module.eval()


def save(folder, name, module, tensors, drop=()):
    weights = {key: value for key, value in module.state_dict().items()
               if value.is_floating_point() and not any(part in key for part in drop)}
    tensors = {key: value.detach().contiguous() for key, value in {**weights, **tensors}.items()}
    path = folder / f"{name}.safetensors"
    save_file(tensors, str(path))
    size = path.stat().st_size
    print(f"{path}: {size} bytes")
    assert size < KEPT_BYTES, size


def encoder(folder, name, model, lengths):
    """Texts of several lengths, each by itself: packing must not change them."""
    spread(model, len(name))
    generator = torch.Generator().manual_seed(7)
    tensors, ids, tokens = {}, [], []
    for length in lengths:
        text = torch.randint(3, model.config.vocab_size, (1, length), generator=generator)
        ids.append(text[0])
        with torch.no_grad():
            tokens.append(model(input_ids=text).last_hidden_state[0])
    tensors["input.lengths"] = torch.tensor(lengths)
    tensors["input.ids"] = torch.cat(ids)
    tensors["output.tokens"] = torch.cat(tokens)
    tensors["output.mean"] = torch.stack([text.mean(0) for text in tokens])
    tensors["output.first"] = torch.stack([text[0] for text in tokens])
    save(folder, name, model, tensors, drop=("pooler", "position_ids"))


def encoders(folder):
    from transformers import (BertConfig, BertModel, CamembertConfig, CamembertModel, DistilBertConfig, DistilBertModel)
    shared = dict(vocab_size=60, attention_probs_dropout_prob=0.0)
    encoder(folder, "bert", BertModel(BertConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=72, max_position_embeddings=40,
        **shared)), [5, 1, 17, 40])
    encoder(folder, "distilbert", DistilBertModel(DistilBertConfig(
        vocab_size=60, dim=24, n_layers=2, n_heads=3, hidden_dim=40, max_position_embeddings=40)), [9, 33])
    encoder(folder, "camembert", CamembertModel(CamembertConfig(
        hidden_size=40, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64, max_position_embeddings=42,
        type_vocab_size=1, pad_token_id=1, hidden_act="gelu_new", layer_norm_eps=1e-5, **shared)), [3, 40])


class Sequences(torch.nn.Module):
    """What looks along a text; each text by itself."""

    def __init__(self):
        super().__init__()
        n = torch.nn
        self.embedding = n.Embedding(50, 12)
        self.odd, self.even = n.Conv1d(12, 20, 3, padding="same"), n.Conv1d(20, 16, 4, padding="same")
        self.gru = n.GRU(16, 10, bidirectional=True, batch_first=True)
        self.last = n.GRU(20, 9, bidirectional=True, batch_first=True)

    def forward(self, ids):
        x = self.embedding(ids).transpose(1, 2)
        x = self.even(torch.relu(self.odd(x))).transpose(1, 2)
        tokens, _ = self.gru(x)
        _, (forward, backward) = self.last(tokens)
        return x.amax(1)[0], torch.cat([forward[0], backward[0]])


def sequences(folder):
    module = spread(Sequences(), 9)
    generator, lengths = torch.Generator().manual_seed(2), [7, 1, 30, 12]
    texts = [torch.randint(0, 50, (1, length), generator=generator) for length in lengths]
    with torch.no_grad():
        results = [module(text) for text in texts]
    save(folder, "sequences", module, {
        "input.lengths": torch.tensor(lengths), "input.ids": torch.cat([text[0] for text in texts]),
        "output.max": torch.stack([result[0] for result in results]),
        "output.last": torch.stack([result[1] for result in results])})


class Everything(torch.nn.Module):
    """Every operation on pictures, with odd sizes: strides, dilation, groups, padding on one side, pools of each kind."""

    def __init__(self):
        super().__init__()
        n = torch.nn
        self.stem, self.bn_stem = n.Conv2d(3, 12, 5, stride=2, bias=False), n.BatchNorm2d(12, eps=1e-3)
        self.depth, self.bn_depth = n.Conv2d(12, 12, 3, padding=1, groups=12, bias=False), n.BatchNorm2d(12)
        self.point, self.bn_point = n.Conv2d(12, 20, 1, bias=False), n.BatchNorm2d(20)
        self.far = n.Conv2d(20, 20, 3, padding=2, dilation=2, groups=4)
        self.wide = n.Conv2d(20, 8, (1, 7), padding=(0, 3))
        self.tall = n.Conv2d(20, 8, (7, 1), padding=(3, 0))
        self.fc1, self.fc2 = n.Linear(36 * 4 * 4, 24), n.Linear(24, 10)

    def forward(self, x):
        f = torch.nn.functional
        x = f.relu6(self.bn_stem(self.stem(f.pad(x, (1, 2, 1, 2)))))
        x = self.bn_point(self.point(f.silu(self.bn_depth(self.depth(x)))))
        x = x + f.relu(self.far(x))
        x = f.relu(x)
        x = torch.cat([self.wide(x), self.tall(x), f.avg_pool2d(x, 3, 1, 1)], 1)
        x = f.max_pool2d(x, 3, 2, 1)                                     # 9
        x = f.avg_pool2d(x, 3, 2, 0, count_include_pad=False)            # 4
        features = x.mean((2, 3))
        logits = self.fc2(torch.tanh(self.fc1(x.flatten(1))))
        return features, logits


def pictures(folder):
    module = spread(Everything(), 3)
    pixels = torch.randn(3, 3, 37, 37, generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        features, logits = module(pixels)
    save(folder, "everything", module, {"input.pixels": pixels, "output.features": features, "output.logits": logits})


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    encoders(folder)
    sequences(folder)
    pictures(folder)


main()
