#!/bin/sh
# Builds the fuzzers (clang) and runs each of them.
#   scripts/fuzz.sh SECONDS [NAME...]   each for SECONDS; all of them, or those named (csv, jsonl, ...)
# What a fuzzer learns stays in build/fuzz/corpus/NAME; an input that breaks it is kept in build/fuzz/found.
# Once mended, put such an input into fuzz/corpus/NAME, where the tests replay it.
# Exit status: 0 nothing found, 1 something found or not built, 2 wrong usage.
set -eu

case "${1:-}" in
  '' | *[!0-9]*) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
seconds=$1
shift

cd "$(dirname -- "$0")/.."
command -v clang++-14 >/dev/null || { echo "fuzz: clang-14 is missing; run scripts/setup.sh --tests" >&2; exit 1; }
[ $# -gt 0 ] || set -- $(sed -n 's/^aisle_fuzzer(\([a-z_]*\).*/\1/p' fuzz/CMakeLists.txt)
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target $(printf 'fuzz_%s ' "$@")

mkdir -p build/fuzz/found
status=0
for name in "$@"; do
  echo "fuzz: $name for $seconds s" >&2
  mkdir -p "build/fuzz/corpus/$name"
  "build/fuzz/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
    -print_final_stats=1 -artifact_prefix="build/fuzz/found/$name-" "build/fuzz/corpus/$name" "fuzz/corpus/$name" || status=1
done
exit $status
