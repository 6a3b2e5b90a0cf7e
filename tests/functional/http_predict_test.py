"""P4, P12: the routes answer as the contract says."""

import json
import os
import re
import signal
import time
import unittest

from http_support import Server, ServerTest, post


class Predict(ServerTest):
    def test_P4_an_item_is_answered(self):
        answer = self.server.predict({"title": "games games network", "body": ""})
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        body = answer.json
        self.assertEqual(list(body), ["task", "version", "predictions", "decision", "latency_ms", "prediction_id"])
        self.assertEqual((body["task"], body["decision"]), ("apps", "sure"))
        self.assertEqual(body["predictions"][0], {"label": "games", "name": "The games", "probability": 0.5, "selected": True})
        self.assertEqual(body["predictions"][1], {"label": "network", "name": "The network", "probability": 0.333333, "selected": False})
        self.assertRegex(body["prediction_id"], "^[0-9a-f]{32}$")

    def test_tags_are_selected_by_their_limits(self):
        self.assertEqual(self.server.predict({"title": "science"}, "questions").json["decision"], "sure")
        unsure = self.server.predict({"title": "nothing"}, "questions").json
        self.assertEqual(unsure["decision"], "unsure")
        self.assertFalse(any(row["selected"] for row in unsure["predictions"]))

    def test_top_explain_and_version(self):
        answer = self.server.predict({"title": "games"}, query="?top=1&explain=true").json
        self.assertEqual(len(answer["predictions"]), 1)
        self.assertEqual(answer["explanation"], {"label": "games", "evidence": [{"field": "title", "text": "games", "weight": 1}]})
        now = answer["version"]
        self.assertEqual(self.server.predict({"title": "x"}, query="?version=candidate").json["version"], now + 1)
        self.assertEqual(self.server.predict({"title": "x"}, query="?version=1").json["version"], 1)
        self.assertEqual(self.server.predict({"title": "x"}, query="?version=production").json["version"], now)
        self.assert_problem(self.server.predict({"title": "x"}, query="?version=99"), 404, "not_found")
        for query in ("?top=0", "?top=1001", "?top=many", "?top=", "?explain=perhaps", "?version=", "?top=%zz"):
            self.assert_problem(self.server.predict({"title": "x"}, query=query), 400, "invalid_argument")

    def test_the_body_may_name_the_task(self):
        answer = self.server.request("POST", "/model/predict", json.dumps({"title": "science", "task": "questions"}))
        self.assertEqual(answer.json["task"], "questions")
        problem = self.assert_problem(self.server.request("POST", "/model/predict", '{"title":"x"}'), 400, "invalid_argument")
        self.assertIn("apps, questions", problem["detail"])
        self.assert_problem(self.server.request("POST", "/model/predict", '{"title":"x","task":7}'), 400, "invalid_argument")
        self.assert_problem(self.server.request("POST", "/model/predict", '{"title":"x","task":"none"}'), 404, "not_found")

    def test_what_does_not_exist_is_named(self):
        self.assertIn("the tasks are: apps", self.assert_problem(self.server.predict({"title": "x"}, "none"), 404, "not_found")["detail"])
        self.assertIn("aisle train", self.assert_problem(self.server.predict({"title": "x"}, "untrained"), 409, "failed_precondition")["detail"])
        self.assert_problem(self.server.request("GET", "/nowhere"), 404, "not_found")
        for path in ("/tasks/apps/predict/", "/tasks//predict", "//", "/tasks/apps", "/health"):
            self.assert_problem(self.server.request("GET", path), 404, "not_found")

    def test_methods(self):
        answer = self.server.request("GET", "/tasks/apps/predict")
        self.assert_problem(answer, 405, "method_not_allowed")
        self.assertEqual(answer.headers["Allow"], "POST, OPTIONS")
        self.assertEqual(self.server.request("PATCH", "/tasks").headers["Allow"], "GET, HEAD, OPTIONS")
        options = self.server.request("OPTIONS", "/tasks")
        self.assertEqual((options.status, options.body, options.headers["Allow"]), (204, b"", "GET, HEAD, OPTIONS"))
        head = self.server.request("HEAD", "/tasks")
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertEqual(head.headers["Content-Length"], str(len(self.server.request("GET", "/tasks").body)))

    def test_types(self):
        for kind in ("text/html", "application/x-www-form-urlencoded", "multipart/mixed; boundary=x"):
            answer = self.server.request("POST", "/tasks/apps/predict", '{"title":"x"}', {"Content-Type": kind})
            self.assert_problem(answer, 415, "unsupported_media_type")
        for kind in ("application/json; charset=utf-8", "Application/JSON", "application/vnd.aisle+json"):
            self.assertEqual(self.server.request("POST", "/tasks/apps/predict", '{"title":"x"}', {"Content-Type": kind}).status, 200)

    def test_P4_a_form_is_answered_as_json_is(self):
        body = '--b\r\nContent-Disposition: form-data; name="designation"\r\n\r\ngames games network\r\n--b--\r\n'
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        answer = self.server.request("POST", "/tasks/apps/predict", body, headers)
        self.assertEqual((answer.status, answer.json["predictions"][0]["probability"]), (200, 0.5))
        whole = body[:-7] + '\r\n--b\r\nContent-Disposition: form-data; name="task"\r\n\r\napps\r\n--b--\r\n'
        for path in ("/model/predict", "/model/counting/predict"):
            answer = self.server.request("POST", path, whole, headers)
            self.assertEqual((answer.status, answer.json["task"]), (200, "apps"), answer.body)
        self.assert_problem(self.server.request("POST", "/tasks/apps/predict", body, {"Content-Type": "multipart/form-data"}), 400, "invalid_argument")
        cut = self.assert_problem(self.server.request("POST", "/tasks/apps/predict", body[:-10], headers), 400, "invalid_argument")
        self.assertIn("part 1 of the form, 'designation',", cut["detail"])
        self.assert_problem(self.server.request("POST", "/tasks/apps/predict/batch", body, headers), 415, "unsupported_media_type")

    def test_request_ids(self):
        self.assertEqual(self.server.request("GET", "/tasks", headers={"X-Request-Id": "mine-1"}).headers["X-Request-Id"], "mine-1")
        for bad in ("a" * 65, "with space", "<script>"):
            self.assertRegex(self.server.request("GET", "/tasks", headers={"X-Request-Id": bad}).headers["X-Request-Id"], "^[0-9a-f]{32}$")

    def test_a_coded_path_is_the_same_path(self):
        self.assertEqual(self.server.request("POST", "/tasks/%61pps/predict", '{"title":"x"}').status, 200)
        self.assert_problem(self.server.request("GET", "/tasks%00"), 400, "invalid_argument")

    def test_what_is_served_is_listed(self):
        tasks = {task["task"]: task for task in self.server.request("GET", "/tasks").json["tasks"]}
        self.assertEqual(list(tasks), ["apps", "questions", "untrained"])
        self.assertEqual((tasks["apps"]["kind"], tasks["apps"]["text_fields"], tasks["apps"]["labels"]), ("category", ["title", "body"], 3))
        self.assertIsNone(tasks["untrained"]["version"])

    def test_the_description_names_exactly_the_routes(self):
        description = self.server.request("GET", "/openapi.json").json
        self.assertEqual(description["openapi"], "3.1.0")
        for path, operations in description["paths"].items():
            path = path.replace("{task}", "apps").replace("{name}", "counting")
            methods = {method.upper() for method in operations if method in ("get", "post", "put", "delete", "patch")}
            allowed = set(self.server.request("OPTIONS", path).headers["Allow"].split(", "))
            self.assertEqual(allowed - {"HEAD", "OPTIONS"}, methods, path)

    def test_the_page_runs_only_its_own_script(self):
        answer = self.server.request("GET", "/")
        self.assertEqual(answer.headers["Content-Type"], "text/html; charset=utf-8")
        policy = answer.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)

    def test_P12_metrics_are_prometheus_text(self):
        self.server.predict({"title": "games"})
        answer = self.server.request("GET", "/metrics")
        self.assertEqual(answer.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        samples = parse_metrics(answer.body.decode())
        self.assertGreater(samples['aisle_predictions_total{decision="sure",task="apps",version="3"}'], 0)
        self.assertGreater(samples['aisle_http_requests_total{method="POST",route="/tasks/{task}/predict",status="200"}'], 0)
        self.assertEqual(samples['aisle_model_version{task="apps"}'], 3)
        self.assertGreater(samples["process_resident_memory_bytes"], 1 << 20)
        buckets = [value for name, value in samples.items() if name.startswith("aisle_http_request_seconds_bucket{") and 'route="/tasks/{task}/predict"' in name]
        self.assertEqual(buckets, sorted(buckets))
        self.assertEqual(buckets[-1], samples['aisle_http_request_seconds_count{route="/tasks/{task}/predict"}'])


def parse_metrics(text):
    """Every sample of the text format 0.0.4, read strictly; labels by name."""
    samples, types = {}, {}
    for line in text.splitlines():
        if comment := re.fullmatch(r"# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)", line):
            if comment[1] == "TYPE":
                assert comment[2] not in types and comment[3] in ("counter", "gauge", "histogram"), line
                types[comment[2]] = comment[3]
            continue
        match = re.fullmatch(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*",?)*)\})? (\S+)', line)
        assert match, line
        assert re.sub("_(bucket|sum|count)$", "", match[1]) in types or match[1] in types, line
        labels = ",".join(sorted(re.findall(r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*"', match[2] or "")))
        name = match[1] + ("{" + labels + "}" if labels else "")
        assert name not in samples, line
        samples[name] = float(match[3])
    return samples


class Readiness(unittest.TestCase):
    def test_a_server_without_models_lives_but_is_not_ready(self):
        server = Server(empty=1)
        try:
            self.assertEqual(server.request("GET", "/health/live").json, {"status": "live"})
            answer = server.request("GET", "/health/ready")
            self.assertEqual((answer.status, answer.json["code"]), (503, "not_ready"))
            self.assertIn("aisle task create", answer.json["reasons"][0])
            self.assertIn("Retry-After", answer.headers)
        finally:
            self.assertEqual(server.stop(), 0)


class Swap(unittest.TestCase):
    def test_W7_a_promoted_version_is_served_within_two_seconds_and_no_request_is_lost(self):
        server = Server()
        try:
            versions = []
            for _ in range(5):
                os.kill(server.process.pid, signal.SIGUSR1)
                end = time.monotonic() + 2
                wanted = (versions[-1] if versions else 3) + 1
                while time.monotonic() < end and (not versions or versions[-1] != wanted):
                    answer = server.predict({"title": "games"})
                    self.assertEqual(answer.status, 200)
                    versions.append(answer.json["version"])
                self.assertEqual(versions[-1], wanted)
            self.assertEqual(versions, sorted(versions))
        finally:
            self.assertEqual(server.stop(), 0)


class Stopping(unittest.TestCase):
    def test_what_was_accepted_is_answered(self):
        server = Server()
        body = b'{"title":"games"}'
        with server.connect() as connection:
            connection.sendall(post("/tasks/apps/predict", body)[:-5])
            time.sleep(0.3)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            connection.sendall(body[-5:])
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 OK"), answer)
        self.assertIn(b"Connection: close", answer)
        self.assertEqual(server.stop(), 0)

    def test_who_never_finishes_does_not_hold_it_up(self):
        server = Server(drain_timeout_ms=500)
        with server.connect() as connection:
            connection.sendall(post("/tasks/apps/predict", b"x" * 100)[:-5])
            time.sleep(0.2)
            begin = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - begin, 5)

    def test_idle_connections_close(self):
        server = Server()
        with server.connect():
            begin = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - begin, 5)


if __name__ == "__main__":
    unittest.main()
