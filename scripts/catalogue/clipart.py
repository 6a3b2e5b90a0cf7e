"""Open Clip Art, as Debian packages it: 8,121 drawings in the public domain, each with a title and often a description.

The folder that a drawing lies in is its category. The words of dc:subject repeat the folder and are never taken.
"""

import hashlib
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path, PurePosixPath

MOST_SVG_BYTES = 32 << 20
MOST_TEXT = 10_000


def local_name(element):
    """The tag without its namespace: cc's has changed over the years."""
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def plain(text):
    """One line of a text, white space made single."""
    return re.sub(r"\s+", " ", text or "").strip()[:MOST_TEXT]


def metadata(svg):
    """(title, description) of a drawing's bytes; "" where there is none. Those of the work alone, not of its makers."""
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        return "", ""
    for work in root.iter():
        if local_name(work) != "Work":
            continue
        found = {local_name(child): plain("".join(child.itertext())) for child in reversed(list(work))
                 if local_name(child) in ("title", "description")}
        return found.get("title", ""), found.get("description", "")
    return "", ""


def text_group(title, description):
    """The same for drawings that say the same: titles repeat, and copies must not fall on both sides of a split."""
    words = " ".join(re.findall(r"\w+", f"{title} {description}".lower()))
    return hashlib.sha256(words.encode()).hexdigest()[:16] if words else ""


def items(folder):
    """One item a drawing below `folder`/svg that has its picture below `folder`/png, by path."""
    folder = Path(folder)
    for svg in sorted((folder / "svg").rglob("*.svg")):
        name = PurePosixPath(svg.relative_to(folder / "svg").as_posix())
        png = PurePosixPath("png") / name.with_suffix(".png")
        if len(name.parts) < 2 or not (folder / png).is_file() or svg.stat().st_size > MOST_SVG_BYTES:
            continue
        title, description = metadata(svg.read_bytes())
        item = {"id": str(name), "title": title, "body": description, "label": name.parts[0], "image": str(png)}
        group = text_group(title, description)
        yield item | ({"group": group} if group else {})
