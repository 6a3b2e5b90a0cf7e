#!/usr/bin/env python3
"""Refuses an #include that cmake/layers.txt does not allow."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+"([a-z]+)/')


def read_layers(path):
    """Module name -> set of the modules that it may include (itself too)."""
    layers = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, _, allowed = line.partition(":")
        layers[name.strip()] = set(allowed.split()) | {name.strip()}
    return layers


def find_problems(source, layers):
    """Yields 'file:line: message' for every include that the table forbids."""
    for path in sorted(source.rglob("*")):
        if path.suffix not in {".h", ".cc"}:
            continue
        module = path.relative_to(source).parts[0]
        if module not in layers:
            yield f"{path}: module '{module}' has no row in cmake/layers.txt"
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if match and match.group(1) not in layers[module]:
                yield f"{path}:{number}: {module} may not include {match.group(1)}"


def main():
    layers = read_layers(ROOT / "cmake/layers.txt")
    problems = list(find_problems(ROOT / "src", layers))
    print("\n".join(problems) if problems else "layers: every include is allowed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
