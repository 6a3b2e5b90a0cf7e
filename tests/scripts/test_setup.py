"""scripts/setup.sh against a made-up system: fake dpkg-query, apt-get, id, sudo and sleep come first in PATH."""

import os
import subprocess
import tempfile
import textwrap
import unittest
from pathlib import Path

SETUP = Path(__file__).resolve().parents[2] / "scripts" / "setup.sh"

# A system on which all packages but those in $FAKE/missing are installed.
DPKG_QUERY = """
shift 3
for package in "$@"; do
  grep -qx "$package" "$FAKE/missing" || echo "$package installed"
done
"""

# Answers by files: fails with $FAKE/<verb>.error where there is one, else installs.
APT_GET = """
for verb in "$@"; do case $verb in update | install) break ;; esac; done
case " $* " in *" -s "*) [ ! -e "$FAKE/unknown" ]; exit ;; esac
echo "$verb $DEBIAN_FRONTEND $*" >>"$FAKE/calls"
if [ -e "$FAKE/$verb.error" ]; then
  cat "$FAKE/$verb.error"
  [ ! -e "$FAKE/once" ] || rm "$FAKE/$verb.error"
  exit 100
fi
[ "$verb" != update ] || rm -f "$FAKE/unknown"
"""


# `python3 -m venv --clear FOLDER`: makes a Python whose pip notes what it installs, or fails where $FAKE/pip.error is.
FAKE_PYTHON = """
mkdir -p "$4/bin"
cat >"$4/bin/python" <<'END'
#!/bin/sh
[ ! -e "$FAKE/pip.error" ] || exit 1
echo "$*" >>"$FAKE/pip"
END
chmod +x "$4/bin/python"
"""


class SetupTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.fake = Path(self.folder.name)
        self.program("dpkg-query", DPKG_QUERY)
        self.program("apt-get", APT_GET)
        self.program("id", "echo ${FAKE_ID:-0}")
        self.program("sudo", "exit 1")
        self.program("sleep", "exit 0")
        self.write("missing", "cmake\nwrk\n")
        self.write("calls", "")
        self.program("python3", FAKE_PYTHON)

    def write(self, name, text):
        (self.fake / name).write_text(text, encoding="utf-8")

    def program(self, name, body):
        self.write(name, "#!/bin/sh\n" + textwrap.dedent(body))
        (self.fake / name).chmod(0o755)

    def run_setup(self, *arguments, user="0"):
        environment = dict(os.environ, PATH=f"{self.fake}:{os.environ['PATH']}", FAKE=str(self.fake), FAKE_ID=user,
                           AISLE_CACHE=str(self.fake / "cache"))
        return subprocess.run([SETUP, *arguments], env=environment, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)

    def calls(self):
        return (self.fake / "calls").read_text(encoding="utf-8").splitlines()

    def test_nothing_missing_runs_no_apt(self):
        self.write("missing", "wrk\n")  # belongs to the benchmarks, which are not asked for
        result = self.run_setup()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.calls(), [])

    def test_installs_only_what_is_missing_without_questions_or_update(self):
        result = self.run_setup()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("missing: cmake", result.stderr)
        self.assertEqual(len(self.calls()), 1)
        self.assertTrue(self.calls()[0].startswith("install noninteractive"), self.calls())
        self.assertTrue(self.calls()[0].endswith("install --no-install-recommends cmake"), self.calls())
        self.assertIn("DPkg::Lock::Timeout=600", self.calls()[0])

    def test_updates_lists_that_do_not_know_a_package(self):
        self.write("unknown", "")
        result = self.run_setup()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([line.split()[0] for line in self.calls()], ["update", "install"])

    def test_updates_lists_that_are_too_old_to_fetch_from(self):
        self.write("install.error", "E: Failed to fetch http://x  404  Not Found\n")
        self.write("once", "")
        result = self.run_setup()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([line.split()[0] for line in self.calls()], ["install", "update", "install"])

    def test_waits_for_the_lock_of_the_lists(self):
        self.write("unknown", "")
        self.write("update.error", "E: Could not get lock /var/lib/apt/lists/lock\n")
        self.write("once", "")
        result = self.run_setup()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([line.split()[0] for line in self.calls()], ["update", "update", "install"])

    def test_a_broken_foreign_source_does_not_stop_the_installation(self):
        self.write("unknown", "")
        self.write("update.error", "E: Failed to fetch http://foreign.example\n")
        result = self.run_setup()
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_without_rights_names_packages_and_command(self):
        result = self.run_setup(user="1000")
        self.assertEqual(result.returncode, 1)
        self.assertIn("needs root or sudo", result.stderr)
        self.assertIn("apt-get install --no-install-recommends cmake", result.stderr)
        self.assertEqual(self.calls(), [])

    def test_full_disk_and_lost_network_are_named(self):
        self.write("install.error", "E: You don't have enough free space in /var/cache/apt/archives/.\n")
        result = self.run_setup()
        self.assertEqual(result.returncode, 1)
        self.assertIn("disk is full", result.stderr)
        self.write("unknown", "")
        self.write("update.error", "E: Temporary failure resolving 'deb.debian.org'\n")
        self.write("install.error", "E: Unable to locate package cmake\n")
        result = self.run_setup()
        self.assertEqual(result.returncode, 1)
        self.assertIn("check the network", result.stderr)

    def test_what_tests_compare_with_is_installed_once(self):
        self.write("missing", "")
        for _ in range(2):
            result = self.run_setup("--tests")
            self.assertEqual(result.returncode, 0, result.stderr)
        calls = (self.fake / "pip").read_text(encoding="utf-8").splitlines()
        self.assertEqual(len(calls), 1, calls)
        self.assertIn("onnxruntime", calls[0])
        self.assertNotIn("scikit-learn", calls[0])

    def test_python_packages_that_cannot_be_fetched_are_said_and_do_not_stop_the_other_tests(self):
        self.write("missing", "")
        self.write("pip.error", "")
        result = self.run_setup("--tests")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("could not be fetched: check the network", result.stderr)
        self.assertIn("the test of ONNX files will fail", result.stderr)
        self.assertEqual(self.run_setup("--benchmarks").returncode, 1)

    def test_unknown_argument_is_wrong_usage(self):
        self.assertEqual(self.run_setup("--fast").returncode, 2)


if __name__ == "__main__":
    unittest.main()
