#!/usr/bin/env bash
# Refuses C++ that clang-format would change. --fix changes it.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=(--dry-run --Werror)
[ "${1:-}" != --fix ] || mode=(-i)
git ls-files -z '*.h' '*.cc' | xargs -0 clang-format-14 "${mode[@]}"
