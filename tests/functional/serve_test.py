"""`aisle serve` as operators use it: promotion under load, SIGTERM, problem documents, batches."""
import concurrent.futures
import http.client
import json
import pathlib
import re
import signal
import subprocess
import threading
import time
import unittest
import os

from program import PROGRAM, WorkspaceTest, shop_items

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
START_TIMEOUT_S = 30
TINY = pathlib.Path(__file__).resolve().parent.parent / "data" / "backbones" / "tiny"


class Server:
    """The real server on a free port, for `with`."""

    def __init__(self, workspace):
        environment = {**os.environ, "AISLE_WORKSPACE": str(workspace)}
        self.process = subprocess.Popen([PROGRAM, "serve", "--port", "0", "--threads", "2"], env=environment, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            found = re.search(r"listening on http://127\.0\.0\.1:(\d+)/", line)
            if found:
                self.port = int(found.group(1))
                break
        else:
            raise AssertionError("the server ended before it listened")
        self.drain = threading.Thread(target=self.process.stderr.read, daemon=True)
        self.drain.start()

    def request(self, method, path, body=None, content_type="application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_TIMEOUT_S)
        try:
            connection.request(method, path, body, {"Content-Type": content_type} if body is not None else {})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type"), answer.read().decode("utf-8")
        finally:
            connection.close()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=START_TIMEOUT_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.drain.join()
        self.process.stderr.close()


class TestServe(WorkspaceTest):
    def test_P4_a_fused_model_tells_what_its_members_say(self):
        task = self.trained_task()
        self.aisle("backbone", "add", DATA / "backbones" / "tiny", "--name", "tiny")
        self.aisle("train", "--task", task, "--model", "weighted", "--set", "members=linear,sentence:tiny", "--set", "sentence.precision=f32")
        self.aisle("models", "promote", "--task", task, "2", "--force")
        by_command = self.aisle("predict", "--task", task, "--field", "title=leather boots", "--json").json
        with Server(self.workspace) as server:
            status, _, body = server.request("POST", f"/tasks/{task}/predict", json.dumps({"title": "leather boots"}))
            self.assertEqual(status, 200, body)
            members = json.loads(body)["members"]
            self.assertEqual([member["model"] for member in members], ["linear", "sentence:tiny"])
            for ours, theirs in zip(members, by_command["members"], strict=True):
                self.assertEqual(ours["label"], theirs["label"])
                self.assertAlmostEqual(ours["probability"], theirs["probability"], places=4)
            status, _, body = server.request("POST", f"/tasks/{task}/predict/batch", '{"title":"leather boots"}\n{"body":"zzz"}\n')
            self.assertEqual([len(json.loads(line)["members"]) for line in body.splitlines()], [2, 2], body)
            self.assertEqual(server.stop(), 0)

    def test_P4_http_and_command_line_answer_alike(self):
        task = self.trained_task()
        by_command = self.aisle("predict", "--task", task, "--field", "title=leather boots", "--json").json
        with Server(self.workspace) as server:
            for path, body in ((f"/tasks/{task}/predict", {"title": "leather boots"}), ("/model/predict", {"title": "leather boots", "task": task}),
                               ("/model/predict", {"title": "leather boots"})):
                status, kind, text = server.request("POST", path, json.dumps(body))
                self.assertEqual((status, kind.split(";")[0]), (200, "application/json"), text)
                answer = json.loads(text)
                self.assertTrue(answer.pop("prediction_id"))
                self.assertEqual({**answer, "latency_ms": 0}, {**by_command, "latency_ms": 0})
            self.assertEqual(server.request("GET", "/health/live")[0], 200)
            self.assertEqual(server.request("GET", "/health/ready")[0], 200)
            self.assertIn("aisle_", server.request("GET", "/metrics")[2])
            self.assertEqual(json.loads(server.request("GET", "/openapi.json")[2])["openapi"][:3], "3.1")
            self.assertIn("<html", server.request("GET", "/")[2])
            self.assertEqual(server.stop(), 0)

    def test_P4_a_network_is_served_beside_a_linear_model(self):
        task = self.trained_task()
        self.aisle("backbone", "add", TINY, "--name", "tiny")
        self.aisle("train", "--task", task, "--model", "sentence", "--set", "backbone=tiny", "--quiet")
        items = shop_items(60)
        answers = self.aisle("predict", "--task", task, "--version", "2", "--input", self.write_jsonl("asked.jsonl", items)).lines
        expected = {answer["id"]: answer["predictions"][0] for answer in answers}
        with Server(self.workspace) as server:
            lines = "".join(json.dumps({key: item[key] for key in ("id", "title", "body")}) + "\n" for item in items)
            status, _, text = server.request("POST", f"/tasks/{task}/predict/batch?version=sentence", lines, "application/jsonl")
            self.assertEqual(status, 200, text)
            for answer in map(json.loads, text.splitlines()):
                self.assertEqual((answer["version"], answer["predictions"][0]["label"]), (2, expected[answer["id"]]["label"]))
                self.assertAlmostEqual(answer["predictions"][0]["probability"], expected[answer["id"]]["probability"], places=4)
            form = "".join(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{items[0][name]}\r\n' for name in ("title", "body")) + "--b--"
            for name, version in (("sentence", 2), ("2", 2), ("candidate", 2), ("linear", 1)):
                status, _, text = server.request("POST", f"/model/{name}/predict", form, "multipart/form-data; boundary=b")
                self.assertEqual((status, json.loads(text).get("version")), (200, version), text)
            self.assertEqual(server.request("POST", "/model/fusion/predict", form, "multipart/form-data; boundary=b")[0], 404)
            self.aisle("models", "promote", "--task", task, "2", "--force", "--quiet")
            time.sleep(2)
            answered = lambda: float(re.search(rf'^aisle_batch_items_sum{{task="{task}",version="2"}} (\S+)$', server.request("GET", "/metrics")[2], re.MULTILINE)[1])
            before = answered()
            with concurrent.futures.ThreadPoolExecutor(8) as clients:
                answers = list(clients.map(lambda _: server.request("POST", "/model/predict", form, "multipart/form-data; boundary=b"), range(8)))
            self.assertEqual([(status, json.loads(text).get("version")) for status, _, text in answers], [(200, 2)] * 8)
            self.assertEqual(answered() - before, 8)
            self.assertEqual(server.stop(), 0)

    def test_errors_are_problem_documents(self):
        task = self.trained_task()
        with Server(self.workspace) as server:
            cases = [("POST", f"/tasks/{task}/predict", "{", 400), ("POST", "/tasks/none/predict", "{}", 404), ("GET", "/nowhere", None, 404),
                     ("GET", f"/tasks/{task}/predict", None, 405), ("POST", f"/tasks/{task}/predict", json.dumps({"title": "x" * 2_000_000}), 413),
                     ("POST", f"/tasks/{task}/predict", json.dumps({"titel": "x"}), 400)]
            for method, path, body, expected in cases:
                status, kind, text = server.request(method, path, body)
                self.assertEqual((status, kind), (expected, "application/problem+json"), text)
                self.assertEqual(json.loads(text)["status"], expected)

    def test_P5_a_batch_is_answered_line_by_line(self):
        task = self.trained_task()
        lines = ['{"id":"a","title":"garden hose"}', '{"id":"b","title":', '{"id":"c","title":"a novel"}']
        with Server(self.workspace) as server:
            status, _, text = server.request("POST", f"/tasks/{task}/predict/batch", "\n".join(lines) + "\n", "application/x-ndjson")
            answers = [json.loads(line) for line in text.splitlines()]
            self.assertEqual((status, [answer.get("id") for answer in answers]), (200, ["a", None, "c"]))
            self.assertEqual(answers[1]["line"], 2)

    def test_M12_W7_a_promotion_is_served_within_two_seconds_and_loses_no_request(self):
        task = self.trained_task()
        self.aisle("train", "--task", task, "--seed", "2", "--quiet")
        with Server(self.workspace) as server:
            versions, failures, done = [], [], threading.Event()

            def ask():
                while not done.is_set():
                    status, _, text = server.request("POST", f"/tasks/{task}/predict", '{"title": "leather boots"}')
                    (versions if status == 200 else failures).append((time.monotonic(), json.loads(text).get("version")))

            clients = [threading.Thread(target=ask) for _ in range(4)]
            for client in clients:
                client.start()
            time.sleep(0.3)
            self.aisle("models", "promote", "--task", task, "--force", "--quiet")
            promoted = time.monotonic()
            time.sleep(2.2)
            done.set()
            for client in clients:
                client.join()
            self.assertEqual(failures, [])
            late = [version for when, version in versions if when > promoted + 2]
            self.assertTrue(late and set(late) == {2}, set(late))
            self.assertIn(1, {version for _, version in versions})

    def test_P12_sigterm_answers_what_was_accepted(self):
        task = self.trained_task()
        with Server(self.workspace) as server:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=START_TIMEOUT_S)
            body = '{"title": "leather boots"}'
            connection.putrequest("POST", f"/tasks/{task}/predict")
            connection.putheader("Content-Type", "application/json")
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body[:5].encode())
            time.sleep(0.3)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            connection.send(body[5:].encode())
            self.assertEqual(connection.getresponse().status, 200)
            connection.close()
            self.assertEqual(server.process.wait(timeout=START_TIMEOUT_S), 0)


if __name__ == "__main__":
    unittest.main()
