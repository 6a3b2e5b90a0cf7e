"""What the benchmarks share: arguments, measuring, Aisle's command line, scores, the report."""

import argparse
import collections
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("AISLE_CACHE") or REPOSITORY / ".cache")
DATA = CACHE / "data"
WORK = CACHE / "benchmarks"

CPUS = sorted(os.sched_getaffinity(0))[:2]
MEGABYTE = 1_000_000


def say(text):
    print(text, file=sys.stderr, flush=True)


def stop(text):
    sys.exit(f"{Path(sys.argv[0]).name}: {text}")


def need_program(name, package):
    """The path of a program, or the end of the benchmark with the command that installs it."""
    return shutil.which(name) or stop(f"{name} is missing (package {package}): run scripts/setup.sh --benchmarks")


# --- arguments -----------------------------------------------------------------------------------

def arguments(description):
    """A parser with what every benchmark takes."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aisle", type=Path, default=REPOSITORY / "build/release/src/app/aisle",
                        help="the program (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as JSON")
    parser.add_argument("--time", choices=("wall", "cpu"), default="wall",
                        help="compare wall-clock time, or processor time where other work disturbs (default: wall)")
    return parser


def competitors_only(parser):
    parser.add_argument("--competitors-only", action="store_true",
                        help="run the competitors alone, on a split by this script")


def parse(parser):
    options = parser.parse_args()
    options.aisle = options.aisle.absolute()
    if not getattr(options, "competitors_only", False) and not os.access(options.aisle, os.X_OK):
        stop(f"there is no program at {options.aisle}: run `cmake --preset release && cmake --build --preset release`")
    return options


# --- measuring -----------------------------------------------------------------------------------

Cost = collections.namedtuple("Cost", "seconds cpu_seconds user_seconds peak_bytes status")


def measured(command, cpus=None, stdin=None, stdout=None, stderr=None, accept=(0,)):
    """Runs a command on `cpus` (all of CPUS unless told). Returns its Cost; stops on another exit status."""
    command = [str(part) for part in command]
    with tempfile.NamedTemporaryFile(suffix=".json") as result:
        starter = [sys.executable, "-I", "-S", str(Path(__file__).with_name("measure.py")), result.name,
                   ",".join(map(str, cpus or CPUS))]
        subprocess.run(starter + command, stdin=stdin or subprocess.DEVNULL, stdout=stdout, stderr=stderr, check=True)
        cost = Cost(**json.load(result))
    if cost.status not in accept:
        stop(f"`{' '.join(command[:6])} ...` ended with status {cost.status}")
    return cost


def measured_output(command, accept=(0,), **options):
    """The same, and what the command wrote to standard output."""
    with tempfile.TemporaryFile() as output:
        cost = measured(command, stdout=output, accept=accept, **options)
        output.seek(0)
        return cost, output.read().decode()


# --- items ---------------------------------------------------------------------------------------

def read_jsonl(path):
    try:
        with open(path, encoding="utf-8") as file:
            return [json.loads(line) for line in file]
    except FileNotFoundError:
        return stop(f"there is no {path}: run scripts/fetch_catalogue.py")


def write_jsonl(path, items, mode="w"):
    with open(path, mode, encoding="utf-8") as file:
        for item in items:
            file.write(json.dumps(item, ensure_ascii=False) + "\n")


def keyed_fraction(text, key):
    """A number in [0, 1) that depends on the text and the key alone."""
    digest = hashlib.blake2b(text.encode(), key=key.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2 ** 64


def with_own_split(items):
    """80/10/10 by a keyed hash of the group, for runs without Aisle."""
    def split(item):
        place = keyed_fraction(item.get("group", item["id"]), "aisle benchmarks")
        return "train" if place < 0.8 else "validation" if place < 0.9 else "test"
    return [item | {"split": split(item)} for item in items]


def part(items, split):
    return [item for item in items if item["split"] == split]


def labels_of(item):
    return item["label"] if isinstance(item["label"], list) else [item["label"]]


def without_label(item):
    return {key: value for key, value in item.items() if key not in ("label", "split", "group")}


# --- Aisle ---------------------------------------------------------------------------------------

class Aisle:
    """Drives the program in a workspace of its own."""

    def __init__(self, program, workspace):
        self.program, self.workspace = program, Path(workspace)

    def run(self, *words, accept=(0,), cpus=None, stdout=None):
        """Runs a subcommand quietly. Returns its Cost."""
        command = [self.program, *words, "--workspace", self.workspace, "--quiet"]
        return measured(command, cpus=cpus, stdout=stdout or subprocess.DEVNULL, accept=accept)

    def run_json(self, *words, accept=(0,), cpus=None):
        """Runs a subcommand. Returns its Cost and its JSON document."""
        command = [self.program, *words, "--workspace", self.workspace, "--quiet", "--json"]
        cost, text = measured_output(command, cpus=cpus, accept=accept)
        return cost, json.loads(text)

    def fresh_task(self, task, kind, fields):
        """An empty workspace with one task, in place of what was there."""
        shutil.rmtree(self.workspace, ignore_errors=True)
        self.workspace.parent.mkdir(parents=True, exist_ok=True)
        measured([self.program, "init", self.workspace, "--quiet"], stdout=subprocess.DEVNULL)
        self.run("task", "create", task, "--kind", kind, "--text", fields)

    def import_items(self, task, path):
        """Imports and certifies. Rejected rows (status 3) are the program's right; the summary shows them."""
        cost, summary = self.run_json("import", "--task", task, path, "--certified", accept=(0, 3))
        say(f"  imported in {cost.seconds:.1f} s: {json.dumps(summary)[:300]}")
        return cost

    def train(self, task, *words, threads=2):
        cost, figures = self.run_json("train", "--task", task, "--threads", str(threads), "--seed", "1", *words)
        say(f"  trained in {cost.seconds:.1f} s")
        return cost, figures

    def export(self, task):
        """The certified items with their split."""
        with tempfile.TemporaryFile() as output:
            self.run("data", "export", "--task", task, stdout=output)
            output.seek(0)
            items = [json.loads(line) for line in output]
        if not items or any("split" not in item for item in items):
            stop(f"`aisle data export --task {task}` gave no items with a split")
        return items

    def predict_file(self, task, source, target, *words, threads=1, cpus=None):
        return self.run("predict", "--task", task, "--input", source, "--output", target,
                        "--threads", str(threads), *words, cpus=cpus)

    def predictions(self, task, items, *words):
        """The answers to some items, checked: one each, in order, none of them an error."""
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "in.jsonl", Path(folder) / "out.jsonl"
            write_jsonl(source, map(without_label, items))
            self.predict_file(task, source, target, *words, threads=2)
            answers = read_jsonl(target)
        check_answers(items, answers)
        return answers


def check_answers(items, answers):
    """Stops unless there is one good answer an item, in the items' order."""
    if [answer.get("id") for answer in answers] != [item["id"] for item in items]:
        stop(f"{len(items)} items got {len(answers)} answers, or in another order")
    for answer in answers:
        wrong = [p for p in answer["predictions"] if not 0 <= p["probability"] <= 1]
        if not answer["predictions"] or wrong:
            stop(f"bad answer for {answer['id']}: {json.dumps(answer)[:200]}")


def catalogue_model(options, folder=None):
    """An Aisle with a trained model of `catalogue`: one that is there for this program, else a new one."""
    aisle = Aisle(options.aisle, folder or WORK / "catalogue")
    stamp = aisle.workspace.with_suffix(".program")
    identity = f"{options.aisle} {options.aisle.stat().st_mtime_ns}"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == identity and aisle.workspace.is_dir():
        return aisle
    say("Training Aisle on catalogue")
    stamp.unlink(missing_ok=True)
    aisle.fresh_task("catalogue", "category", "title,body")
    aisle.import_items("catalogue", DATA / "catalogue.jsonl")
    aisle.train("catalogue")
    stamp.write_text(identity, encoding="utf-8")
    return aisle


# --- scores: the same code for everyone ----------------------------------------------------------

def accuracy(truth, answers):
    return sum(t == a for t, a in zip(truth, answers, strict=True)) / len(truth)


def micro_f1(truth, answers):
    """Of sets of labels: 2 TP / (2 TP + FP + FN)."""
    right = sum(len(t & a) for t, a in zip(truth, answers, strict=True))
    total = sum(len(t) + len(a) for t, a in zip(truth, answers, strict=True))
    return 2 * right / total if total else float("nan")


def jaccard(truth, answers):
    """Of sets of labels: mean over items of |both| / |either|; two empty sets agree."""
    return sum(len(t & a) / len(t | a) if t | a else 1.0 for t, a in zip(truth, answers, strict=True)) / len(truth)


def calibration_error(probabilities, right, bins=15):
    """Expected calibration error with bins of equal width (Guo et al. 2017)."""
    sums = [[0, 0.0, 0] for _ in range(bins)]
    for probability, is_right in zip(probabilities, right, strict=True):
        of_bin = sums[min(int(probability * bins), bins - 1)]
        of_bin[0] += 1
        of_bin[1] += probability
        of_bin[2] += is_right
    return sum(abs(confidence - hits) for _, confidence, hits in sums) / len(right)


# --- report --------------------------------------------------------------------------------------

class Report:
    """Collects figures and bars; ends the benchmark with a table and an exit status."""

    def __init__(self, name, options):
        self.name, self.options = name, options
        self.figures, self.rows = {}, []

    def seconds(self, cost):
        """The time that this run compares."""
        return cost.seconds if self.options.time == "wall" else cost.cpu_seconds

    def cost(self, name, cost):
        """Notes all that is known about a command's cost."""
        self.figures[name] = cost._asdict()
        self.rows.append((f"{name}: seconds (user, peak MB)",
                          f"{cost.seconds:.2f} ({cost.user_seconds:.2f}, {cost.peak_bytes / MEGABYTE:.0f})", "", ""))

    def figure(self, name, value):
        self.figures[name] = value
        self.rows.append((name, shown(value), "", ""))

    def at_least(self, name, value, bar):
        self._bar(name, value, bar, value >= bar, ">=")

    def at_most(self, name, value, bar):
        self._bar(name, value, bar, value <= bar, "<=")

    def above(self, name, value, bar):
        self._bar(name, value, bar, value > bar, ">")

    def _bar(self, name, value, bar, met, sign):
        self.figures[name] = {"value": value, "bar": bar, "met": met}
        self.rows.append((name, shown(value), f"{sign} {shown(bar)}", "met" if met else "NOT MET"))

    def save(self, complete=False):
        """Writes what is known so far as JSON, where a file is wanted."""
        if not self.options.json:
            return
        document = {"benchmark": self.name, "time": self.options.time, "complete": complete, "figures": self.figures}
        if complete:
            document["met"] = self.met()
        self.options.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")

    def met(self):
        return all(row[3] != "NOT MET" for row in self.rows)

    def finish(self):
        """Prints the table, writes the JSON, exits 0 when all bars are met, else 1."""
        rows = [("figure", "value", "bar", ""), *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        print(f"\n{self.name} ({self.options.time} time, cores {','.join(map(str, CPUS))})")
        for row in rows:
            print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        self.save(complete=True)
        sys.exit(0 if self.met() else 1)


def shown(value):
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
