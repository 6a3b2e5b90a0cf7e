"""The small helpers of demo.sh, against files as Aisle writes them."""

import io
import json
import sys
import tempfile
import unittest
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "scripts"))

import demo_summary  # noqa: E402


def printed(*words, stdin=""):
    output = io.StringIO()
    with redirect_stdout(output), mock.patch("sys.stdin", io.StringIO(stdin)):
        demo_summary.main(list(words))
    return output.getvalue()


class VersionTest(unittest.TestCase):
    MODELS = json.dumps({"models": [{"version": 4, "model": "linear", "snapshot": 2}, {"version": 3, "model": "sentence", "snapshot": 1},
                                    {"version": 2, "model": "linear", "snapshot": 2}, {"version": 1, "model": "linear", "snapshot": 1}]})

    def test_the_newest_on_the_newest_snapshot(self):
        self.assertEqual(printed("version", "linear", stdin=self.MODELS), "4\n")

    def test_one_of_older_items_does_not_count(self):
        self.assertEqual(printed("version", "sentence", stdin=self.MODELS), "\n")
        self.assertEqual(printed("version", "linear", stdin='{"models": []}'), "\n")


class TableTest(unittest.TestCase):
    def test_a_row_a_model_with_what_is_undefined_left_out(self):
        with tempfile.TemporaryDirectory() as folder:
            for model, accuracy in (("linear", 0.7071), ("picture", None)):
                figures = {"items": 191, "classes": 11, "accuracy": accuracy, "weighted_f1": 0.7, "micro_f1": 0.7, "jaccard": None,
                           "train_seconds": 1.25, "model_bytes": 2_000_000}
                (Path(folder) / f"apps-{model}-evaluation.json").write_text(json.dumps(figures), encoding="utf-8")
            lines = printed("models", folder, "apps", "linear", "picture").splitlines()
        self.assertEqual(lines[0].split()[0], "model")
        self.assertEqual(lines[1].split()[:4], ["linear", "191", "11", "0.707"])
        self.assertEqual(lines[2].split()[:4], ["picture", "191", "11", "-"])


if __name__ == "__main__":
    unittest.main()
