#!/bin/sh
# Runs Python with the packages that the tests compare with; scripts/setup.sh --tests installs them.
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
venv=${AISLE_CACHE:-$root/.cache}/venv
if ! "$venv/bin/python" -c "import numpy, onnx, onnxruntime"; then
  echo "$0: there is no onnxruntime in $venv: run scripts/setup.sh --tests" >&2
  exit 1
fi
exec "$venv/bin/python" "$@"
