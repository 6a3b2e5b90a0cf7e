#!/usr/bin/env python3
"""Writes the C++ source that holds the page and the API description.

usage: embed.py PAGE.html OPENAPI.yaml OUTPUT.cc
The page's inline script and style are allowed by their digests alone, so nothing that is slipped into it can run.
"""
import base64
import hashlib
import json
import re
import sys

import yaml

SOURCE = """// Made by embed.py.
#include "http/embedded.h"

namespace aisle::http::embedded {{

std::string_view page() {{
  static constexpr char kBytes[] = {page};
  return {{kBytes, sizeof kBytes - 1}};
}}

std::string_view page_policy() {{ return {policy}; }}

std::string_view openapi() {{
  static constexpr char kBytes[] = {openapi};
  return {{kBytes, sizeof kBytes - 1}};
}}

}}  // namespace aisle::http::embedded
"""


def literal(text):
    """A C++ literal of any bytes; octal escapes end after three digits, so no digit can join them."""
    pieces = []
    for line in text.encode().splitlines(keepends=True):
        safe = "".join(chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}" for b in line)
        pieces.append(f'"{safe}"')
    return "\n      ".join(pieces) or '""'


def digests(page, tag):
    contents = re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", page, re.S)
    return " ".join("'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'" for text in contents) or "'none'"


def policy(page):
    return "; ".join((
        "default-src 'none'", f"script-src {digests(page, 'script')}", f"style-src {digests(page, 'style')}",
        "connect-src 'self'", "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"))


def main():
    page_path, openapi_path, output = sys.argv[1:]
    with open(page_path, encoding="utf-8") as file:
        page = file.read()
    with open(openapi_path, encoding="utf-8") as file:
        openapi = json.dumps(yaml.safe_load(file), ensure_ascii=False, separators=(",", ":"))
    with open(output, "w", encoding="utf-8") as file:
        file.write(SOURCE.format(page=literal(page), policy=literal(policy(page)), openapi=literal(openapi)))


if __name__ == "__main__":
    main()
