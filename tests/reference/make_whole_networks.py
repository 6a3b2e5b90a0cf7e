#!/usr/bin/env python3
"""Writes what torchvision, timm, transformers and plain torch compute from whole networks: features and logits, in
double precision. Weights and inputs are not kept: both sides make them by the rule below, which
tests/unit/model/engine/ruled_values.h has in C++. The pictures are small, so that a test is; benchmarks/
network_reference.py has them in their own size. Needs torch, torchvision, timm, transformers and safetensors.

    tests/reference/make_whole_networks.py tests/data/networks

whole.safetensors holds "NAME.features" and "NAME.logits"; encoders.json the configurations of the encoders."""

import json
import sys
from pathlib import Path

import numpy
import torch
from safetensors.torch import save_file

CLASSES = 7
PICTURES = 2
# Odd sizes, so that paddings, strides and pools meet their edges; the least that the network takes, or a little more.
SIZES = {"resnet18": 97, "resnet50": 97, "vgg16": 64, "xception": 75, "inception_v3": 107, "efficientnet_lite0": 97,
         "tf_efficientnet_lite0": 97, "cnn": 128}
LENGTHS = [5, 1, 23, 12]


def steps(name, count):
    """Whole numbers of 64 bits: SplitMix64's output function of the FNV-1a hash of the name and a counter."""
    seed = 0xcbf29ce484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001b3 % 2 ** 64
    with numpy.errstate(over="ignore"):
        z = numpy.uint64(seed) + numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(0x9e3779b97f4a7c15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xbf58476d1ce4e5b9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94d049bb133111eb)
    return z ^ (z >> numpy.uint64(31))


def spread(name, count):
    """float32, even in (-1, 1): the upper 24 bits."""
    upper = (steps(name, count) >> numpy.uint64(40)).astype(numpy.float32)
    return (upper + numpy.float32(0.5)) * numpy.float32(2 ** -23) - numpy.float32(1)


def ruled(name, shape):
    """A parameter: noise that keeps a signal's size; norms and their statistics near 1 or 0."""
    values = spread(name, int(numpy.prod(shape)))
    f = numpy.float32
    if len(shape) > 1:
        values = values * f((4.5 / numpy.prod(shape[1:])) ** 0.5)
    elif name.endswith("running_var"):
        values = f(1) + f(0.5) * values
    elif name.endswith("weight"):
        values = f(1) + f(0.2) * values
    else:
        values = f(0.1) * values
    return torch.from_numpy(values.reshape(shape))


def fill(module, prefix=""):
    with torch.no_grad():
        for name, value in list(module.named_parameters()) + list(module.named_buffers()):
            if value.is_floating_point():
                value.copy_(ruled(name.removeprefix(prefix), tuple(value.shape)))
    return module.eval().double()


def pictures(size):
    count = PICTURES * 3 * size * size
    return torch.from_numpy(spread("pixels", count).reshape(PICTURES, 3, size, size) * numpy.float32(1.75)).double()


def texts(vocabulary):
    """The ids of every text, one after the other; 0 to 3 are special in some families."""
    ids = steps("ids", sum(LENGTHS)) % numpy.uint64(vocabulary - 4) + numpy.uint64(4)
    return [text.unsqueeze(0) for text in torch.from_numpy(ids.astype(numpy.int64)).split(LENGTHS)]


# --- pictures: a module, and how to get its features


def forward_of_timm(module):
    return lambda x: module.forward_head(module.forward_features(x), pre_logits=True)


def with_hook(module, layer, shape=lambda x: x.flatten(1)):
    """The result of a layer, by a hook."""
    def features(x):
        kept = []
        handle = layer.register_forward_hook(lambda _module, _inputs, output: kept.append(output))
        module(x)
        handle.remove()
        return shape(kept[0])
    return features


class SmallCnn(torch.nn.Module):
    def __init__(self):
        super().__init__()
        for i in range(1, 6):
            self.add_module(f"conv{i}", torch.nn.Conv2d(3 if i == 1 else 8 << i, 16 << i, 3, padding=1, bias=False))
            self.add_module(f"bn{i}", torch.nn.BatchNorm2d(16 << i))
        self.avgpool, self.fc = torch.nn.AdaptiveAvgPool2d(1), torch.nn.Linear(512, CLASSES)

    def forward(self, x):
        for i in range(1, 6):
            x = torch.relu(getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(x)))
            x = torch.nn.functional.max_pool2d(x, 2)
        return self.fc(self.avgpool(x).flatten(1))


def picture_network(name):
    import timm
    import torchvision
    models = torchvision.models
    if name == "cnn":
        module = SmallCnn()
        return module, with_hook(module, module.avgpool)
    if name.startswith("resnet"):
        module = models.get_model(name, weights=None, num_classes=CLASSES)
        return module, with_hook(module, module.avgpool)
    if name == "inception_v3":
        module = models.inception_v3(weights=None, init_weights=False, aux_logits=False, num_classes=CLASSES)
        return module, with_hook(module, module.avgpool)
    if name == "vgg16":  # its classifier is for pictures of 224: this one is for smaller ones
        module, side = models.vgg16(weights=None, num_classes=CLASSES), SIZES[name] // 32
        module.avgpool, module.classifier[0] = torch.nn.Identity(), torch.nn.Linear(512 * side * side, 4096)
        return module, with_hook(module, module.features, lambda x: x.mean((2, 3)))
    module = timm.create_model("legacy_xception" if name == "xception" else name, num_classes=CLASSES)
    return module, forward_of_timm(module)


def run_picture_network(name):
    module, features = picture_network(name)
    fill(module)
    pixels = pictures(SIZES[name])
    return features(pixels), module(pixels)


# --- texts


class Conv1d(torch.nn.Module):
    def __init__(self):
        super().__init__()
        n = torch.nn
        self.embedding = n.Embedding(20000, 128)
        self.conv1, self.conv2 = n.Conv1d(128, 256, 5, padding="same"), n.Conv1d(256, 256, 5, padding="same")
        self.fc = n.Linear(256, CLASSES)

    def forward(self, ids):
        x = self.embedding(ids).transpose(1, 2)
        features = torch.relu(self.conv2(torch.relu(self.conv1(x)))).amax(2)
        return features, self.fc(features)


class Bigru(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(20000, 512)
        self.gru = torch.nn.GRU(512, 512, bidirectional=True, batch_first=True)
        self.fc = torch.nn.Linear(1024, CLASSES)

    def forward(self, ids):
        _, last = self.gru(self.embedding(ids))
        features = torch.cat([last[0], last[1]], 1)
        return features, self.fc(features)


class Dnn(torch.nn.Module):
    def __init__(self):
        super().__init__()
        n = torch.nn
        self.fc1, self.fc2, self.fc = n.Linear(10000, 512), n.Linear(512, 256), n.Linear(256, CLASSES)

    def forward(self, rows):
        features = torch.relu(self.fc2(torch.relu(self.fc1(rows))))
        return features, self.fc(features)


def run_texts(module, vocabulary):
    """Each text by itself: packing must not change them."""
    results = [module(text) for text in texts(vocabulary)]
    return torch.cat([each[0] for each in results]), torch.cat([each[1] for each in results])


def encoder_networks():
    """(name, configuration, model, how it pools): small in size, whole in what it computes."""
    from transformers import (BertConfig, BertForSequenceClassification, CamembertConfig, CamembertModel,
                              DistilBertConfig, DistilBertModel, RobertaConfig, RobertaModel, XLMRobertaConfig,
                              XLMRobertaModel)
    sizes = dict(vocab_size=300, hidden_size=64, num_hidden_layers=3, num_attention_heads=4, intermediate_size=160,
                 max_position_embeddings=66)
    how = BertConfig(**sizes, num_labels=CLASSES)
    yield "bert", how, BertForSequenceClassification(how), "pooler"
    how = DistilBertConfig(vocab_size=300, dim=48, n_layers=3, n_heads=3, hidden_dim=100, max_position_embeddings=66)
    yield "distilbert", how, DistilBertModel(how), "first"
    roberta = dict(sizes, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1)
    for name, config, model in (("roberta", RobertaConfig, RobertaModel), ("camembert", CamembertConfig, CamembertModel),
                                ("xlm-roberta", XLMRobertaConfig, XLMRobertaModel)):
        how = config(**roberta)
        yield name, how, model(how, add_pooling_layer=False), "mean"


def run_encoder(model, pooling):
    prefix = "bert." if pooling == "pooler" else ""
    fill(model, prefix)
    if pooling == "pooler":
        def forward(ids):
            return model.bert(input_ids=ids).pooler_output, model(input_ids=ids).logits
    else:
        width = model.config.hidden_size
        weight, bias = ruled("classifier.weight", (CLASSES, width)), ruled("classifier.bias", (CLASSES,))

        def forward(ids):
            tokens = model(input_ids=ids).last_hidden_state
            features = tokens[:, 0] if pooling == "first" else tokens.mean(1)
            return features, torch.nn.functional.linear(features, weight.double(), bias.double())
    return run_texts(forward, model.config.vocab_size)


def all_networks():
    """(name, features, logits)"""
    for name in SIZES:
        yield name, *run_picture_network(name)
    yield "conv1d", *run_texts(fill(Conv1d()), 20000)
    yield "bigru", *run_texts(fill(Bigru()), 20000)
    yield "dnn", *fill(Dnn())(torch.from_numpy(spread("tfidf", PICTURES * 10000).reshape(PICTURES, 10000)).double())


def main():
    folder = Path(sys.argv[1])
    results, configurations = {}, {}
    with torch.no_grad():
        for name, how, model, pooling in encoder_networks():
            configurations[name] = {"pooling": pooling, "config": json.loads(how.to_json_string(use_diff=False))}
            results[name] = run_encoder(model, pooling)
        for name, *outputs in all_networks():
            results[name] = outputs
    tensors = {}
    for name, outputs in results.items():
        for kind, values in zip(("features", "logits"), outputs):
            print(f"{name} {kind} {list(values.shape)}: deviation {values.std():.3g}, largest {values.abs().max():.3g}")
            assert 1e-2 < values.std() < 1e3, name
            tensors[f"{name}.{kind}"] = values.float().contiguous()
    save_file(tensors, str(folder / "whole.safetensors"))
    (folder / "encoders.json").write_text(json.dumps(configurations, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
