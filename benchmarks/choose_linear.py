#!/usr/bin/env python3
"""How the linear model's defaults were chosen: a grid on development data, as a table. No bar is measured here.

What it may see: the training and validation parts of `catalogue` and `questions`, as the program splits them. The test
parts are dropped before anything is written, and `apps` is never read. Inside, items are split again by source package.
Large tasks: `catalogue` and `questions`, three splits. Small tasks: samples of about 2,000 items with other labels, fields
and lengths of text than `apps`. Takes about an hour on two cores; `--only` runs one table.
"""

import collections
import shutil
import statistics
import sys

import common
from common import Aisle, DATA, WORK, keyed_fraction, labels_of, say
from train_tags import frequent_tags_only

FOLDER = WORK / "choose_linear"
SPLITS = (1, 2, 3)
SMALL_ITEMS, SMALL_TEST = 2000, 3000

# Each line is tried by itself against the defaults.
LARGE = ["learning_rate=2", "learning_rate=3", "learning_rate=4", "learning_rate=5", "learning_rate=7", "learning_rate=10",
         "learning_rate=14", "epochs=2", "epochs=4", "epochs=10", "batch=16", "batch=32", "batch=128", "batch=256",
         "balance_fields=false", "by_field=false", "min_items=1", "min_items=3", "word_ngrams=1", "word_ngrams=3",
         "class_weights=true", "max_model_mb=16", "max_model_mb=8"]
SLOW = ["char_ngrams=3-5 max_model_mb=128 max_memory_mb=4096"]
SMALL = ["char_ngrams=0", "char_ngrams=1-4", "char_ngrams=2-4", "char_ngrams=3-5", "char_ngrams=3-6", "learning_rate=1.5",
         "learning_rate=3", "learning_rate=4.5", "learning_rate=9", "learning_rate=12", "epochs=5", "epochs=20", "batch=4",
         "batch=16", "batch=32", "balance_fields=false", "by_field=false", "min_items=2", "word_ngrams=1",
         "class_weights=true"]
DEFAULTS = ""


def development_items(aisle_program, task, kind, items):
    """The items that the program puts into the training and validation parts."""
    path = FOLDER / f"{task}.jsonl"
    if not path.exists():
        source = FOLDER / "all.jsonl"
        common.write_jsonl(source, items)
        aisle = Aisle(aisle_program, FOLDER / "all")
        aisle.fresh_task(task, kind, "title,body")
        aisle.import_items(task, source)
        kept = [item for item in aisle.export(task) if item["split"] != "test"]
        shutil.rmtree(aisle.workspace)
        source.unlink()
        common.write_jsonl(path, [{key: item[key] for key in ("id", "title", "body", "group", "label") if key in item}
                                  for item in kept])
    return common.read_jsonl(path)


def place(item, key):
    return keyed_fraction(item.get("group") or item["id"], f"choose {key}")


def large_split(items, key):
    def part(item):
        at = place(item, key)
        return "train" if at < 0.8 else "validation" if at < 0.9 else "test"
    return [item | {"split": part(item)} for item in items]


def small_split(items, key):
    """About SMALL_ITEMS to learn from and SMALL_TEST of other groups."""
    ordered = sorted(items, key=lambda item: (place(item, key), item["id"]))
    return ([item | {"split": "train"} for item in ordered[:SMALL_ITEMS]]
            + [item | {"split": "test"} for item in ordered[-SMALL_TEST:] if place(item, key) > place(ordered[SMALL_ITEMS - 1], key)])


def with_facet(questions, facet):
    """Items with one tag of a facet, and that as label."""
    for item in questions:
        found = [label for label in labels_of(item) if label.startswith(facet + "::")]
        if len(found) == 1:
            yield item | {"label": found[0]}


def of_middle_sections(catalogue):
    """Fourteen sections of medium size: fewer labels, and without the large families of near copies."""
    counts = collections.Counter(item["label"] for item in catalogue)
    kept = {label for label, _ in counts.most_common(22)[8:]}
    return [item for item in catalogue if item["label"] in kept]


def data_sets(program):
    """Yields table, name, kind, items with their split."""
    catalogue = development_items(program, "catalogue", "category", common.read_jsonl(DATA / "catalogue.jsonl"))
    questions = development_items(program, "questions", "tags", common.read_jsonl(DATA / "questions.jsonl"))
    frequent = frequent_tags_only(questions)
    for key in SPLITS:
        yield "catalogue", f"catalogue-{key}", "category", large_split(catalogue, key)
        yield "questions", f"questions-{key}", "tags", large_split(frequent, key)
    for key in SPLITS[:2]:
        yield "small", f"middle-{key}", "category", small_split(of_middle_sections(catalogue), key)
        yield "small", f"implemented-{key}", "category", small_split(list(with_facet(questions, "implemented-in")), key)
        yield "small", f"works-{key}", "category", small_split(list(with_facet(questions, "works-with")), key)
        yield "small", f"sections-{key}", "category", small_split(catalogue, key)
        yield "small-tags", f"tags-{key}", "tags", small_split(frequent, key)


def measure(aisle, settings, seed):
    words = [word for setting in settings.split() for word in ("--set", setting)]
    cost, figures = aisle.run_json("train", "--task", "t", "--threads", "1", "--seed", str(seed), *words)
    return figures | {"user_seconds": cost.user_seconds}


def print_table(name, results):
    """results: {settings: [figures of a split and seed]}."""
    score = "micro_f1" if name in ("questions", "small-tags") else "accuracy"
    print(f"\n{name}\n{'settings':44} {score:>9} against 0 {'macro_f1':>9} {'jaccard':>8} {'ECE':>7} {'worst':>7} {'user s':>7}")
    base = [figures[score] for figures in results[DEFAULTS]]
    for settings, all_figures in results.items():
        def mean(key):
            values = [figures[key] for figures in all_figures]
            return statistics.mean(values) if None not in values else float("nan")
        errors = [figures["expected_calibration_error"] for figures in all_figures]
        gains = [figures[score] - of_base for figures, of_base in zip(all_figures, base)]
        print(f"{settings or '(defaults)':44} {mean(score):9.4f} {statistics.mean(gains):+9.4f} {mean('macro_f1'):9.4f} "
              f"{mean('jaccard'):8.4f} {mean('expected_calibration_error'):7.4f} {max(errors):7.4f} {mean('user_seconds'):7.2f}"
              f"  {' '.join(f'{gain:+.3f}' for gain in gains)}", flush=True)


def main():
    parser = common.arguments(__doc__)
    parser.add_argument("--only", choices=("catalogue", "questions", "small", "small-tags"))
    parser.add_argument("--set", action="append", metavar="SETTINGS", help="try these in place of the grid, as 'key=value key=value'")
    parser.add_argument("--seeds", type=int, default=1, help="of every split (default: 1)")
    options = common.parse(parser)
    FOLDER.mkdir(parents=True, exist_ok=True)
    grids = {"catalogue": LARGE + SLOW, "questions": LARGE, "small": SMALL, "small-tags": SMALL}
    tables = {}
    for table, name, kind, items in data_sets(options.aisle):
        if options.only not in (None, table):
            continue
        aisle = Aisle(options.aisle, FOLDER / f"{name}-workspace")
        source = FOLDER / f"{name}.jsonl"
        common.write_jsonl(source, items)
        aisle.fresh_task("t", kind, "title,body")
        aisle.import_items("t", source)
        results = tables.setdefault(table, {})
        for settings in [DEFAULTS, *(options.set or grids[table])]:
            say(f"  {name} {settings}")
            for seed in range(1, options.seeds + 1):
                results.setdefault(settings, []).append(measure(aisle, settings, seed))
        shutil.rmtree(aisle.workspace)
        say(f"  {name} done")
        print_table(table, results)


if __name__ == "__main__":
    main()
