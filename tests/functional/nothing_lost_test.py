"""kill -9 at random moments during import and training: what was acknowledged stays, no half model is ever seen.

AISLE_KILLS says how often (100).
"""
import os
import random
import signal
import subprocess
import time
import unittest

from program import PROGRAM, WorkspaceTest, shop_items

KILLS = int(os.environ.get("AISLE_KILLS", "100"))
ITEMS_A_FILE = 1500


class TestKill(WorkspaceTest):
    def setUp(self):
        super().setUp()
        self.random = random.Random(20)
        self.task = self.make_task()
        self.files = 0
        self.acknowledged = 0  # items of imports that ended with status 0

    def next_file(self):
        self.files += 1
        items = [{**item, "id": f"f{self.files}-{item['id']}", "body": f"{item['body']} of delivery {self.files} lot {self.files * 31 % 97}"}
                 for item in shop_items(ITEMS_A_FILE)]
        return self.write_jsonl(f"items-{self.files}.jsonl", items)

    def start(self, *words):
        environment = {**os.environ, "AISLE_WORKSPACE": str(self.workspace)}
        return subprocess.Popen([PROGRAM, *map(str, words), "--quiet"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def run_for(self, seconds, *words):
        """True when the command ended by itself, with status 0, before it was killed."""
        process = self.start(*words)
        try:
            _, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            return False
        self.assertEqual(process.returncode, 0, errors)
        return True

    def duration(self, *words):
        started = time.monotonic()
        self.assertTrue(self.run_for(120, *words))
        return time.monotonic() - started

    def certified(self):
        return self.aisle("data", "list", "--task", self.task, "--json").json["items"]["certified"]

    def check_import(self, path, finished):
        """Acknowledged items are there, whole batches only, and the same import again completes the file."""
        found = self.certified()
        self.assertGreaterEqual(found, self.acknowledged + (ITEMS_A_FILE if finished else 0))
        self.assertLessEqual(found, self.acknowledged + ITEMS_A_FILE)
        self.aisle("import", "--task", self.task, "--certified", path, "--quiet")
        self.acknowledged += ITEMS_A_FILE
        self.assertEqual(self.certified(), self.acknowledged)

    def check_models(self, versions_before, finished):
        models = self.aisle("models", "list", "--task", self.task, "--json").json["models"]
        self.assertGreaterEqual(len(models), versions_before + (1 if finished else 0))
        for model in models[:2]:
            answer = self.aisle("predict", "--task", self.task, "--version", model["version"], "--field", "title=leather boots", "--json").json
            self.assertTrue(answer["predictions"])
        runs = self.aisle("runs", "list", "--task", self.task, "--json").json["runs"]
        self.assertEqual(len([run for run in runs if run["state"] == "done"]), len(models))
        return len(models)

    def test_nothing_acknowledged_is_lost_and_no_half_model_is_seen(self):
        import_s = self.duration("import", "--task", self.task, "--certified", self.next_file())
        self.acknowledged = ITEMS_A_FILE
        train_s = self.duration("train", "--task", self.task, "--threads", "1")
        versions, killed = 1, 0
        for attempt in range(KILLS):
            if attempt % 4 == 3:
                finished = self.run_for(self.random.uniform(0, 1.1 * train_s), "train", "--task", self.task, "--threads", "1")
                versions = self.check_models(versions, finished)
            else:
                path = self.next_file()
                finished = self.run_for(self.random.uniform(0, 1.1 * import_s), "import", "--task", self.task, "--certified", path)
                self.check_import(path, finished)
            killed += not finished
        self.assertGreater(killed, KILLS // 2, "most runs should have been cut short")
        self.aisle("train", "--task", self.task, "--threads", "1", "--quiet")
        runs = self.aisle("runs", "list", "--task", self.task, "--json").json["runs"]
        self.assertFalse([run for run in runs if run["state"] == "running"], "killed runs are marked when the next one starts")


if __name__ == "__main__":
    unittest.main()
