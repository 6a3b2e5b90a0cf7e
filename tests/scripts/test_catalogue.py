"""Parsing of Debian's catalogues, on small made-up data. Run: python3 -m unittest discover tests/scripts"""

import errno
import io
import json
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "scripts"))

from catalogue import clipart, control, dep11, output, private_apt, problem  # noqa: E402

PACKAGES = """\
Package: zebra
Source: stripes (1.2)
Section: non-free/games
Description: Game of stripes
Description-md5: aaa
Tag: role::program, implemented-in::{c,c++},
 special::auto-inst-parts, game::puzzle

Package: ant
Section: libs
Description: Small library
Description-md5: bbb

Package: zebra
Section: games
Description: Older game of stripes

Package: broken
Description: Has no section
"""

TRANSLATION = """\
Package: zebra
Description-md5: aaa
Description-en: Game of stripes
 First line
 goes on.
  * item one
  * item two
 After: the list.
 .
 Second paragraph.

Package: ant
Description-md5: bbb
Description-en: Small library
 Does little.
"""

COMPONENTS = """\
---
File: DEP-11
Version: '0.16'
---
Type: desktop-application
ID: org.example.Zed
Package: zed
Name:
  C: Zed
  fr: Zède
Summary:
  C: Draws  things
Description:
  C: >-
    <p>Draws <em>everything</em>.</p>
Categories:
- GTK
- Graphics
- Utility
Icon:
  cached:
  - name: zed_small.png
    width: 64
    height: 64
  - name: zed_zed.png
    width: 128
    height: 128
---
Type: addon
ID: org.example.addon
Name:
  C: Addon
Categories:
- Graphics
---
Type: desktop-application
ID: org.example.Alpha
Name:
  C: Alpha
Categories:
- Audio
- AudioVideo
- Game
Icon:
  cached:
  - name: ../../etc/passwd.png
    width: 128
    height: 128
---
Type: desktop-application
ID: org.example.NoMainCategory
Name:
  C: Beta
Categories:
- GTK
"""


class ControlTest(unittest.TestCase):
    def test_packages_are_sorted_joined_with_descriptions_and_unique(self):
        items = control.packages(PACKAGES, TRANSLATION)
        self.assertEqual([item["id"] for item in items], ["ant", "zebra"])
        zebra = items[1]
        self.assertEqual(zebra["title"], "Game of stripes")
        self.assertEqual(zebra["group"], "stripes")
        self.assertEqual(zebra["section"], "games")
        self.assertEqual(items[0]["group"], "ant")
        self.assertEqual(items[0]["body"], "Does little.")

    def test_long_description_keeps_paragraphs_and_lists_and_wraps_text(self):
        body = control.packages(PACKAGES, TRANSLATION)[1]["body"]
        self.assertEqual(body, "First line goes on.\n * item one\n * item two\nAfter: the list.\n\nSecond paragraph.")

    def test_tags_are_expanded_sorted_and_without_special(self):
        self.assertEqual(control.packages(PACKAGES, TRANSLATION)[1]["tags"],
                         ["game::puzzle", "implemented-in::c", "implemented-in::c++", "role::program"])
        self.assertEqual(control.tags("devel::lang:perl, a::b,\n a::b"), ["a::b", "devel::lang:perl"])
        self.assertEqual(control.tags(""), [])

    def test_description_of_one_line_has_no_body(self):
        self.assertEqual(control.long_description("only the title"), "")

    def test_fields_before_any_name_are_ignored(self):
        self.assertEqual(list(control.stanzas(" stray\n\nA: 1\nB: 2\n", {"A"})), [{"A": "1"}])


class Dep11Test(unittest.TestCase):
    def test_applications_with_main_category_sorted_by_id(self):
        items = dep11.applications(COMPONENTS, {"zed_zed.png"}.__contains__)
        self.assertEqual([item["id"] for item in items], ["org.example.Alpha", "org.example.Zed"])
        self.assertEqual(items[1], {
            "id": "org.example.Zed", "title": "Zed", "summary": "Draws things",
            "body": "<p>Draws <em>everything</em>.</p>", "label": "Graphics", "group": "zed",
            "image": "icons/zed_zed.png"})

    def test_audio_and_video_are_one_category(self):
        self.assertEqual(dep11.applications(COMPONENTS, bool)[0]["label"], "AudioVideo")

    def test_icon_that_is_a_path_or_absent_is_no_image(self):
        items = dep11.applications(COMPONENTS, {"../../etc/passwd.png"}.__contains__)
        self.assertNotIn("image", items[0])
        self.assertNotIn("image", items[1])


class OutputTest(unittest.TestCase):
    def test_jsonl_keeps_characters_and_escapes_line_breaks(self):
        line = output.jsonl([{"a": "é\n"}])
        self.assertEqual(line, '{"a": "é\\n"}\n'.encode())
        self.assertEqual(json.loads(line), {"a": "é\n"})

    def test_write_replaces_whole_file_and_leaves_nothing_beside_it(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.jsonl"
            output.write_atomically(path, b"old")
            output.write_atomically(path, b"new")
            self.assertEqual(path.read_bytes(), b"new")
            self.assertEqual(list(Path(folder).iterdir()), [path])

    def test_icons_never_leave_their_folder(self):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for name in ("good.png", "../evil.png", "sub/deep.png", "script.sh"):
                member = tarfile.TarInfo(name)
                member.size = 3
                archive.addfile(member, io.BytesIO(b"PNG"))
            link = tarfile.TarInfo("link.png")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(link)
        with tempfile.TemporaryDirectory() as folder:
            names = output.unpack_icons(packed.getvalue(), Path(folder) / "icons")
            self.assertEqual(names, {"good.png"})
            self.assertEqual([path.name for path in Path(folder).rglob("*")], ["icons", "good.png"])


class PrivateAptTest(unittest.TestCase):
    def test_download_settings_stay_and_the_rest_is_replaced(self):
        dump = ('Acquire::http::Proxy "http://proxy:3128";\nAcquire::Languages "none";\n'
                'Acquire::IndexTargets::deb::DEP-11::MetaKey "x";\nDir::Etc::parts "apt.conf.d";\n'
                'APT::Update::Post-Invoke:: "rm -f /var/cache/apt/*.bin";\nDir::Etc::trustedparts "trusted.gpg.d";\n')
        self.assertEqual(private_apt.kept_settings(dump), [
            'Acquire::http::Proxy "http://proxy:3128";', 'Dir::Etc::trustedparts "trusted.gpg.d";'])

    def test_causes_are_explained(self):
        self.assertIn("network", private_apt.why_update_failed("E: Temporary failure resolving 'deb.debian.org'"))
        self.assertIn("disk is full", private_apt.why_update_failed("E: write - No space left on device"))
        self.assertEqual(private_apt.why_update_failed("x\nE: odd thing"), "E: odd thing")

    def test_full_disk_is_named(self):
        error = OSError(errno.ENOSPC, "No space left on device", "/somewhere")
        self.assertIn("the disk is full (/somewhere)", problem.explain_os_error(error))


SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" xmlns:cc="http://creativecommons.org/ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><title>a layer</title><metadata><rdf:RDF><cc:Work>
  <dc:title>Red  <b>apple</b></dc:title><dc:description>On a
  table</dc:description><dc:subject><rdf:Bag><rdf:li>food</rdf:li></rdf:Bag></dc:subject>
  <dc:creator><cc:Agent><dc:title>Jo</dc:title></cc:Agent></dc:creator></cc:Work></rdf:RDF></metadata></svg>
"""


class ClipArt(unittest.TestCase):
    def test_title_and_description_are_the_works_own(self):
        self.assertEqual(clipart.metadata(SVG.encode()), ("Red apple", "On a table"))
        self.assertEqual(clipart.metadata(b"<svg><metadata/></svg>"), ("", ""))
        self.assertEqual(clipart.metadata(b"<svg><broken"), ("", ""))

    def test_equal_texts_share_a_group(self):
        self.assertEqual(clipart.text_group("Red apple!", ""), clipart.text_group("red  Apple", "."))
        self.assertNotEqual(clipart.text_group("red apple", ""), clipart.text_group("green apple", ""))
        self.assertEqual(clipart.text_group(" ", "-"), "")

    def test_the_folder_is_the_label_and_the_subject_stays_out(self):
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            for name in ("svg/food/fruit/apple", "svg/food/alone", "svg/loose"):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / (name + ".svg")).write_text(SVG, encoding="utf-8")
            (folder / "png/food/fruit").mkdir(parents=True)
            (folder / "png/food/fruit/apple.png").write_bytes(b"png")
            (folder / "png/loose.png").write_bytes(b"png")
            items = list(clipart.items(folder))
        self.assertEqual([(item["id"], item["label"], item["image"]) for item in items],
                         [("food/fruit/apple.svg", "food", "png/food/fruit/apple.png")])
        self.assertNotIn("food", json.dumps([items[0]["title"], items[0]["body"], items[0]["group"]]))


if __name__ == "__main__":
    unittest.main()
