#!/usr/bin/env python3
"""Fetches the real data of the demonstration and the benchmarks through apt.

Writes, under .cache/data (or $AISLE_CACHE/data):
  questions.jsonl   Debian packages with their tags
  catalogue.jsonl   Debian packages with their section
  apps.jsonl        desktop applications with their main category; icons in icons/
Downloads 34 MB once. Works as root or not, and does not change the system's apt.
"""

import argparse
import fcntl
import json
import os
import sys
import time
from pathlib import Path

try:
    from catalogue import control, dep11, private_apt
    from catalogue.output import digest_of_files, jsonl, unpack_icons, write_atomically
    from catalogue.problem import Problem, fetching
except ModuleNotFoundError as missing:
    sys.exit(f"fetch_catalogue: Python's module {missing.name} is missing: run scripts/setup.sh")

REPOSITORY = Path(__file__).resolve().parent.parent
FILES = ("questions.jsonl", "catalogue.jsonl", "apps.jsonl")


def cache_folder():
    """$AISLE_CACHE, else .cache at the repository's root."""
    return Path(os.environ.get("AISLE_CACHE") or REPOSITORY / ".cache")


def say(text):
    print(text, file=sys.stderr, flush=True)


def made_by():
    """Changes when the code that makes the files changes."""
    here = Path(__file__).resolve().parent
    return digest_of_files([Path(__file__), *sorted((here / "catalogue").glob("*.py"))])


def existing(data):
    """The counts of files that this code made before, or None."""
    try:
        manifest = json.loads((data / "manifest.json").read_text(encoding="utf-8"))
        complete = all((data / name).is_file() for name in FILES) and (data / "icons").is_dir()
        return manifest["items"] if complete and manifest["made_by"] == made_by() else None
    except (OSError, ValueError, KeyError):
        return None


def show_counts(data, counts):
    for name, count in counts.items():
        say(f"  {data / name}: {count:,} items")


def needed_indexes(apt):
    """Paths of the four index files, or None where one is missing."""
    paths = (apt.index(private_apt.PACKAGES), apt.index(private_apt.TRANSLATIONS, "en"),
             apt.index(private_apt.COMPONENTS), apt.index(private_apt.ICONS))
    return paths if all(paths) else None


def update_lists(apt, refresh):
    """Fetches the lists where they are missing or `refresh` is set; falls back to those of before."""
    cached = needed_indexes(apt)
    if cached and not refresh:
        return cached
    say("Fetching Debian's catalogues (34 MB)")
    try:
        apt.update(lambda line: say("  " + line))
    except Problem as problem:
        # A source of a third party may be down: what counts is whether ours are here.
        cached = needed_indexes(apt)
        if not cached:
            raise
        say(f"Could not fetch everything ({problem}); going on with the lists that are here.")
        return cached
    paths = needed_indexes(apt)
    if not paths:
        raise Problem("the sources of apt hold no catalogue of Debian's main archive:"
                      " add `deb http://deb.debian.org/debian bookworm main` to /etc/apt/sources.list")
    return paths


def build(apt, paths, data):
    """Turns the index files into the data files. Returns the number of items by file name."""
    packages_path, translation_path, components_path, icons_path = paths
    started = time.monotonic()
    say("Reading the package catalogue")
    packages = control.packages(apt.read(packages_path).decode("utf-8", "replace"),
                                apt.read(translation_path).decode("utf-8", "replace"))
    say("Unpacking icons")
    icons = unpack_icons(apt.read(icons_path), data / "icons")
    say("Reading the AppStream catalogue")
    apps = dep11.applications(apt.read(components_path).decode("utf-8", "replace"), icons.__contains__)

    def texts(item):
        return {key: item[key] for key in ("id", "title", "body", "group")}
    outputs = {
        "questions.jsonl": [texts(item) | {"label": item["tags"]} for item in packages if item["tags"]],
        "catalogue.jsonl": [texts(item) | {"label": item["section"]} for item in packages],
        "apps.jsonl": apps,
    }
    for name, items in outputs.items():
        if not items:
            raise Problem(f"Debian's catalogues gave no items for {name}; run again with --refresh")
        write_atomically(data / name, jsonl(items))
    counts = {name: len(items) for name, items in outputs.items()}
    manifest = {"made_by": made_by(), "items": counts}
    write_atomically(data / "manifest.json", (json.dumps(manifest, indent=2) + "\n").encode())
    say(f"Done in {time.monotonic() - started:.0f} s:")
    return counts


def fetch(refresh):
    cache = cache_folder()
    data = cache / "data"
    data.mkdir(parents=True, exist_ok=True)
    with open(cache / "fetch.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second fetch waits and then finds all done
        counts = None if refresh else existing(data)
        if counts:
            say("The catalogues are here already:")
        else:
            apt = private_apt.PrivateApt(cache / "apt")
            counts = build(apt, update_lists(apt, refresh), data)
    show_counts(data, counts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--refresh", action="store_true", help="fetch again, even when all is here")
    arguments = parser.parse_args()
    fetching("fetch_catalogue", lambda: fetch(arguments.refresh))


if __name__ == "__main__":
    main()
