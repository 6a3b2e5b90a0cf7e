"""cmake/Modules.cmake on made-up modules: what is missing or out of order is refused when CMake configures."""

import subprocess
import tempfile
import unittest
from pathlib import Path

MODULES = Path(__file__).resolve().parents[2] / "cmake" / "Modules.cmake"
PROJECT = """cmake_minimum_required(VERSION 3.25)
set(CMAKE_CXX_COMPILER_WORKS TRUE)
project(made_up LANGUAGES CXX)
add_library(aisle_flags INTERFACE)
include({})
aisle_add_modules()
"""


class ModulesTest(unittest.TestCase):
    def configure(self, layers, folders):
        """Configures a project whose modules each have one empty source; returns CMake's result."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "CMakeLists.txt").write_text(PROJECT.format(MODULES))
            (folder / "cmake").mkdir()
            (folder / "cmake" / "layers.txt").write_text("# a comment\n" + layers)
            for path, module in folders.items():
                (folder / "src" / path).mkdir(parents=True)
                (folder / "src" / path / "empty.cc").touch()
                (folder / "src" / path / "CMakeLists.txt").write_text(f"aisle_module({module} SOURCES empty.cc)\n")
            return subprocess.run(["cmake", "-S", folder, "-B", folder / "build"], capture_output=True, text=True, check=False)

    def test_modules_in_order_are_taken(self):
        result = self.configure("a:\nb: a\nab: a b\n", {"a": "a", "b": "b", "ab": "ab"})
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_row_without_a_folder_is_refused(self):
        result = self.configure("a:\nb: a\n", {"a": "a"})
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("src/b", result.stderr)

    def test_a_layer_that_comes_later_is_refused(self):
        result = self.configure("a: b\nb:\n", {"a": "a", "b": "b"})
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("a may include b, which is no module in a row", " ".join(result.stderr.split()))

    def test_a_module_without_a_row_is_refused(self):
        result = self.configure("a:\n", {"a": "c"})
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("the module c has no row", " ".join(result.stderr.split()))


if __name__ == "__main__":
    unittest.main()
