"""Debian's control format (deb822): stanzas, long descriptions, tags.

Debian Policy 5.1 (syntax), 5.6.13 (descriptions); debtags for `facet::tag`.
"""

import re

# Says how a package was tagged, not what it is.
UNINFORMATIVE_FACET = "special"


def stanzas(text, wanted):
    """Yields one dictionary per stanza, with the fields in `wanted`; continued lines are joined by \\n."""
    fields, name = {}, None
    for line in text.split("\n"):
        if not line.strip():
            if fields:
                yield fields
            fields, name = {}, None
        elif line[0] in " \t":
            if name:
                fields[name] += "\n" + line
        else:
            key, colon, value = line.partition(":")
            name = key if colon and key in wanted else None
            if name:
                fields[name] = value.strip()
    if fields:
        yield fields


def long_description(value):
    """The paragraphs of a description field without its first line.

    One leading space is text to be wrapped: lines are joined. More spaces are kept as lines of
    their own (lists, tables). ` .` ends a paragraph. Paragraphs are parted by an empty line.
    """
    paragraphs, lines = [], []
    wrapped = False
    for line in value.split("\n")[1:]:
        if line.strip() == ".":
            paragraphs.append(lines)
            lines, wrapped = [], False
        elif line[:2].strip():
            if wrapped:
                lines[-1] += " " + line.strip()
            else:
                lines.append(line.strip())
            wrapped = True
        else:
            lines.append(line[1:].rstrip())
            wrapped = False
    paragraphs.append(lines)
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)


def tags(value):
    """The tags of a Tag field, sorted, each once: `a::b, c::{d,e}` gives a::b, c::d, c::e."""
    found = set()
    for match in re.finditer(r"([\w:.+-]+?)(?:\{([^}]*)\})?(?:,|\s|$)", value):
        prefix, inner = match.groups()
        names = [prefix] if inner is None else [prefix + part.strip() for part in inner.split(",")]
        found.update(name for name in names if "::" in name)
    return sorted(tag for tag in found if not tag.startswith(UNINFORMATIVE_FACET + "::"))


def source_package(fields):
    """The package that a binary package is built from: `Source: name (version)`, else its own name."""
    return fields.get("Source", fields["Package"]).split(" ", 1)[0]


def english_descriptions(text):
    """Long English descriptions by Description-md5, from a Translation-en file."""
    wanted = {"Description-md5", "Description-en"}
    return {fields["Description-md5"]: long_description(fields["Description-en"])
            for fields in stanzas(text, wanted) if wanted <= fields.keys()}


def packages(packages_text, translation_text):
    """Items of all packages, sorted by name, each name once: id, title, body, group, section, tags."""
    bodies = english_descriptions(translation_text)
    wanted = {"Package", "Source", "Section", "Description", "Description-md5", "Tag"}
    items = {}
    for fields in stanzas(packages_text, wanted):
        if not {"Package", "Section", "Description"} <= fields.keys():
            continue
        item = {
            "id": fields["Package"],
            "title": fields["Description"].split("\n", 1)[0],
            "body": bodies.get(fields.get("Description-md5")) or long_description(fields["Description"]),
            "group": source_package(fields),
            "section": fields["Section"].rsplit("/", 1)[-1],
            "tags": tags(fields.get("Tag", "")),
        }
        # A release may hold two versions of a package; the first is as good as the other.
        items.setdefault(item["id"], item)
    return [items[name] for name in sorted(items)]
