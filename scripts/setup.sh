#!/bin/sh
# Installs the Debian packages that Aisle needs. Does nothing where all are there.
#   scripts/setup.sh                what the build needs
#   scripts/setup.sh --demo         also what the demonstration fetches pretrained networks with
#   scripts/setup.sh --tests        also what the tests need
#   scripts/setup.sh --benchmarks   also the competitors of the benchmarks
#   scripts/setup.sh --all          all of it
# Works as root or with sudo. Exit status: 0 all there, 1 not, 2 wrong usage.
set -eu

build_packages="g++ cmake ninja-build pkg-config ccache
  libphonenumber-dev libcld2-dev libgumbo-dev libre2-dev libstemmer-dev libicu-dev
  libsimdjson-dev nlohmann-json3-dev libtomlplusplus-dev libcli11-dev libspdlog-dev libfmt-dev
  libsoci-dev libsqlite3-dev libpq-dev libsodium-dev libxxhash-dev prometheus-cpp-dev
  libvips-dev zlib1g-dev libboost-dev libssl-dev libdnnl-dev libcurl4-openssl-dev libonnx-dev libprotobuf-dev
  python3 python3-yaml curl"
test_packages="git librapidcheck-dev libgtest-dev libgmock-dev chromium chromium-driver clang-14 clang-format-14 clang-tidy-14
  libclang-rt-14-dev postgresql python3-venv"
demo_packages="python3-pip"
benchmark_packages="wrk fasttext liblinear-tools libbenchmark-dev python3-venv python3-numpy python3-pil"

# What Debian does not have, into a virtual environment that may be deleted at any time: what reads our ONNX files, and
# the other side of the small-data benchmark.
test_python="numpy onnx onnxruntime"
benchmark_python="scikit-learn"

here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
venv=${AISLE_CACHE:-$here/.cache}/venv

say() { echo "setup: $*" >&2; }
fail() { say "$*"; exit 1; }

usage() { sed -n '2,8s/^# \{0,1\}//p' "$0"; }

# Prints those of the given packages that are not installed. One dpkg-query, no apt.
missing_of() {
  # ${db:Status-Status} is "installed" for what is there; unknown names only reach standard error.
  # A package of another architecture carries ":arch" only in binary:Package, so Package will do.
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
    sed -n 's/ installed$//p') || true
  for package in "$@"; do
    case "
$installed
" in
      *"
$package
"*) ;;
      *) printf '%s ' "$package" ;;
    esac
  done
}

# Ends with one sentence that says why apt failed, from its own words in $log and $log.update.
explain() {
  [ ! -e "$log.update" ] || cat "$log.update" >>"$log"
  if grep -q 'No space left\|enough free space' "$log"; then
    fail "the disk is full: free some room (about 3 GB for everything), then run this again"
  elif grep -q 'resolving\|resolve\|Could not connect\|Network is unreachable\|timed out\|Failed to fetch\|Connection failed' "$log"; then
    fail "Debian's archive cannot be reached: check the network (and the proxy), then run this again"
  elif grep -q 'Could not get lock\|Unable to lock\|is another process using it' "$log"; then
    fail "another program has been installing packages for ten minutes: wait for it, then run this again"
  elif grep -q 'Unable to locate package\|has no installation candidate' "$log"; then
    fail "some packages do not exist here; Aisle needs Debian 12: $(grep 'Unable to locate\|no installation candidate' "$log" | tr '\n' ' ')"
  fi
  fail "apt failed: $(grep '^E:' "$log" | tail -n 1)"
}

# Runs apt-get with the given rights, without questions; waits ten minutes for a lock.
run_apt() {
  # `env` also behind sudo, which would drop the variables.
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a LC_ALL=C.UTF-8 \
    apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" </dev/null 2>&1
}

# run_apt with its output shown and kept in $log. The pipe would hide its status, hence the file.
logged_apt() {
  { run_apt "$@" && : >"$log.ok"; } | tee "$log" >&2
  [ -e "$log.ok" ] && rm -f "$log.ok"
}

update_lists() {
  say "fetching the package lists"
  # Holding the lists' lock is not covered by DPkg::Lock::Timeout: try again for a while.
  tries=0
  until logged_apt -o APT::Update::Error-Mode=any update; do
    tries=$((tries + 1))
    if ! grep -q 'Could not get lock\|Unable to lock' "$log" || [ "$tries" -ge 60 ]; then
      # A source that is down may be none of ours: the installation will tell.
      mv "$log" "$log.update"
      return
    fi
    sleep 10
  done
}

install_packages() {
  missing=$*
  say "these Debian packages are missing: $missing"
  command -v apt-get >/dev/null || fail "there is no apt-get here: Aisle is built on Debian 12"
  if [ "$(id -u)" -eq 0 ]; then
    as_root=
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root=sudo
    sudo -v || fail "sudo refused; ask an administrator to run: apt-get install --no-install-recommends $missing"
  else
    fail "installing needs root or sudo. Ask an administrator to run:
  apt-get install --no-install-recommends $missing"
  fi

  folder=$(mktemp -d) || fail "cannot make a temporary folder: is the disk full?"
  trap 'rm -rf "$folder"' EXIT
  log=$folder/log
  # Lists that know every package may still be too old to fetch from: then update, once.
  # shellcheck disable=SC2086
  if apt-get -q -s --no-install-recommends install $missing >/dev/null 2>&1; then
    logged_apt install --no-install-recommends $missing && return
    grep -q '404\|Failed to fetch' "$log" || explain
  fi
  update_lists
  # shellcheck disable=SC2086
  logged_apt install --no-install-recommends $missing || explain
}

# install_python NAME PACKAGE...: into $venv, once; NAME marks that they are there.
install_python() {
  mark=$venv/ready-$1
  shift
  [ -x "$venv/bin/python" ] && [ -e "$mark" ] && return
  say "installing $* into $venv"
  [ -x "$venv/bin/python" ] || { mkdir -p "$(dirname "$venv")" && python3 -m venv --clear "$venv"; } || {
    say "cannot make $venv: is the disk full?"
    return 1
  }
  "$venv/bin/python" -m pip --quiet --disable-pip-version-check install "$@" || {
    say "$* could not be fetched: check the network (and the proxy), then run this again"
    return 1
  }
  : >"$mark"
}

packages=$build_packages
with_tests=
with_benchmarks=
for argument in "$@"; do
  case $argument in
    --demo) packages="$packages $demo_packages" ;;
    --tests) packages="$packages $test_packages"; with_tests=yes ;;
    --benchmarks) packages="$packages $benchmark_packages"; with_benchmarks=yes ;;
    --all) packages="$packages $demo_packages $test_packages $benchmark_packages"; with_tests=yes; with_benchmarks=yes ;;
    -h | --help) usage; exit 0 ;;
    *) say "unknown argument: $argument"; usage >&2; exit 2 ;;
  esac
done

command -v dpkg-query >/dev/null || fail "there is no dpkg here: Aisle is built on Debian 12"
# shellcheck disable=SC2086
missing=$(missing_of $packages)
# shellcheck disable=SC2086
[ -z "$missing" ] || install_packages $missing
# shellcheck disable=SC2086
[ -z "$with_benchmarks" ] || install_python benchmarks $benchmark_python || exit 1
# All other tests run without these; the one that does not says so and fails.
# shellcheck disable=SC2086
[ -z "$with_tests" ] || install_python tests $test_python || say "the test of ONNX files will fail"
say "all packages are there"
