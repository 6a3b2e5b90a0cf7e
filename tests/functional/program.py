"""Runs the real program for the functional tests. The path comes from AISLE_PROGRAM."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

PROGRAM = os.environ.get("AISLE_PROGRAM", "")
TIMEOUT_S = 120
DATA = pathlib.Path(__file__).resolve().parents[1] / "data"


class Result:
    """Exit status and both streams of one run."""

    def __init__(self, finished):
        self.status = finished.returncode
        self.out = finished.stdout
        self.err = finished.stderr

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


class WorkspaceTest(unittest.TestCase):
    """A fresh folder with a workspace in it for each test."""

    def setUp(self):
        if not PROGRAM:
            self.fail("set AISLE_PROGRAM to the program under test")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="aisle-functional-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.workspace = self.folder / "workspace"
        self.aisle("init", self.workspace)

    def run_program(self, *words, stdin=None, environment=None):
        environment = {**os.environ, "AISLE_WORKSPACE": str(self.workspace), **(environment or {})}
        finished = subprocess.run([PROGRAM, *map(str, words)], input=stdin, capture_output=True, text=True, env=environment,
                                  timeout=TIMEOUT_S, check=False)
        self.assertGreaterEqual(finished.returncode, 0, f"killed by a signal: {words}\n{finished.stderr}")
        self.assertNotIn("Sanitizer", finished.stderr)
        return Result(finished)

    def aisle(self, *words, status=0, **options):
        """Runs and checks the exit status."""
        result = self.run_program(*words, **options)
        self.assertEqual(result.status, status, f"{words}\n{result.out[:2000]}\n{result.err[:2000]}")
        return result

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return path

    def write_jsonl(self, name, items):
        return self.write(name, "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items))

    def make_task(self, name="shop", kind="category", fields="title,body"):
        self.aisle("task", "create", name, "--kind", kind, "--text", fields)
        return name

    def trained_task(self, items=None, kind="category"):
        """A small task with a trained version 1."""
        task = self.make_task(kind=kind)
        path = self.write_jsonl("items.jsonl", items or (shop_items() if kind == "category" else question_items()))
        self.aisle("import", "--task", task, "--certified", path, "--quiet")
        self.aisle("train", "--task", task, "--quiet", "--threads", "1")
        return task


WORDS = {
    "shoes": "running shoes leather sole lace sneaker boots heel walking trail",
    "books": "novel paperback author chapter story fiction pages reading library poem",
    "garden": "plant seed soil flower shovel hose lawn tree pot fertiliser",
}
COLOURS = "red blue green black white yellow purple orange brown grey".split()


def shop_items(count=240):
    """Items of three easy categories, each text of its own."""
    labels = sorted(WORDS)
    items = []
    for i in range(count):
        label = labels[i % len(labels)]
        words = WORDS[label].split()
        picked = [words[(i // 3 + k * (1 + i % 4)) % len(words)] for k in range(4)]
        items.append({"id": f"item-{i:04d}", "title": f"{COLOURS[i % 10]} {picked[0]} {picked[1]} number {i}",
                      "body": f"{picked[2]} and {picked[3]}, article {i * 7919 % 1000} in {COLOURS[(i * 7) % 10]}", "label": label})
    return items


def question_items(count=240):
    """The same texts with one or two tags."""
    items = shop_items(count)
    for i, item in enumerate(items):
        item["label"] = [item["label"]] + (["colourful"] if COLOURS[i % 10] in ("red", "orange", "purple") else [])
    return items
