#!/usr/bin/env python3
"""Serving: `aisle serve` against a bare Boost.Beast server that gives a fixed answer of the same size.

`wrk` on one core sends 20,000 different texts over 32 connections; the server has the other core. The answers are
compared with those of `aisle predict` first.
"""

import contextlib
import http.client
import json
import socket
import subprocess
import time

import common
from common import CPUS, DATA, REPOSITORY, Report, WORK, need_program, say

TASK = "catalogue"
TEXTS = 20_000
CHECKED = 100
CONNECTIONS = 32
PATH = f"/tasks/{TASK}/predict"
BARE = REPOSITORY / "build/bench/benchmarks/bare_beast"


def build_bare_server():
    say("Building the bare server")
    for command in (["cmake", "--preset", "bench"], ["cmake", "--build", "--preset", "bench", "--target", "bare_beast"]):
        subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, check=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serving(command, port):
    """Runs a server on the second core; gives it when it accepts connections."""
    say(f"Starting {command[0]}")
    log = WORK / "serving.log"
    with open(log, "wb") as output:
        process = subprocess.Popen(["taskset", "-c", str(CPUS[-1]), *map(str, command)], stdout=output, stderr=output)
    try:
        wait_until_ready(process, port, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(process, port, log):
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    common.stop(f"the server did not start; its words are in {log}")


def post(connection, body):
    connection.request("POST", PATH, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    data = response.read()
    if response.status != 200:
        common.stop(f"status {response.status}: {data[:200]!r}")
    return data


def check_answers(aisle, items, port):
    """The server says what the command line says. Returns the mean size of an answer in bytes."""
    expected = aisle.predictions(TASK, items)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    size_bytes = 0
    for item, answer in zip(items, expected, strict=True):
        data = post(connection, json.dumps(body_of(item)))
        size_bytes += len(data)
        top, expected_top = json.loads(data)["predictions"][0], answer["predictions"][0]
        if top["label"] != expected_top["label"] or abs(top["probability"] - expected_top["probability"]) > 1e-4:
            common.stop(f"{item['id']}: the server says {top}, `aisle predict` {expected_top}")
    connection.close()
    return size_bytes // len(items)


def body_of(item):
    return {"title": item["title"], "body": item["body"]}


def load(bodies, port, seconds):
    """What wrk saw on the first core: requests a second, p50_ms, p99_ms. Stops on any failed request."""
    command = ["taskset", "-c", str(CPUS[0]), need_program("wrk", "wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s",
               "-s", REPOSITORY / "benchmarks/serving.lua", f"http://127.0.0.1:{port}{PATH}", "--", bodies]
    result = subprocess.run(list(map(str, command)), text=True, stdout=subprocess.PIPE, check=True)
    seen = json.loads(result.stdout.splitlines()[-1])
    if seen["failed"] or not seen["requests"]:
        common.stop(f"{seen['failed']} of {seen['requests']} requests failed")
    return seen | {"rate": seen["requests"] / seen["seconds"]}


def main():
    parser = common.arguments(__doc__)
    common.competitors_only(parser)
    parser.add_argument("--seconds", type=int, default=10, help="length of one run (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="the median of so many rounds counts (default: %(default)s)")
    parser.add_argument("--bare", type=common.Path, default=BARE, help="the bare server (default: %(default)s)")
    options = common.parse(parser)
    if len(CPUS) < 2:
        common.stop("this benchmark needs two cores")
    report = Report("serving", options)
    WORK.mkdir(parents=True, exist_ok=True)
    if options.bare == BARE:
        build_bare_server()

    items = common.read_jsonl(DATA / "catalogue.jsonl")[::3][:TEXTS]
    bodies = WORK / "serving.jsonl"
    common.write_jsonl(bodies, map(body_of, items))
    report.figure("different texts", len({json.dumps(body_of(item)) for item in items}))

    size_bytes, port, bare_port = 400, free_port(), free_port()
    seen = {"bare": [], "aisle": []}
    with contextlib.ExitStack() as servers:
        if not options.competitors_only:
            aisle = common.catalogue_model(options)
            servers.enter_context(serving([options.aisle, "serve", "--port", port, "--workspace", aisle.workspace], port))
            size_bytes = check_answers(aisle, items[:CHECKED], port)
        servers.enter_context(serving([options.bare, bare_port, size_bytes], bare_port))
        for number in range(options.rounds):
            say(f"Round {number + 1} of {options.rounds}")
            seen["bare"].append(load(bodies, bare_port, options.seconds))
            if not options.competitors_only:
                seen["aisle"].append(load(bodies, port, options.seconds))

    report.figure("bytes of an answer", size_bytes)
    middle = {}
    for name, runs in seen.items():
        if runs:
            middle[name] = sorted(runs, key=lambda run: run["rate"])[len(runs) // 2]
            report.figure(f"{name} requests a second", middle[name]["rate"])
            report.figure(f"{name} p50 ms", middle[name]["p50_ms"])
            report.figure(f"{name} p99 ms", middle[name]["p99_ms"])
    if "aisle" in middle:
        report.at_least("aisle / bare Beast", middle["aisle"]["rate"] / middle["bare"]["rate"], 0.5)
        report.at_most("aisle p99 ms", middle["aisle"]["p99_ms"], 5)
    report.finish()


if __name__ == "__main__":
    main()
