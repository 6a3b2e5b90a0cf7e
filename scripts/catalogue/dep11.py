"""AppStream metadata in Debian's DEP-11 form: YAML documents, one a component."""

import re

import yaml

# https://specifications.freedesktop.org/menu-spec/latest/category-registry.html
# Less Audio and Video: what has one of them has AudioVideo too, and two names for one aisle confuse.
MAIN_CATEGORIES = frozenset((
    "AudioVideo", "Development", "Education", "Game", "Graphics",
    "Network", "Office", "Science", "Settings", "System", "Utility"))

ICON_PIXELS = 128

# libyaml's parser is thirty times faster; both give the same.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def documents(text):
    """Yields the text of each YAML document."""
    for part in re.split(r"^---[ \t]*\n", text, flags=re.MULTILINE):
        if part.strip():
            yield part


def english(value):
    """The untranslated text of a translated field."""
    text = (value or {}).get("C", "") if isinstance(value, dict) else ""
    return " ".join(text.split()) if isinstance(text, str) else ""


def icon_name(component):
    """The file name of the icon of 128 pixels, or None. Never a path."""
    icons = component.get("Icon") or {}
    for icon in icons.get("cached") or []:
        name = icon.get("name", "")
        if icon.get("width") == ICON_PIXELS and re.fullmatch(r"[^/\0]+\.png", name):
            return name
    return None


def main_category(component):
    """The first category that freedesktop.org calls a main one, or None."""
    return next((name for name in component.get("Categories") or [] if name in MAIN_CATEGORIES), None)


def application(component, has_icon):
    """The item of one component, or None where it is no application, or has no name or main category."""
    label, title = main_category(component), english(component.get("Name"))
    if component.get("Type") != "desktop-application" or not label or not title:
        return None
    description = component.get("Description") or {}
    item = {
        "id": str(component["ID"]),
        "title": title,
        "summary": english(component.get("Summary")),
        "body": str(description.get("C", "")).strip(),
        "label": label,
        "group": str(component.get("Package", component["ID"])),
    }
    icon = icon_name(component)
    if icon and has_icon(icon):
        item["image"] = "icons/" + icon
    return item


def applications(text, has_icon):
    """Items of all applications, sorted by id, each id once. `has_icon(name)` says whether the file is there."""
    items = {}
    for part in documents(text):
        if "\nType: desktop-application\n" not in "\n" + part:
            continue  # most of the time is YAML: do not parse what is thrown away
        item = application(yaml.load(part, Loader=LOADER), has_icon)
        if item:
            items.setdefault(item["id"], item)
    return [items[name] for name in sorted(items)]
