# Sourced by demo.sh and test.sh.

step() { printf '\n== %s\n' "$*"; }

# build_release TARGET...: configures once, then builds. The tests are added to the same tree by test.sh.
build_release() {
  [ -f build/release/CMakeCache.txt ] || cmake --preset release -DAISLE_TESTS=OFF >/dev/null
  cmake --build build/release --target "$@"
}
