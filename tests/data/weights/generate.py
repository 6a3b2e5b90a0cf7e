#!/usr/bin/env python3
"""Makes the weight files of this folder with the real libraries: safetensors and PyTorch (1.13 was used).

    python3 tests/data/weights/generate.py        needs torch, safetensors, numpy
"""

import collections
import json
import pathlib
import zipfile

import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent


def numbers(*shape, dtype=torch.float32):
    """0, 0.375, -0.75, ...: exact in every floating type here."""
    count = int(torch.tensor(shape).prod()) if shape else 1
    values = torch.arange(count, dtype=torch.float64) * 0.375
    values[1::2] *= -1
    return values.reshape(shape).to(dtype)


def contiguous():
    return {
        "layer.weight": numbers(3, 4),
        "layer.bias": numbers(4),
        "half": numbers(2, 3, dtype=torch.float16) + torch.tensor(2.0 ** -15, dtype=torch.float16),
        "brain": numbers(5, dtype=torch.bfloat16),
        "double": numbers(2, 2, dtype=torch.float64),
        "bn.num_batches_tracked": torch.tensor(7),
        "scalar": torch.tensor(0.5),
        "empty": torch.zeros(0, 4),
        "flags": torch.tensor([True, False]),
    }


def awkward():
    """Views: transposed, a part of a storage, one storage under two names, a stride that says nothing."""
    shared = numbers(4, 6)
    return {
        **contiguous(),
        "transposed": numbers(3, 5).t(),
        "permuted": numbers(2, 3, 4).permute(2, 0, 1),
        "columns": shared[:, 1:3],
        "rows": shared[1:3],
        "shared": shared,
        "tied": shared,
        "single": numbers(6, 1, 2)[::2, :, :][1:2],
        "parameter": torch.nn.Parameter(numbers(2)),
        "half_columns": numbers(4, 4, dtype=torch.float16)[:, ::2],
    }


def expected(tensors):
    return {name: {"dtype": str(tensor.dtype).removeprefix("torch."), "shape": list(tensor.shape),
                   "values": tensor.detach().double().flatten().tolist()} for name, tensor in tensors.items()}


def with_byte_order(source, target, order):
    """The same archive with the record that newer PyTorch adds."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name))
        folder = old.namelist()[0].split("/")[0]
        new.writestr(zipfile.ZipInfo(f"{folder}/byteorder"), order)


def main():
    tensors = collections.OrderedDict(awkward())
    save_file(contiguous(), HERE / "mixed.safetensors", metadata={"format": "pt", "note": "made for tests"})
    torch.save(tensors, HERE / "zip.pth")
    torch.save(dict(tensors), HERE / "zip_protocol4.pth", pickle_protocol=4)
    torch.save(tensors, HERE / "legacy.pth", _use_new_zipfile_serialization=False)
    torch.save({"epoch": 3, "best": 0.75, "name": "run", "state_dict": tensors, "optimizer": {"lr": [0.1, None], "step": 2 ** 70}},
               HERE / "checkpoint.pth")
    network = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    torch.save(network.state_dict(), HERE / "module.pth")
    torch.save(network, HERE / "whole_model.pth")
    torch.save(network, HERE / "whole_model_legacy.pth", _use_new_zipfile_serialization=False)
    torch.save({"a": numbers(2, dtype=torch.complex64)}, HERE / "complex.pth")
    torch.save({"a": torch.zeros(1).expand(1000)}, HERE / "expanded.pth")
    with_byte_order(HERE / "zip.pth", HERE / "little_endian.pth", "little")
    with_byte_order(HERE / "zip.pth", HERE / "big_endian.pth", "big")
    (HERE / "expected.json").write_text(json.dumps({"contiguous": expected(contiguous()), "awkward": expected(tensors)}))


if __name__ == "__main__":
    main()
