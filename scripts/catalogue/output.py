"""Writes files so that a reader sees the old one or the new one, never half of one."""

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
from pathlib import Path

MAX_ICON_BYTES = 1 << 20


def write_atomically(path, data):
    """Writes bytes beside `path`, then renames."""
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def jsonl(items):
    """One JSON object a line, as UTF-8."""
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items).encode()


def digest_of_files(paths):
    """A digest of the contents of some files, in their order."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(Path(path).read_bytes())
    return digest.hexdigest()


def unpack_icons(tar_bytes, folder):
    """Puts the PNG files of a tar archive into a new `folder`, replacing an old one. Returns their names.

    The archive is not trusted: only plain files, only plain names, only small ones.
    """
    folder = Path(folder)
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}")
    names = set()
    try:
        fresh.mkdir(parents=True)
        with tarfile.open(fileobj=io.BytesIO(tar_bytes)) as archive:
            for member in archive:
                name = member.name.removeprefix("./")
                if member.isfile() and member.size <= MAX_ICON_BYTES and re.fullmatch(r"[^/\0]+\.png", name):
                    (fresh / name).write_bytes(archive.extractfile(member).read())
                    names.add(name)
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return names
