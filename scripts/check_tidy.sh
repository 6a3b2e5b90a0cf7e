#!/usr/bin/env bash
# Runs clang-tidy (.clang-tidy says with which checks) over C++ sources; slow, so test.sh leaves it out.
#   scripts/check_tidy.sh            every .cc below src/
#   scripts/check_tidy.sh BASE       the .cc files that differ from the commit BASE (and those beside changed headers)
#   scripts/check_tidy.sh -- FILE... these
# It has a build tree of its own, build/tidy, with clang's flags and without precompiled headers.
# Exit status: 0 nothing found, 1 something found, 2 wrong usage.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
  -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
  --) shift; files=("$@") ;;
  -*) echo "check_tidy: unknown option '$1'; see scripts/check_tidy.sh --help" >&2; exit 2 ;;
  '') mapfile -t files < <(git ls-files 'src/*.cc') ;;
  *)
    git rev-parse --quiet --verify "$1^{commit}" >/dev/null || { echo "check_tidy: '$1' is no commit" >&2; exit 2; }
    # A header is seen through the .cc of its name.
    mapfile -t files < <(git diff --name-only "$1" -- 'src/*.cc' 'src/*.h' | sed 's/\.h$/.cc/' | sort -u |
      while read -r file; do [ ! -f "$file" ] || echo "$file"; done)
    ;;
esac
[ ${#files[@]} -gt 0 ] || exit 0
command -v clang-tidy-14 >/dev/null || { echo "check_tidy: clang-tidy-14 is missing; run scripts/setup.sh --tests" >&2; exit 1; }

cmake -S . -B build/tidy -G Ninja -DCMAKE_CXX_COMPILER=clang++-14 -DCMAKE_BUILD_TYPE=None -DAISLE_TESTS=OFF \
  -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
status=0
printf '%s\0' "${files[@]}" |
  xargs -0 -n 4 -P "${TIDY_JOBS:-$(nproc)}" clang-tidy-14 -p build/tidy --quiet 2> >(grep -v 'warnings\? generated' >&2) ||
  status=1
exit $status
