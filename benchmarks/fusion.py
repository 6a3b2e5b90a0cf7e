#!/usr/bin/env python3
"""Fused models against their members: on applications, drawings and a catalogue, whole and with parts missing.

  apps       Debian's applications (name, summary, description, icon), five folds by id, as in small_data.py
  clipart    Open Clip Art (title, description, drawing), five folds by group, which keeps equal texts together
  catalogue  a fixed tenth of Debian's packages (by a keyed hash of the group), text alone, 80/10/10 by group

Models: linear, sentence (MiniLM), picture (EfficientNet-Lite0), average, weighted and concat of the three, and a cascade
of linear and weighted. The bars judge `weighted`, named before any test part was looked at: its weights are fitted on
held-out items, so `average` is one of its cases, and a member that harms gets no weight. The others are figures. Needs
scripts/fetch_backbones.py, fetch_catalogue.py and, for clipart, fetch_clipart.py. A data set's features are computed
once and kept in .cache/benchmarks, where each fold's measures lie as well (fusion-NAME.json).
"""

import argparse
import collections
import json
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
SINGLE = ("linear", "sentence", "picture")
JUDGED = "weighted"
BACKBONES = {"minilm": CACHE / "weights/minilm", "lite0": CACHE / "weights/efficientnet_lite0.pth"}


def fold_of(item):
    return int(common.keyed_fraction(item["id"], "aisle folds") * FOLDS)


def fold_of_group(item):
    return int(common.keyed_fraction(item.get("group", item["id"]), "aisle folds") * FOLDS)


def weighted_f1(pairs):
    """Of (truth, answer): the mean of the labels' F1, each by its share of the truth."""
    truth = collections.Counter(pair[0] for pair in pairs)
    answered = collections.Counter(pair[1] for pair in pairs)
    right = collections.Counter(pair[0] for pair in pairs if pair[0] == pair[1])
    return sum(count * 2 * right[label] / (count + answered[label]) for label, count in truth.items()) / len(pairs)


class Bench:
    """One workspace for all folds of a data set, so that features are computed once."""

    def __init__(self, options, name, fields, image, robustness):
        self.aisle, self.name, self.fields, self.image = Aisle(options.aisle, WORK / f"fusion-{name}"), name, fields, image
        self.robustness = robustness if options.robustness is None else options.robustness
        self.only = options.models
        self.measures, self.rows, self.train_seconds, self.answers = {}, {}, {}, {}
        self.log = []
        if not self.aisle.workspace.is_dir():
            self.aisle.workspace.parent.mkdir(parents=True, exist_ok=True)
            common.measured([options.aisle, "init", self.aisle.workspace, "--quiet"])
        there = {backbone["name"] for backbone in self.aisle.run_json("backbone", "list")[1]["backbones"]}
        for backbone in BACKBONES.keys() - there:
            self.aisle.run("backbone", "add", BACKBONES[backbone], "--name", backbone)

    def run(self, part, items, folder, models):
        """A task of its own: trains every model and measures it on the test part."""
        task = f"{self.name}-{part}"
        if task in {one["task"] for one in self.aisle.run_json("task", "list")[1]["tasks"]}:
            self.aisle.run("task", "remove", task)
        self.aisle.run("task", "create", task, "--kind", "category", "--text", ",".join(self.fields),
                       *(("--image", "image") if self.image else ()))
        source = folder / f".fusion-{self.name}-{part}.jsonl"
        names = ("id", "label", "group", "split", *self.fields, *(("image",) if self.image else ()))
        try:
            common.write_jsonl(source, [{name: item[name] for name in names if item.get(name)} for item in items])
            self.aisle.import_items(task, source)
        finally:
            source.unlink(missing_ok=True)
        for model, words in models.items():
            if not self.only or model in self.only:
                self.measure(task, model, words)
        if "cascade" in self.measures and JUDGED in self.measures:
            self.ask(task, common.part(items, "test"), folder)
        (WORK / f"fusion-{self.name}.json").write_text(json.dumps(self.log, indent=1) + "\n", encoding="utf-8")

    def measure(self, task, model, words):
        _, figures = self.aisle.train(task, "--model", *words)
        more = ("--robustness",) if self.robustness else ()
        _, measured = self.aisle.run_json("evaluate", "--task", task, "--version", str(figures["version"]), *more)
        say(f"  {task} {model}: accuracy {measured['accuracy']:.4f}, weighted F1 {measured['weighted_f1']:.4f}")
        self.measures.setdefault(model, []).append(measured | {"version": figures["version"]})
        self.train_seconds.setdefault(model, []).append(figures["train_seconds"])
        for row in measured.get("robustness") or []:
            self.rows.setdefault(row["what"], {}).setdefault(model, []).append(row["weighted_f1"])
        kept = ("accuracy", "weighted_f1", "expected_calibration_error", "robustness")
        self.log.append({"task": task, "model": model} | {name: measured[name] for name in kept if name in measured})

    def ask(self, task, test, folder):
        """The test part's answers of the cascade and of its second model: what the first answers, and what that costs."""
        source, target = folder / f".fusion-{self.name}-test.jsonl", WORK / f"fusion-{self.name}-answers.jsonl"
        try:
            common.write_jsonl(source, map(common.without_label, test))
            for model in ("cascade", JUDGED):
                self.aisle.predict_file(task, source, target, "--version", str(self.measures[model][-1]["version"]), threads=2)
                answers = common.read_jsonl(target)
                common.check_answers(test, answers)
                self.answers.setdefault(model, []).extend(
                    (item["label"], answer["predictions"][0]["label"], len(answer["members"]))
                    for item, answer in zip(test, answers, strict=True))
        finally:
            source.unlink(missing_ok=True)

    def run_folds(self, path, folder, fold_of_item, count):
        items = common.read_jsonl(path)
        for fold in range(count):
            self.run(fold, [item | {"split": "test" if fold_of_item(item) == fold else "train"} for item in items],
                     folder, MODELS)

    def mean(self, model, measure="accuracy"):
        return statistics.mean(one[measure] for one in self.measures[model])

    def best_single(self):
        """Of the members that were measured, the most accurate; None where none was."""
        return max((model for model in SINGLE if model in self.measures), key=self.mean, default=None)

    def tell(self, report):
        for model in self.measures:
            report.figure(f"{self.name} {model}: accuracy", self.mean(model))
            report.figure(f"{self.name} {model}: weighted F1", self.mean(model, "weighted_f1"))
            report.figure(f"{self.name} {model}: calibration error", self.mean(model, "expected_calibration_error"))
            report.figure(f"{self.name} {model}: seconds of training", statistics.mean(self.train_seconds[model]))
        if self.rows:
            self.tell_robustness(report)
        report.save()

    def tell_robustness(self, report):
        print(f"\n{self.name}, weighted F1, mean of {len(next(iter(self.measures.values())))}\n")
        print("| | " + " | ".join(self.measures) + " |\n|---|" + "---:|" * len(self.measures))
        whole = {model: [one["weighted_f1"] for one in self.measures[model]] for model in self.measures}
        for what, by_model in {"whole items": whole, **self.rows}.items():
            cells = [f"{statistics.mean(by_model[model]):.3f}" if model in by_model else "" for model in self.measures]
            print(f"| {what} | " + " | ".join(cells) + " |")
            for model, values in by_model.items():
                report.figures[f"{self.name} {model}, {what}: weighted F1"] = statistics.mean(values)


class Judge:
    """Bars on the mean of all folds; of fewer the same names are figures, which judge nothing."""

    def __init__(self, report, bench, options):
        self.report, self.bench, self.whole = report, bench, options.folds == FOLDS
        self.of = "mean of all folds" if self.whole else f"mean of {options.folds} of {FOLDS} folds, no verdict"

    def bar(self, sign, name, value, bar):
        name = f"{self.bench.name} {name}, {self.of}"
        if self.whole:
            {">": self.report.above, ">=": self.report.at_least, "<=": self.report.at_most}[sign](name, value, bar)
        else:
            self.report.figure(name, value)

    def against_members(self, sign):
        best = self.bench.best_single()
        if best and JUDGED in self.bench.measures:
            self.bar(sign, f"{JUDGED}: accuracy against the best member ({best})", self.bench.mean(JUDGED), self.bench.mean(best))

    def cascade(self):
        answers = self.bench.answers
        if "cascade" not in answers:
            return
        first = statistics.mean(asked == 1 for _, _, asked in answers["cascade"])
        self.report.figure(f"{self.bench.name} cascade: share that its first model answers", first)
        scores = {model: weighted_f1([one[:2] for one in answers[model]]) for model in answers}
        self.bar("<=", f"cascade: weighted F1 lost against {JUDGED}, all test items together",
                 scores[JUDGED] - scores["cascade"], 0.003)

    def robustness(self):
        """A missing part that is an error ends the run; what is left to judge is that everything was tried."""
        if not self.bench.robustness or JUDGED not in self.bench.measures:
            return
        wanted = len(self.bench.fields) + 1 + (2 if self.bench.image else 0)
        tried = sum(JUDGED in by_model for by_model in self.bench.rows.values())
        self.report.at_least(f"{self.bench.name} {JUDGED}: kinds of damage answered without an error", tried, wanted)


def run_apps(options, report):
    bench = Bench(options, "apps", ("title", "summary", "body"), True, True)
    bench.run_folds(DATA / "apps.jsonl", DATA, fold_of, options.folds)
    bench.tell(report)
    judge = Judge(report, bench, options)
    if "sentence" in bench.measures:
        judge.bar(">=", "sentence: accuracy", bench.mean("sentence"), 0.72)
    if JUDGED in bench.measures:
        judge.bar(">=", f"{JUDGED}: accuracy", bench.mean(JUDGED), 0.755)
    judge.against_members(">")
    judge.cascade()
    judge.robustness()


def run_clipart(options, report):
    bench = Bench(options, "clipart", ("title", "body"), True, False)
    bench.run_folds(DATA / "clipart/clipart.jsonl", DATA / "clipart", fold_of_group, options.folds)
    bench.tell(report)
    judge = Judge(report, bench, options)
    judge.against_members(">=")
    judge.cascade()
    judge.robustness()


def run_catalogue(options, report):
    bench = Bench(options, "catalogue", ("title", "body"), False, False)
    tenth = [item for item in common.read_jsonl(DATA / "catalogue.jsonl")
             if common.keyed_fraction(item.get("group", item["id"]), "aisle tenth") < 0.1]
    report.figure("catalogue: items of the fixed tenth", len(tenth))
    bench.run("tenth", common.with_own_split(tenth), DATA, TEXT_MODELS)
    bench.tell(report)
    if JUDGED in bench.measures and "linear" in bench.measures:
        report.above("catalogue: accuracy of linear with sentence against linear", bench.mean(JUDGED), bench.mean("linear"))


SETS = {"apps": run_apps, "clipart": run_clipart, "catalogue": run_catalogue}
FILES = {
    "apps": (DATA / "apps.jsonl", "fetch_catalogue.py"),
    "clipart": (DATA / "clipart/clipart.jsonl", "fetch_clipart.py"),
    "catalogue": (DATA / "catalogue.jsonl", "fetch_catalogue.py"),
}


def models_of(text):
    names = text.split(",")
    for name in names:
        if name not in MODELS:
            raise argparse.ArgumentTypeError(f"there is no model '{name}'; there are: {', '.join(MODELS)}")
    return names


def main():
    parser = common.arguments(__doc__)
    parser.add_argument("--data", choices=(*SETS, "all"), default="all", help="which data set (default: %(default)s)")
    parser.add_argument("--folds", type=int, choices=range(1, FOLDS + 1), default=FOLDS,
                        help="only the first of them, which judges nothing")
    parser.add_argument("--models", type=models_of, help="only these, with the bars that they allow")
    parser.add_argument("--robustness", action=argparse.BooleanOptionalAction,
                        help="measure with parts missing and typos as well (default: for apps)")
    options = common.parse(parser)
    chosen = [name for name in SETS if options.data in (name, "all")]
    for needed, script in [*((path, "fetch_backbones.py") for path in BACKBONES.values()), *(FILES[name] for name in chosen)]:
        if not needed.exists():
            common.stop(f"there is no {needed}: run scripts/{script}")
    WORK.mkdir(parents=True, exist_ok=True)
    report = Report("fusion", options)
    for name in chosen:
        SETS[name](options, report)
    report.finish()


if __name__ == "__main__":
    main()
