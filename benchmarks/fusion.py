#!/usr/bin/env python3
"""Fused models against their members: on applications, drawings and a catalogue, whole and with parts missing.

  apps       Debian's applications (name, summary, description, icon), five folds by id, as in small_data.py
  clipart    Open Clip Art (title, description, drawing), five folds by group, which keeps equal texts together
  catalogue  a fixed tenth of Debian's packages (by a keyed hash of the group), text alone, on Aisle's own split

Models: linear, sentence (MiniLM), picture (EfficientNet-Lite0), average, weighted and concat of the three, and a cascade
of linear and weighted. Nothing is chosen on these test parts. Needs scripts/fetch_catalogue.py, fetch_backbones.py and,
for clipart, fetch_clipart.py. A data set's features are computed once and kept in .cache/benchmarks.
"""

import statistics

import common
from common import Aisle, CACHE, DATA, Report, WORK, say

FOLDS = 5
MEMBERS = "linear,sentence:minilm,picture:lite0"
MODELS = {
    "linear": ("linear",),
    "sentence": ("sentence", "--set", "backbone=minilm"),
    "picture": ("picture", "--set", "backbone=lite0"),
    "average": ("average", "--set", f"members={MEMBERS}"),
    "weighted": ("weighted", "--set", f"members={MEMBERS}"),
    "concat": ("concat", "--set", f"members={MEMBERS}"),
    "cascade": ("cascade", "--set", "first=linear", "--set", "second=weighted", "--set", f"second.members={MEMBERS}"),
}
TEXT_MODELS = {
    "linear": MODELS["linear"],
    "sentence": MODELS["sentence"],
    "weighted": ("weighted", "--set", "members=linear,sentence:minilm"),
}
FUSIONS = ("weighted", "concat")


def fold_of(item):
    return int(common.keyed_fraction(item["id"], "aisle folds") * FOLDS)


def fold_of_group(item):
    return int(common.keyed_fraction(item.get("group", item["id"]), "aisle folds") * FOLDS)


class Bench:
    """One workspace for all folds of a data set, so that features are computed once."""

    def __init__(self, options, name, fields, image):
        self.aisle, self.name, self.fields, self.image = Aisle(options.aisle, WORK / f"fusion-{name}"), name, fields, image
        self.robustness, self.only = options.robustness, options.models
        self.measures, self.rows, self.train_seconds = {}, {}, {}
        if not self.aisle.workspace.is_dir():
            self.aisle.workspace.parent.mkdir(parents=True, exist_ok=True)
            common.measured([options.aisle, "init", self.aisle.workspace, "--quiet"])
            self.aisle.run("backbone", "add", CACHE / "weights/minilm", "--name", "minilm")
            self.aisle.run("backbone", "add", CACHE / "weights/efficientnet_lite0.pth", "--name", "lite0")

    def run(self, part, items, folder, models):
        """A task of its own: trains every model and measures it on the test part."""
        task = f"{self.name}-{part}"
        self.aisle.run("task", "remove", task, accept=(0, 1))
        self.aisle.run("task", "create", task, "--kind", "category", "--text", ",".join(self.fields),
                       *(("--image", "image") if self.image else ()))
        source = folder / f".fusion-{self.name}-{part}.jsonl"
        wanted = ("id", "label", "split", *self.fields, *(("image",) if self.image else ()))
        try:
            common.write_jsonl(source, [{name: item[name] for name in wanted if item.get(name)} for item in items])
            self.aisle.import_items(task, source)
        finally:
            source.unlink(missing_ok=True)
        for model, words in models.items():
            if self.only and model not in self.only:
                continue
            _, figures = self.aisle.train(task, "--model", *words)
            more = ("--robustness",) if self.robustness else ()
            _, measured = self.aisle.run_json("evaluate", "--task", task, "--version", str(figures["version"]), *more)
            say(f"  {task} {model}: accuracy {measured['accuracy']:.4f}, weighted F1 {measured['weighted_f1']:.4f}")
            self.measures.setdefault(model, []).append(measured)
            self.train_seconds.setdefault(model, []).append(figures["train_seconds"])
            for row in measured.get("robustness") or []:
                self.rows.setdefault(row["what"], {}).setdefault(model, []).append(row["weighted_f1"])

    def mean(self, model, measure="accuracy"):
        return statistics.mean(one[measure] for one in self.measures[model])

    def best(self, models):
        """Of those that were measured, the most accurate; None where none was."""
        return max((model for model in models if model in self.measures), key=self.mean, default=None)

    def tell(self, report):
        for model in self.measures:
            report.figure(f"{self.name} {model}: accuracy", self.mean(model))
            report.figure(f"{self.name} {model}: weighted F1", self.mean(model, "weighted_f1"))
            report.figure(f"{self.name} {model}: calibration error", self.mean(model, "expected_calibration_error"))
            report.figure(f"{self.name} {model}: seconds of training", statistics.mean(self.train_seconds[model]))
        if not self.rows:
            return
        print(f"\n{self.name}, weighted F1, mean of {len(next(iter(self.measures.values())))}\n")
        print("| | " + " | ".join(self.measures) + " |\n|---|" + "---:|" * len(self.measures))
        whole = {model: [one["weighted_f1"] for one in self.measures[model]] for model in self.measures}
        for what, by_model in {"whole items": whole, **self.rows}.items():
            cells = [f"{statistics.mean(by_model[model]):.3f}" if model in by_model else "" for model in self.measures]
            print(f"| {what} | " + " | ".join(cells) + " |")
            for model, values in by_model.items():
                report.figures[f"{self.name} {model}, {what}: weighted F1"] = statistics.mean(values)


def folds_of(items, fold_of_item, count):
    for fold in range(count):
        yield fold, [item | {"split": "test" if fold_of_item(item) == fold else "train"} for item in items]


def run_apps(options, report):
    bench = Bench(options, "apps", ("title", "summary", "body"), True)
    for fold, items in folds_of(common.read_jsonl(DATA / "apps.jsonl"), fold_of, options.folds):
        bench.run(fold, items, DATA, MODELS)
    bench.tell(report)
    best_member = bench.best(("linear", "sentence", "picture"))
    best_fusion = bench.best(FUSIONS)
    if "sentence" in bench.measures:
        report.at_least("apps sentence: accuracy of all folds", bench.mean("sentence"), 0.72)
    if best_member and best_fusion:
        report.at_least(f"apps fusion ({best_fusion}): accuracy of all folds", bench.mean(best_fusion), 0.755)
        report.at_least(f"apps fusion: against its best member ({best_member})", bench.mean(best_fusion), bench.mean(best_member))
    if "weighted" in bench.measures and "cascade" in bench.measures:
        report.at_most("apps cascade: weighted F1 lost against weighted",
                       bench.mean("weighted", "weighted_f1") - bench.mean("cascade", "weighted_f1"), 0.003)


def run_clipart(options, report):
    bench = Bench(options, "clipart", ("title", "body"), True)
    for fold, items in folds_of(common.read_jsonl(DATA / "clipart/clipart.jsonl"), fold_of_group, options.folds):
        bench.run(fold, items, DATA / "clipart", MODELS)
    bench.tell(report)
    best_member, best_fusion = bench.best(("linear", "sentence", "picture")), bench.best(FUSIONS)
    if best_member and best_fusion:
        report.at_least(f"clipart fusion ({best_fusion}): at least its best member ({best_member})", bench.mean(best_fusion),
                        bench.mean(best_member))


def run_catalogue(options, report):
    bench = Bench(options, "catalogue", ("title", "body"), False)
    tenth = [item for item in common.read_jsonl(DATA / "catalogue.jsonl")
             if common.keyed_fraction(item.get("group", item["id"]), "aisle tenth") < 0.1]
    report.figure("catalogue: items of the fixed tenth", len(tenth))
    bench.run("tenth", common.with_own_split(tenth), DATA, TEXT_MODELS)
    bench.tell(report)
    if "weighted" in bench.measures and "linear" in bench.measures:
        report.at_least("catalogue: linear with sentence against linear", bench.mean("weighted"), bench.mean("linear"))


SETS = {"apps": run_apps, "clipart": run_clipart, "catalogue": run_catalogue}


def main():
    parser = common.arguments(__doc__)
    parser.add_argument("--data", choices=(*SETS, "all"), default="all", help="which data set (default: %(default)s)")
    parser.add_argument("--folds", type=int, choices=range(1, FOLDS + 1), default=FOLDS, help="only the first of them")
    parser.add_argument("--models", type=lambda text: text.split(","), help="only these, with the bars that they allow")
    parser.add_argument("--robustness", action="store_true", help="measure with parts missing and typos as well")
    options = common.parse(parser)
    for needed, script in ((CACHE / "weights/minilm", "fetch_backbones.py"), (DATA / "apps.jsonl", "fetch_catalogue.py")):
        if not needed.exists():
            common.stop(f"there is no {needed}: run scripts/{script}")
    WORK.mkdir(parents=True, exist_ok=True)
    report = Report("fusion", options)
    for name, run in SETS.items():
        if options.data in (name, "all"):
            run(options, report)
    report.finish()


if __name__ == "__main__":
    main()
