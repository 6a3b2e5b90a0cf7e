"""ONNX files in onnxruntime, for the tests and benchmarks of the export. Needs numpy, onnx and onnxruntime."""
import json
import pathlib

import numpy
import onnx
import onnxruntime

TYPES = {"F32": numpy.float32, "I64": numpy.int64}


def read_safetensors(path):
    data = pathlib.Path(path).read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:start]).items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        tensors[name] = numpy.frombuffer(data[start + begin:start + end], TYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors


def session(path, threads=1):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def checked_session(path, threads=1):
    """After the file has passed ONNX's own checker."""
    onnx.checker.check_model(str(path), full_check=True)
    return session(path, threads)


def answers(network, tensors):
    """What the network makes of those tensors that are inputs of its, by output."""
    inputs = {one.name: tensors[one.name] for one in network.get_inputs()}
    names = [one.name for one in network.get_outputs()]
    return dict(zip(names, network.run(names, inputs), strict=True))


def difference(got, expected):
    """The largest, relative to the largest expected value."""
    if got.shape != expected.shape or not numpy.isfinite(got).all():
        return float("inf")
    return float(numpy.abs(got - expected).max() / max(numpy.abs(expected).max(), 1e-12))


def case_difference(network, case, item=None):
    """The largest difference over the outputs of a case of onnx_cases; of all items together, or of one alone."""
    mask = case.get("attention_mask")
    lengths = None if mask is None else mask.sum(1)
    inputs = {name: value for name, value in case.items() if not name.startswith("expected.")}
    if item is not None:
        inputs = {name: value[item:item + 1] for name, value in inputs.items()}
        if mask is not None:
            inputs = {name: value[:, :lengths[item]] for name, value in inputs.items()}
    worst = 0.0
    for name, got in answers(network, inputs).items():
        expected = case["expected." + name]
        if got.ndim == 3:  # tokens
            got = got[inputs["attention_mask"] == 1]
            ends = lengths.cumsum()
            rows = slice(ends[item] - lengths[item], ends[item]) if item is not None else slice(None)
        else:
            rows = slice(item, item + 1) if item is not None else slice(None)
        worst = max(worst, difference(got, expected[rows]))
    return worst
