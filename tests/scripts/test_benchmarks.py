"""What the benchmarks share: scores against values worked out by hand, splits, measuring, the report."""

import argparse
import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "benchmarks"))

import common  # noqa: E402
import competitors  # noqa: E402


class ScoresTest(unittest.TestCase):
    def test_micro_f1_and_jaccard_by_hand(self):
        truth, answers = [{"a", "b"}, {"c"}, {"d"}], [{"a"}, {"c", "d"}, set()]
        self.assertAlmostEqual(common.micro_f1(truth, answers), 2 * 2 / (4 + 3))
        self.assertAlmostEqual(common.jaccard(truth, answers), (1 / 2 + 1 / 2 + 0) / 3)

    def test_calibration_error_by_hand(self):
        # Two answers at 0.9 of which one is right, two at 0.6 which are both right.
        error = common.calibration_error([0.9, 0.9, 0.6, 0.6], [True, False, True, True])
        self.assertAlmostEqual(error, 0.5 * 0.4 + 0.5 * 0.4)
        self.assertAlmostEqual(common.calibration_error([1.0, 0.0], [True, False]), 0.0)

    def test_answers_of_another_number_are_refused(self):
        with self.assertRaises(ValueError):
            common.accuracy(["a"], ["a", "b"])

    def test_answers_in_another_order_stop_the_benchmark(self):
        good = {"id": "1", "predictions": [{"label": "x", "probability": 0.5}]}
        common.check_answers([{"id": "1"}], [good])
        for answers in ([], [good | {"id": "2"}], [{"id": "1", "predictions": []}],
                        [good | {"predictions": [{"label": "x", "probability": 1.5}]}]):
            with self.assertRaises(SystemExit):
                common.check_answers([{"id": "1"}], answers)


class SplitTest(unittest.TestCase):
    def test_split_keeps_groups_together_in_about_80_10_10(self):
        items = common.with_own_split([{"id": str(n), "group": str(n // 2)} for n in range(10000)])
        for one, two in zip(items[::2], items[1::2]):
            self.assertEqual(one["split"], two["split"])
        self.assertAlmostEqual(len(common.part(items, "train")) / len(items), 0.8, delta=0.03)
        self.assertAlmostEqual(len(common.part(items, "test")) / len(items), 0.1, delta=0.02)


class CompetitorsTest(unittest.TestCase):
    def test_fasttext_line_holds_labels_and_words(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.txt"
            competitors.write_fasttext(path, [{"title": "A Game,", "body": "of\nwar", "label": ["x", "y::z"]}])
            self.assertEqual(path.read_text(), "__label__x __label__y::z a game of war\n")

    def test_fasttext_answer_is_parsed(self):
        self.assertEqual(competitors.parse_answer("__label__a::b 0.5 __label__c 0.25"), [("a::b", 0.5), ("c", 0.25)])

    def test_grams_are_words_and_pairs(self):
        self.assertEqual(sum(competitors.grams({"title": "one two", "body": "one two"}).values()), 7)
        self.assertEqual(len(competitors.grams({"title": "one two", "body": "one two"})), 4)


class MeasureTest(unittest.TestCase):
    def test_cost_counts_time_memory_and_status(self):
        code = "import time; block = bytearray(50_000_000); time.sleep(0.1)"
        cost = common.measured([sys.executable, "-c", code])
        self.assertGreaterEqual(cost.seconds, 0.1)
        self.assertGreater(cost.peak_bytes, 50_000_000)
        self.assertEqual(common.measured(["false"], accept=(1,)).status, 1)
        with self.assertRaises(SystemExit):
            common.measured(["false"])

    def test_memory_of_the_benchmark_is_not_the_childs(self):
        block = bytearray(200_000_000)
        self.assertLess(common.measured(["true"]).peak_bytes, 50_000_000)
        self.assertEqual(len(block), 200_000_000)


class ReportTest(unittest.TestCase):
    def finish(self, value):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "out.json"
            report = common.Report("name", argparse.Namespace(time="wall", json=path))
            report.figure("items", 3)
            report.at_least("speed", value, 1.25)
            with contextlib.redirect_stdout(io.StringIO()) as output, self.assertRaises(SystemExit) as end:
                report.finish()
            return end.exception.code, output.getvalue(), json.loads(path.read_text())

    def test_exit_status_and_json_say_whether_all_bars_are_met(self):
        status, text, document = self.finish(1.3)
        self.assertEqual((status, document["met"]), (0, True))
        self.assertEqual(document["figures"]["speed"], {"value": 1.3, "bar": 1.25, "met": True})
        status, text, document = self.finish(1.2)
        self.assertEqual((status, document["met"]), (1, False))
        self.assertIn("NOT MET", text)

    def test_an_undefined_figure_does_not_meet_a_bar(self):
        self.assertEqual(self.finish(float("nan"))[0], 1)


if __name__ == "__main__":
    unittest.main()
