#!/usr/bin/env python3
"""Growth: import and training of 1, 2, 4 and 8 times the catalogue.

Copies have other ids and groups, and part of their words replaced, so that none is a duplicate. Training time and memory must not
grow faster than the data; the memory of the import must not grow by more than 200 bytes an item.
"""

import random
import shutil

import common
from common import Aisle, DATA, MEGABYTE, Report, WORK, say

TASK = "catalogue"
FACTORS = (1, 2, 4, 8)
# Half: a smaller part would leave copies that are near duplicates, and 8 times as many of them.
REPLACED = 0.5
# What a step may take over twice the step before: measuring is noisy, and fixed parts make it less anyway.
TOLERANCE = 1.15
# The fastest counts: a single one of a few seconds is as noisy as the machine.
TRAININGS = 3


def changed(text, vocabulary, chance):
    """The text with part of its words replaced by words of the catalogue; lines stay."""
    return "\n".join(" ".join(chance.choice(vocabulary) if chance.random() < REPLACED else word for word in line.split(" "))
                     for line in text.split("\n"))


def copies(items, number, vocabulary):
    """The items of one copy; copy 0 is the original."""
    chance = random.Random(number)
    for item in items:
        if number == 0:
            yield item
        else:
            yield item | {"id": f"{item['id']}-{number}", "group": f"{item['group']}-{number}",
                          "title": changed(item["title"], vocabulary, chance),
                          "body": changed(item["body"], vocabulary, chance)}


def write_grown(path, items, factor, vocabulary):
    for number in range(factor):
        common.write_jsonl(path, copies(items, number, vocabulary), mode="a" if number else "w")


def run_factor(options, report, items, factor, vocabulary):
    """Returns the number of items, and the costs of import and training."""
    say(f"{factor} times the data")
    source, workspace = WORK / "growth.jsonl", WORK / "growth"
    write_grown(source, items, factor, vocabulary)
    aisle = Aisle(options.aisle, workspace)
    aisle.fresh_task(TASK, "category", "title,body")
    import_cost = aisle.import_items(TASK, source)
    train_cost, figures = min((aisle.train(TASK) for _ in range(TRAININGS)), key=lambda run: report.seconds(run[0]))
    report.cost(f"{factor}x import", import_cost)
    report.cost(f"{factor}x train", train_cost)
    report.figure(f"{factor}x accuracy", figures["accuracy"])
    source.unlink()
    shutil.rmtree(workspace)
    return factor * len(items), import_cost, train_cost


def main():
    parser = common.arguments(__doc__)
    parser.add_argument("--largest", type=int, choices=FACTORS, default=FACTORS[-1],
                        help="stop at this multiple (default: %(default)s)")
    options = common.parse(parser)
    report = Report("growth", options)
    WORK.mkdir(parents=True, exist_ok=True)
    items = common.read_jsonl(DATA / "catalogue.jsonl")
    vocabulary = [word for item in items[::20] for word in item["body"].split()]
    factors = [factor for factor in FACTORS if factor <= options.largest]
    runs = [run_factor(options, report, items, factor, vocabulary) for factor in factors]
    for factor, before, after in zip(factors[1:], runs, runs[1:]):
        ratio = after[0] / before[0] * TOLERANCE
        report.at_most(f"train seconds, {factor}x / {factor // 2}x",
                       report.seconds(after[2]) / report.seconds(before[2]), ratio)
        report.at_most(f"train memory, {factor}x / {factor // 2}x", after[2].peak_bytes / before[2].peak_bytes, ratio)
    if len(runs) > 1:
        first, last = runs[0], runs[-1]
        report.at_most("import memory, bytes an item over the fixed part",
                       (last[1].peak_bytes - first[1].peak_bytes) / (last[0] - first[0]), 200)
    report.finish()


if __name__ == "__main__":
    main()
