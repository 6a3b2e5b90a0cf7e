#!/usr/bin/env python3
"""Starting: `aisle predict` of one text, the whole process from start to exit, with the model of the catalogue."""

import statistics

import common
from common import CPUS, MEGABYTE, Report

RUNS = 20
TEXT = ("--field", "title=Real-time strategy game of ancient warfare",
        "--field", "body=Lead a civilization of the ancient world, gather resources, and fight battles in 3D.")


def main():
    options = common.parse(common.arguments(__doc__))
    report = Report("start", options)
    aisle = common.catalogue_model(options)
    _, answer = aisle.run_json("predict", "--task", "catalogue", *TEXT)  # fills the page cache, too
    top = answer["predictions"][0]
    if top["label"] != "games":
        common.stop(f"a game was put into {top['label']}: the model is not good enough to be timed")
    costs = [aisle.run("predict", "--task", "catalogue", *TEXT, cpus=CPUS[:1]) for _ in range(RUNS)]
    report.figure("answer", round(top["probability"], 3))
    report.figure("fastest ms", min(map(report.seconds, costs)) * 1000)
    report.at_most("median ms", statistics.median(map(report.seconds, costs)) * 1000, 50)
    report.at_most("peak memory MB", max(cost.peak_bytes for cost in costs) / MEGABYTE, 60)
    report.finish()


if __name__ == "__main__":
    main()
