"""The page in a real browser: a person picks a task, writes, and reads the answer, in two languages and by keyboard.

AISLE_SCREENSHOT=FILE keeps a picture of the page with an answer (docs/images/page.png is one).
"""
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "functional"))

from browser import Browser  # noqa: E402
from program import WorkspaceTest  # noqa: E402
from serve_test import Server  # noqa: E402

TAB, ENTER = "\ue004", "\ue007"


class TestPage(WorkspaceTest):
    def ask(self, browser, server):
        browser.open(f"http://127.0.0.1:{server.port}/")
        browser.wait(lambda: browser.find("#field-title"))
        browser.type("#field-title", "leather walking boots")
        browser.type("#field-body", "with a strong sole for every trail")

    def test_F1_a_person_gets_an_answer_with_its_reasons(self):
        task = self.trained_task()
        with Server(self.workspace) as server, Browser("en") as browser:
            self.ask(browser, server)
            browser.click("#go")
            browser.wait(lambda: browser.text("#bars li"))
            self.assertIn("shoes", browser.text("#bars li.selected"))
            self.assertIn("boots", browser.text("#words"))
            self.assertIn(f"Task {task}, version 1", browser.text("#facts"))
            self.assertIn("leather walking boots", browser.text("#curl"))
            if os.environ.get("AISLE_SCREENSHOT"):
                browser.screenshot(pathlib.Path(os.environ["AISLE_SCREENSHOT"]))
            self.assertEqual([entry for entry in browser.console() if entry["level"] == "SEVERE" and "favicon" not in entry["message"]], [])

    def test_F1_the_page_speaks_french(self):
        self.trained_task()
        with Server(self.workspace) as server, Browser("fr") as browser:
            self.ask(browser, server)
            self.assertEqual((browser.text("#go"), browser.run("return document.documentElement.lang")), ("Prédire", "fr"))
            browser.click("#language")
            self.assertEqual(browser.text("#go"), "Predict")

    def test_F1_everything_is_reached_by_keyboard(self):
        self.trained_task()
        with Server(self.workspace) as server, Browser("en") as browser:
            self.ask(browser, server)
            browser.run("document.getElementById('field-body').focus()")
            browser.press(TAB)
            self.assertEqual(browser.run("return document.activeElement.id"), "go")
            browser.press(ENTER)
            browser.wait(lambda: browser.text("#bars li"))


if __name__ == "__main__":
    unittest.main()
