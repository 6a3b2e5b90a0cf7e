#!/usr/bin/env python3
"""Speed of prediction over a file: `aisle predict --input` against `fasttext predict`, on long descriptions.

The texts are descriptions of 330 to 600 characters from Debian's catalogue, repeated with other words put in, so that no
two are equal. fastText gets them already split into words; Aisle reads JSONL and writes full answers. What a run of one
text takes (starting, loading the model) is subtracted from both, for fastText's model is large and slow to load.
"""

import random

import common
from common import CPUS, DATA, Report, WORK, MEGABYTE, measured, part, say
from competitors import FastText, write_fasttext

TASK = "catalogue"
SHORTEST, LONGEST = 330, 600
CHANGED_WORDS = 0.1
CHECKED = 1000


def descriptions(items, count):
    """`count` different long descriptions, each with its own id."""
    chance = random.Random(1)
    chosen = [item for item in items if SHORTEST <= len(item["body"]) <= LONGEST]
    if not chosen:
        common.stop("the catalogue has no long descriptions")
    vocabulary = [word for item in chosen[:2000] for word in item["body"].split()]
    made = []
    for number in range(count):
        words = chosen[number % len(chosen)]["body"].split()
        for _ in range(max(1, int(len(words) * CHANGED_WORDS))):
            words[chance.randrange(len(words))] = chance.choice(vocabulary)
        made.append({"id": f"text-{number}", "body": " ".join(words)})
    return made


def fasttext_model(items):
    """The model of train_category, trained now where it is not there."""
    fasttext = FastText(WORK / "fasttext-category")
    if not fasttext.model.is_file():
        say("fastText: train")
        fasttext.train(part(items, "train"))
    return fasttext


def fasttext_cost(fasttext, texts):
    """The cost of one core's predictions, after a look at the answers."""
    source, target = WORK / "speed.txt", WORK / "speed.fasttext"
    write_fasttext(source, texts, with_labels=False)
    say(f"fastText: predict {len(texts)}")
    with open(target, "w", encoding="utf-8") as output:
        cost = measured([fasttext.program, "predict", fasttext.model, source], cpus=CPUS[:1], stdout=output)
    with open(target, encoding="utf-8") as output:
        answers = sum(line.startswith("__label__") for line in output)
    if answers != len(texts):
        common.stop(f"fastText gave {answers} answers for {len(texts)} texts")
    return cost


def check_aisle(aisle, texts):
    """The answers of one and two threads are good ones, and the same."""
    source = WORK / "speed-check.jsonl"
    common.write_jsonl(source, texts)
    answers = []
    for threads in (1, 2):
        target = WORK / f"speed-check-{threads}.jsonl"
        aisle.predict_file(TASK, source, target, threads=threads)
        answers.append(common.read_jsonl(target))
        common.check_answers(texts, answers[-1])
    for one, two in zip(*answers):
        if one["predictions"] != two["predictions"]:
            common.stop(f"one thread and two give other answers for {one['id']}")
    if len({answer["predictions"][0]["label"] for answer in answers[0]}) < 10:
        common.stop("the model gives nearly the same answer to everything")


def aisle_costs(aisle, texts):
    """The costs with one thread on one core, and with two on two."""
    source, target = WORK / "speed.jsonl", WORK / "speed.aisle"
    common.write_jsonl(source, texts)
    costs = []
    for threads in (1, 2):
        say(f"Aisle: predict {len(texts)} with {threads} threads")
        costs.append(aisle.predict_file(TASK, source, target, threads=threads, cpus=CPUS[:threads]))
        with open(target, encoding="utf-8") as output:
            answers = sum('"predictions"' in line for line in output)
        if answers != len(texts):
            common.stop(f"Aisle gave {answers} answers for {len(texts)} texts")
    return costs


def main():
    parser = common.arguments(__doc__)
    common.competitors_only(parser)
    parser.add_argument("--count", type=int, default=200_000, help="number of texts (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many rounds counts (default: %(default)s)")
    options = common.parse(parser)
    report = Report("predict_speed", options)
    WORK.mkdir(parents=True, exist_ok=True)
    items = common.read_jsonl(DATA / "catalogue.jsonl")
    texts = descriptions(items, options.count)
    report.figure("texts", len(texts))
    report.figure("mean characters", sum(len(text["body"]) for text in texts) / len(texts))
    report.figure("characters MB", sum(len(text["body"]) for text in texts) / MEGABYTE)
    aisle = None if options.competitors_only else common.catalogue_model(options)
    fasttext = fasttext_model(aisle.export(TASK) if aisle else common.with_own_split(items))
    if aisle:
        check_aisle(aisle, texts[:CHECKED])

    def round_of(texts):
        """Seconds of fastText, Aisle with one thread, Aisle with two."""
        costs = [fasttext_cost(fasttext, texts)] + (aisle_costs(aisle, texts) if aisle else [])
        # The work of two threads shows on the wall's clock alone.
        return [cost.seconds if place == 2 else report.seconds(cost) for place, cost in enumerate(costs)]

    # By turns, so that a change of the machine's speed meets all of them; the best of each counts.
    starts = fastest(round_of(texts[:1]) for _ in range(options.rounds))
    totals = fastest(round_of(texts) for _ in range(options.rounds))
    rates = [(len(texts) - 1) / (total - start) for start, total in zip(starts, totals)]
    for name, rate, start in zip(("fastText, one core", "aisle, one thread", "aisle, two threads"), rates, starts):
        report.figure(f"{name}: texts a second", rate)
        report.figure(f"{name}: seconds of one text", start)
    if aisle:
        report.at_least("aisle one thread / fastText", rates[1] / rates[0], 1.25)
        report.at_least("aisle two threads / one thread", rates[2] / rates[1], 1.8)
    report.finish()


def fastest(rounds):
    """The least of each column."""
    return [min(column) for column in zip(*rounds)]


if __name__ == "__main__":
    main()
