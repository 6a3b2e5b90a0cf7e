"""Every command that the guides show is run."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from program import PROGRAM

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TIMEOUT_S = 300


class TestGuides(unittest.TestCase):
    def run_guide(self, guide):
        blocks = BLOCK.findall(guide.read_text(encoding="utf-8"))
        if not blocks:
            return 0
        folder = pathlib.Path(tempfile.mkdtemp(prefix="aisle-docs-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        (folder / "bin").mkdir()
        (folder / "bin/aisle").symlink_to(pathlib.Path(PROGRAM).resolve())
        (folder / "tests").mkdir()
        shutil.copytree(ROOT / "tests/data", folder / "tests/data")
        environment = {**os.environ, "PATH": f"{folder}/bin:{os.environ['PATH']}"}
        environment.pop("AISLE_WORKSPACE", None)
        finished = subprocess.run(["bash", "-e", "-u", "-o", "pipefail", "-c", "\n".join(blocks)], cwd=folder, env=environment, capture_output=True,
                                  text=True, timeout=TIMEOUT_S, check=False, start_new_session=True)
        self.assertEqual(finished.returncode, 0, f"{guide}\n{finished.stdout[-3000:]}\n{finished.stderr[-3000:]}")
        return len(blocks)

    def test_every_command_of_every_guide_works(self):
        counts = {}
        for guide in [ROOT / "README.md", *sorted((ROOT / "docs/guides").glob("*.md"))]:
            with self.subTest(guide=guide.name):
                counts[guide.name] = self.run_guide(guide)
        self.assertGreater(sum(counts.values()), 10, counts)


if __name__ == "__main__":
    unittest.main()
