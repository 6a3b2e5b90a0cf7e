#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test.
#   ./test.sh            everything (HACKING.md says what that is)
#   ./test.sh --quick    the release build's tests alone
set -euo pipefail
cd "$(dirname "$0")"

quick=no
for word in "$@"; do
  case "$word" in
    --quick) quick=yes ;;
    -h | --help) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "test.sh: unknown option '$word'; see ./test.sh --help" >&2; exit 2 ;;
  esac
done

source scripts/common.sh
step "Packages"
scripts/setup.sh --tests

step "Layers, format, scripts"
scripts/check_layers.py
scripts/check_format.sh
python3 -m unittest discover --quiet --start-directory tests/scripts

step "Release build and its tests"
cmake --preset release -DAISLE_TESTS=ON >/dev/null
cmake --build build/release
ctest --preset release --parallel 2 --no-tests=error

if [ "$quick" = no ]; then
  step "The same tests under the address and undefined-behaviour sanitizers"
  cmake --preset asan >/dev/null
  cmake --build build/asan
  ctest --preset asan --parallel 2 --no-tests=error
fi
