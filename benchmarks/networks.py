"""What the benchmarks of networks share: random weights in one file for both sides, onnxruntime with two threads beside
Aisle's engine (network_bench, preset bench), outputs compared before anything is timed. Needs a Python with numpy,
torch, onnx and onnxruntime."""

import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import common

THREADS = len(common.CPUS)


def arguments(description):
    parser = common.arguments(description)
    parser.add_argument("--bench", type=Path, default=common.REPOSITORY / "build/bench/benchmarks/network_bench",
                        help="the engine's program (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=3, help="of each measurement (default: %(default)s)")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    return parser


def parse(parser):
    options = parser.parse_args()
    if not options.bench.is_file():
        common.stop(f"there is no {options.bench}: run `cmake --preset bench && cmake --build --preset bench`")
    return options


def spread(module, seed=1):
    """Random weights with which a signal of any depth stays near 1."""
    import torch
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in list(module.named_parameters()) + list(module.named_buffers()):
            if not value.is_floating_point():
                continue
            if value.dim() > 1:
                noise = torch.randn(value.shape, generator=generator)
                value.copy_(noise * (1.5 / value[0].numel()) ** 0.5)
            elif "var" in name or "weight" in name:
                value.copy_(1 + 0.1 * torch.rand(value.shape, generator=generator))
    return module.eval()


def save(module, inputs, folder):
    from safetensors.torch import save_file
    tensors = {name: value for name, value in module.state_dict().items() if value.is_floating_point()}
    path = Path(folder) / "network.safetensors"
    save_file({name: value.detach().clone().contiguous() for name, value in {**tensors, **inputs}.items()}, str(path))
    return path


def session(model, threads=THREADS):
    import onnxruntime
    how = onnxruntime.SessionOptions()
    how.intra_op_num_threads = threads
    how.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(model), how, providers=["CPUExecutionProvider"])


def timed(call, seconds):
    """The fastest and the middle of runs in milliseconds."""
    call()
    times, start = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - before))
    return min(times), statistics.median(times)


def engine(options, name, path, precision, seconds=None):
    """Features [N, width] and the program's figures."""
    import numpy
    with tempfile.NamedTemporaryFile() as output:
        words = [options.bench, name, path, precision, THREADS, options.seconds if seconds is None else seconds,
                 output.name]
        result = subprocess.run([str(word) for word in words], check=True, stdout=subprocess.PIPE)
        return numpy.fromfile(output.name, dtype=numpy.float32), json.loads(result.stdout)


def compare(report, name, got, expected, precision):
    """Stops the benchmark where the answers differ by more than the precision explains."""
    import numpy
    expected = numpy.asarray(expected, dtype=numpy.float32).ravel()
    if precision == "f32":
        apart = float(numpy.abs(got - expected).max() / numpy.abs(expected).max())
        report.figure(f"{name}: largest difference", apart)
        if not apart <= 1e-4:
            common.stop(f"{name}: the answers differ by {apart}")
        return
    cosine = float(got @ expected / numpy.linalg.norm(got) / numpy.linalg.norm(expected))
    report.figure(f"{name}: cosine to f32", cosine)
    if not cosine >= (0.999 if precision == "bf16" else 0.99):
        common.stop(f"{name}: the answers' cosine is {cosine}")
