"""scripts/check_tidy.sh on a made-up repository, with fakes of clang-tidy and CMake first in PATH."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "check_tidy.sh"
CLANG_TIDY = '#!/bin/sh\nfor word in "$@"; do case $word in *.cc) echo "checked $word"; ! grep -q bad "$word" || exit 1;; esac; done\n'


class TidyTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "scripts").mkdir()
        (self.root / "src").mkdir()
        (self.root / "fakes").mkdir()
        shutil.copy(SCRIPT, self.root / "scripts")
        for name, text in (("clang-tidy-14", CLANG_TIDY), ("cmake", "#!/bin/sh\n")):
            (self.root / "fakes" / name).write_text(text)
            (self.root / "fakes" / name).chmod(0o755)
        for name in ("a.cc", "a.h", "b.cc", "only.h"):
            (self.root / "src" / name).write_text("good\n")
        self.git("init", "-q")
        self.git("add", "src")
        self.git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "all")

    def git(self, *words):
        subprocess.run(["git", *words], cwd=self.root, check=True)

    def check(self, *words):
        environment = {**os.environ, "PATH": f"{self.root / 'fakes'}:{os.environ['PATH']}"}
        result = subprocess.run(["bash", self.root / "scripts" / "check_tidy.sh", *words], env=environment, capture_output=True, text=True, check=False)
        return result.returncode, sorted(line.removeprefix("checked ") for line in result.stdout.splitlines())

    def test_all_sources_without_a_base(self):
        self.assertEqual(self.check(), (0, ["src/a.cc", "src/b.cc"]))

    def test_with_a_base_what_changed_and_the_source_of_a_header(self):
        self.assertEqual(self.check("HEAD"), (0, []))
        (self.root / "src" / "a.h").write_text("other\n")
        (self.root / "src" / "only.h").write_text("other\n")
        self.assertEqual(self.check("HEAD"), (0, ["src/a.cc"]))
        (self.root / "src" / "b.cc").unlink()
        self.assertEqual(self.check("HEAD"), (0, ["src/a.cc"]))

    def test_a_finding_is_told_by_the_exit_status(self):
        (self.root / "src" / "b.cc").write_text("bad\n")
        self.assertEqual(self.check("--", "src/b.cc"), (1, ["src/b.cc"]))
        self.assertEqual(self.check("--", "src/a.cc"), (0, ["src/a.cc"]))

    def test_wrong_usage_exits_2(self):
        self.assertEqual(self.check("--al"), (2, []))
        self.assertEqual(self.check("no-such-commit"), (2, []))


if __name__ == "__main__":
    unittest.main()
