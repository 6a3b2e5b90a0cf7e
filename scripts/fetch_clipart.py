#!/usr/bin/env python3
"""Fetches Open Clip Art through apt: drawings with titles and categories, for the benchmarks of fused models.

Writes, under .cache/data/clipart (or $AISLE_CACHE/data/clipart):
  clipart.jsonl   8,121 drawings: title, body, the folder as label, image, group
  png/            the pictures
Downloads 156 MB once and keeps 230 MB. Works as root or not, and installs nothing.
"""

import argparse
import fcntl
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    from catalogue import clipart, private_apt
    from catalogue.output import jsonl, write_atomically
    from catalogue.problem import Problem, fetching
    from fetch_catalogue import cache_folder, say
except ModuleNotFoundError as missing:
    sys.exit(f"fetch_clipart: Python's module {missing.name} is missing: run scripts/setup.sh")

PACKAGES = ("openclipart-svg", "openclipart-png")
CONTENT = Path("usr/share/openclipart")


def checked(command, why, **options):
    done = subprocess.run(command, text=True, errors="replace", capture_output=True, check=False, **options)
    if done.returncode != 0:
        raise Problem(f"{why}: {private_apt.why_update_failed(done.stdout + done.stderr)}")


def download(apt, folder):
    """The packages' files in `folder`. Their signatures are checked by apt."""
    say("Fetching Open Clip Art (156 MB)")
    command = ["apt-get", "download", "-q", *PACKAGES]
    try:
        checked(command, "apt-get download", env=apt.environment, cwd=folder)
    except Problem:
        apt.update(lambda line: say("  " + line))  # the lists may be missing, or name an older version
        checked(command, "apt-get download", env=apt.environment, cwd=folder)
    for package in sorted(folder.glob("*.deb")):
        checked(["dpkg-deb", "-x", package.name, "unpacked"], "dpkg-deb", cwd=folder)


def fetch():
    cache = cache_folder()
    target = cache / "data/clipart"
    target.mkdir(parents=True, exist_ok=True)
    with open(cache / "fetch.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second fetch waits and then finds all done
        if not (target / "clipart.jsonl").is_file():
            with tempfile.TemporaryDirectory(dir=target) as temporary:
                download(private_apt.PrivateApt(cache / "apt"), Path(temporary))
                unpacked = Path(temporary) / "unpacked" / CONTENT
                found = list(clipart.items(unpacked))
                if not found:
                    raise Problem("the packages hold no drawings where they are expected")
                shutil.rmtree(target / "png", ignore_errors=True)
                (unpacked / "png").rename(target / "png")
                write_atomically(target / "clipart.jsonl", jsonl(found))
    count = sum(1 for _ in open(target / "clipart.jsonl", encoding="utf-8"))
    say(f"  {target / 'clipart.jsonl'}: {count:,} items")


def main():
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    fetching("fetch_clipart", fetch)


if __name__ == "__main__":
    main()
