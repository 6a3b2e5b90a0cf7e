#!/usr/bin/env python3
"""Serving a network: a `sentence` model on MiniLM, trained on `apps`, asked by 16 clients at once.

`wrk` keeps 16 connections busy with different texts; the same texts go through `aisle predict --input` for what batches of
a file reach. The processor is shared by server and clients, as it is on one machine. With --cascade also a cascade of the
linear model and the network: its requests a second against those of the network, and its weighted F1.
"""

import contextlib
import http.client
import json
import os
import shutil
import statistics
import subprocess

import common
from common import DATA, MEGABYTE, REPOSITORY, Report, WORK, need_program, say
from serving import free_port, wait_until_ready

TASK = "apps"
TEXTS = 2000
CLIENTS = 16
STARTS = 7
FIELDS = ("title", "body")
SENTENCE, CASCADE = 2, 3


def body_of(item):
    return {name: item[name] for name in FIELDS}


def workspace(options):
    """Version 1 is linear, 2 the network, 3 the cascade where one is wanted."""
    aisle = common.Aisle(options.aisle, WORK / "network-serving")
    weights = options.weights or common.stop("name the folder of MiniLM with --weights (scripts/fetch_backbones.py)")
    aisle.fresh_task(TASK, "category", ",".join(FIELDS))
    aisle.import_items(TASK, DATA / "apps.jsonl")
    aisle.train(TASK)
    aisle.run("backbone", "add", weights, "--name", "minilm")
    aisle.train(TASK, "--model", "sentence", "--set", "backbone=minilm")
    if options.cascade:
        aisle.train(TASK, "--model", "cascade", "--set", "first=linear", "--set", "second=sentence:minilm")
    aisle.run("models", "promote", "--task", TASK, str(SENTENCE), "--force")
    return aisle


@contextlib.contextmanager
def serving(aisle, port):
    log = WORK / "network-serving.log"
    with open(log, "wb") as output:
        process = subprocess.Popen([aisle.program, "serve", "--port", str(port), "--workspace", aisle.workspace],
                                   stdout=output, stderr=output)
    try:
        wait_until_ready(process, port, log)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def load(bodies, port, version, seconds):
    """Requests a second of one version; stops on any failed request."""
    url = f"http://127.0.0.1:{port}/tasks/{TASK}/predict?version={version}"
    command = [need_program("wrk", "wrk"), "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--timeout", "20s",
               "-s", REPOSITORY / "benchmarks/serving.lua", url, "--", bodies]
    result = subprocess.run(list(map(str, command)), text=True, stdout=subprocess.PIPE, check=True)
    seen = json.loads(result.stdout.splitlines()[-1])
    if seen["failed"] or not seen["requests"]:
        common.stop(f"{seen['failed']} of {seen['requests']} requests failed")
    return seen | {"rate": seen["requests"] / seen["seconds"]}


def ask(port, version, item):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", f"/tasks/{TASK}/predict?version={version}", json.dumps(body_of(item)), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    if answer.status != 200:
        common.stop(f"status {answer.status}: {data[:200]!r}")
    return json.loads(data)


def check_answers(aisle, items, port):
    """The server says what the command line says."""
    for item, expected in zip(items, aisle.predictions(TASK, items), strict=True):
        top, wanted = ask(port, SENTENCE, item)["predictions"][0], expected["predictions"][0]
        if top["label"] != wanted["label"] or abs(top["probability"] - wanted["probability"]) > 0.01:
            common.stop(f"{item['id']}: the server says {top}, `aisle predict` {wanted}")


def offline_rate(aisle, source):
    """Texts a second of `aisle predict --input`, less what one text takes."""
    target, one = WORK / "network-serving.out", WORK / "network-serving.one"
    with open(source, encoding="utf-8") as lines:
        one.write_text(lines.readline(), encoding="utf-8")
    started = min(aisle.predict_file(TASK, one, target, threads=2).seconds for _ in range(3))
    return TEXTS / (aisle.predict_file(TASK, source, target, threads=2).seconds - started)


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def weight_bytes(folder):
    return sum(path.stat().st_size for path in folder.rglob("*.safetensors"))


def main():
    parser = common.arguments(__doc__)
    parser.add_argument("--weights", type=common.Path, help="MiniLM as Hugging Face's folder")
    parser.add_argument("--cascade", action="store_true", help="also the cascade of linear and sentence")
    parser.add_argument("--seconds", type=int, default=10, help="length of one run (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="the median of so many rounds counts (default: %(default)s)")
    options = common.parse(parser)
    report = Report("network_serving", options)
    WORK.mkdir(parents=True, exist_ok=True)
    aisle = workspace(options)

    items = [{"id": str(number), **body_of(item)} for number, item in enumerate(common.read_jsonl(DATA / "apps.jsonl")[:TEXTS])]
    source, bodies = WORK / "network-serving-items.jsonl", WORK / "network-serving.jsonl"
    common.write_jsonl(source, items)
    common.write_jsonl(bodies, map(body_of, items))

    text = [f"{name}={items[0][name]}" for name in FIELDS]
    starts = [aisle.run("predict", "--task", TASK, "--field", text[0], "--field", text[1]) for _ in range(STARTS)]
    port = free_port()
    seen = {"offline": [], "served": [], "cascade": []}
    with serving(aisle, port) as process:
        check_answers(aisle, items[:20], port)
        for number in range(options.rounds):
            say(f"Round {number + 1} of {options.rounds}")
            seen["offline"].append(offline_rate(aisle, source))
            seen["served"].append(load(bodies, port, SENTENCE, options.seconds)["rate"])
            if number == 0:
                resident = resident_bytes(process.pid)
            if options.cascade:
                seen["cascade"].append(load(bodies, port, CASCADE, options.seconds)["rate"])
    middle = {name: statistics.median(rates) for name, rates in seen.items() if rates}
    for name, rate in middle.items():
        report.figure(f"{name} texts a second", rate)
    report.at_least("served / offline", middle["served"] / middle["offline"], 0.9)
    report.at_most("first answer ms", statistics.median(map(report.seconds, starts)) * 1000, 300)
    allowed = 1.3 * weight_bytes(options.weights) + 100 * MEGABYTE
    report.figure("resident MB", resident / MEGABYTE)
    report.at_most("resident / allowed", resident / allowed, 1)
    if options.cascade:
        report.at_least("cascade / network", middle["cascade"] / middle["served"], 5)
        scores = [aisle.run_json("evaluate", "--task", TASK, "--version", str(version))[1]["weighted_f1"]
                  for version in (SENTENCE, CASCADE)]
        report.at_most("weighted F1 lost, points", (scores[0] - scores[1]) * 100, 0.3)
    shutil.rmtree(aisle.workspace, ignore_errors=True)
    report.finish()


if __name__ == "__main__":
    main()
