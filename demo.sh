#!/usr/bin/env bash
# From a fresh machine to trained, measured, served classifiers on real data: three tasks, and one of them with pretrained
# networks too.
#   ./demo.sh          ends with a running server (Ctrl-C stops it)
#   ./demo.sh --once   stops instead of serving
# Running it again takes seconds: only what is missing is done.
set -euo pipefail
cd "$(dirname "$0")"

once=no
for word in "$@"; do
  case "$word" in
    --once) once=yes ;;
    -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "demo.sh: unknown option '$word'; see ./demo.sh --help" >&2; exit 2 ;;
  esac
done

source scripts/common.sh
aisle=build/release/src/app/aisle
export AISLE_WORKSPACE=demo/workspace
data=${AISLE_CACHE:-.cache}/data
weights=${AISLE_CACHE:-.cache}/weights

step "Packages"
scripts/setup.sh --demo
step "Build"
build_release aisle
step "Data"
scripts/fetch_catalogue.py

mkdir -p demo
[ -f "$AISLE_WORKSPACE/aisle.toml" ] || "$aisle" init "$AISLE_WORKSPACE"

# A later version serves only when it is better; one that is not stays a candidate, and that is no failure.
promote() {
  [ "$("$aisle" models list --task "$1" --json | grep -c candidate)" = 0 ] || "$aisle" models promote --task "$1" || [ $? -eq 4 ]
}

# learn TASK KIND FIELDS [IMAGE]: imports, trains when something is new, measures, writes the report.
learn() {
  local task=$1 kind=$2 fields=$3 image=${4:-}
  step "Task $task"
  # What an older Aisle trained here may not be readable: then start afresh.
  if "$aisle" models show --task "$task" >/dev/null 2>&1 && ! "$aisle" predict --task "$task" --field title=x >/dev/null 2>&1; then
    "$aisle" task remove "$task"
  fi
  "$aisle" task show "$task" >/dev/null 2>&1 || "$aisle" task create "$task" --kind "$kind" --text "$fields" ${image:+--image "$image"}
  "$aisle" import --task "$task" --certified --json "$data/$task.jsonl" >"demo/$task-import.json" || [ $? -eq 3 ]
  if ! "$aisle" models show --task "$task" --json >/dev/null 2>&1 || scripts/demo_summary.py changed "demo/$task-import.json"; then
    "$aisle" train --task "$task"
    promote "$task"
  fi
  "$aisle" evaluate --task "$task" --report "demo/$task-report.html" --json >"demo/$task-evaluation.json"
}

# backbone NAME SOURCE: kept in the workspace.
backbone() {
  "$aisle" backbone show "$1" >/dev/null 2>&1 || "$aisle" backbone add "$2" --name "$1"
}

# version MODEL: the number of apps' version of that kind, trained on the items as they are now.
version() {
  "$aisle" models list --task apps --json | scripts/demo_summary.py version "$1"
}

# fit MODEL SETTINGS: such a version, trained where there is none; measures it.
fit() {
  local model=$1 settings=$2
  if [ -z "$(version "$model")" ]; then
    # shellcheck disable=SC2086
    "$aisle" train --task apps --model "$model" $settings
  fi
  "$aisle" evaluate --task apps --version "$(version "$model")" --json >"demo/apps-$model-evaluation.json"
}

learn questions tags title,body
learn catalogue category title,body
learn apps category title,summary,body image

step "The same applications with pretrained networks: what their words mean, what their icons show, and all of it as one"
networks=no
if scripts/fetch_backbones.py; then
  networks=yes
  backbone minilm "$weights/minilm"
  backbone lite0 "$weights/efficientnet_lite0.pth"
  fit linear ""
  fit sentence "--set backbone=minilm"
  fit picture "--set backbone=lite0"
  fit weighted "--set members=$(version linear),$(version sentence),$(version picture)"
  promote apps
else
  echo "Going on without pretrained networks: the three tasks need none."
fi

step "What was learned"
scripts/demo_summary.py table demo questions catalogue apps
if [ "$networks" = yes ]; then
  echo
  scripts/demo_summary.py models demo apps linear sentence picture weighted
fi
echo "Reports: demo/questions-report.html demo/catalogue-report.html demo/apps-report.html"

step "One prediction each"
"$aisle" predict --task questions --field title="library to read and write PNG images" --field body="Decodes and encodes portable network graphics files; headers for development."
"$aisle" predict --task catalogue --field title="fast web server" --field body="Serves static files and proxies requests over HTTP."
"$aisle" predict --task apps --field title="Chess" --field body="Play chess against the computer or a friend."
if [ "$networks" = yes ]; then
  echo
  "$aisle" predict --task apps --version "$(version weighted)" --field title=Stellarium --field summary="Desktop Planetarium" \
    --image "$data/icons/stellarium_stellarium.png"
fi

[ "$once" = no ] || exit 0
step "Serve"
port=$(scripts/demo_summary.py port 8080)
cat <<TEXT
The page:  http://127.0.0.1:$port/
Try:       curl -s http://127.0.0.1:$port/tasks/apps/predict -H 'Content-Type: application/json' \\
             -d '{"title": "Chess", "body": "Play chess against the computer."}'
Stop it with Ctrl-C.
TEXT
exec "$aisle" serve --port "$port"
