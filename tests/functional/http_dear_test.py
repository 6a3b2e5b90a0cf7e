"""P4: models that take long answer in batches, away from the threads that serve; one that hangs holds up nobody."""

import concurrent.futures
import json
import pathlib
import re
import signal
import socket
import struct
import tempfile
import time
import unittest

from http_support import TIMEOUT_S, Server, post, read_answers

DEAR = "/tasks/dear/predict"


class Dear(unittest.TestCase):
    options = {}

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="aisle-dear-")
        self.addCleanup(folder.cleanup)
        self.gate = pathlib.Path(folder.name) / "gate"
        self.server = Server(gate=self.gate, **self.options)
        self.addCleanup(self.stop)
        self.clients = concurrent.futures.ThreadPoolExecutor(32)
        self.addCleanup(self.clients.shutdown)

    def stop(self):
        self.gate.touch()
        self.assertEqual(self.server.stop(), 0)

    def ask(self, title, task="dear"):
        return self.clients.submit(self.server.predict, {"title": title}, task)

    def sample(self, name):
        """One value of /metrics; 0 where it is not there."""
        text = self.server.request("GET", "/metrics").body.decode()
        found = re.search(rf"^aisle_{re.escape(name)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0

    def until(self, name, value):
        end = time.monotonic() + TIMEOUT_S
        while self.sample(name) != value:
            self.assertLess(time.monotonic(), end, f"{name} is {self.sample(name)}, not {value}")
            time.sleep(0.01)

    def hold(self):
        """One item that the model is at until the gate opens."""
        held = self.ask("hold")
        self.until('batch_items_count{task="dear",version="1"}', 1)
        return held

    def wait_for_queue(self, items):
        self.until('queue_items{task="dear",version="1"}', items)

    def assert_problem(self, answer, status, code):
        self.assertEqual((answer.status, answer.json["code"]), (status, code), answer.body)


class Queue(Dear):
    def test_P4_it_answers_as_other_models_do(self):
        answer = self.server.predict({"title": "games games network", "id": "a"}, "dear")
        body = answer.json
        self.assertEqual((answer.status, body["id"], body["predictions"][0]["label"], body["predictions"][0]["probability"]), (200, "a", "games", 0.5))
        explained = self.server.predict({"title": "games"}, "dear", "?explain=true&top=1").json
        self.assertEqual(explained["explanation"]["evidence"], [{"field": "title", "text": "games", "weight": 1}])
        self.assert_problem(self.server.predict({"title": "bad"}, "dear"), 500, "internal")

    def test_P4_a_model_that_hangs_holds_up_no_other_and_what_waits_is_answered_together(self):
        held = self.hold()
        waiting = [self.ask(f"network {i}") for i in range(6)] + [self.ask("bad")]
        self.wait_for_queue(7)
        for _ in range(20):  # on both threads
            self.assertEqual(self.server.predict({"title": "games"}).status, 200)
        self.assertFalse(any(one.done() for one in [held, *waiting]))
        self.gate.touch()
        self.assertEqual(held.result().status, 200)
        self.assertEqual([one.result().status for one in waiting], [200] * 6 + [500])
        self.assertEqual({one.result().json["predictions"][0]["label"] for one in waiting[:6]}, {"network"})
        self.assertEqual(self.sample('batch_items_count{task="dear",version="1"}'), 2)
        self.assertEqual(self.sample('batch_items_sum{task="dear",version="1"}'), 8)

    def test_M14_what_a_cascade_is_sure_of_does_not_wait(self):
        held = self.hold()
        sure = self.server.predict({"title": "sure games games network"}, "dear")
        self.assertEqual((sure.status, sure.json["predictions"][0]["probability"]), (200, 0.5))
        self.assertFalse(held.done())
        self.gate.touch()
        self.assertEqual(held.result().status, 200)
        self.assertEqual(self.sample('batch_items_sum{task="dear",version="1"}'), 1)

    def test_P12_sigterm_answers_what_waits(self):
        held = self.hold()
        waiting = [self.ask("games") for _ in range(3)]
        self.wait_for_queue(3)
        self.server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        self.gate.touch()
        self.assertEqual([one.result().status for one in [held, *waiting]], [200] * 4)

    def test_P4_what_nobody_waits_for_is_not_computed(self):
        held = self.hold()
        gone = self.server.connect()
        gone.sendall(post(DEAR, b'{"title":"bad"}'))
        self.wait_for_queue(1)
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        gone.close()
        ended = self.server.connect()
        ended.sendall(post(DEAR, b'{"title":"bad"}'))
        self.wait_for_queue(2)
        ended.shutdown(socket.SHUT_WR)
        self.assertEqual([answer.status for answer in read_answers(ended)], [499])
        ended.close()
        self.gate.touch()
        self.assertEqual(held.result().status, 200)
        self.assertEqual(self.server.predict({"title": "games"}, "dear").status, 200)
        self.assertEqual(self.sample('batch_items_sum{task="dear",version="1"}'), 2)

    def test_P4_pipelined_requests_are_answered_in_order(self):
        with self.server.connect() as connection:
            connection.sendall(post(DEAR, b'{"title":"games"}') + post("/tasks/apps/predict", b'{"title":"network"}') + post(DEAR, b'{"title":"science"}', "Connection: close"))
            labels = [answer.json["predictions"][0]["label"] for answer in read_answers(connection)]
        self.assertEqual(labels, ["games", "network", "science"])

    def test_W7_another_version_is_opened_away_from_the_requests_thread(self):
        for version, expected in (("candidate", 2), ("counting", 1), ("1", 1)):
            answer = self.server.predict({"title": "games"}, "dear", f"?version={version}")
            self.assertEqual((answer.status, answer.json["version"]), (200, expected))
        self.assert_problem(self.server.predict({"title": "games"}, "dear", "?version=99"), 404, "not_found")
        batch = self.server.request("POST", DEAR + "/batch?version=candidate", b'{"title":"games"}', {"Content-Type": "application/jsonl"})
        self.assertEqual((batch.status, batch.json["version"]), (200, 2))

    def test_P4_a_model_is_asked_by_its_kind(self):
        for name, expected in (("counting", 1), ("candidate", 2), ("1", 1)):
            answer = self.server.request("POST", f"/model/{name}/predict", '{"title":"games","task":"dear"}')
            self.assertEqual((answer.status, answer.json["task"], answer.json["version"]), (200, "dear", expected))
        self.assert_problem(self.server.request("POST", "/model/picture/predict", '{"title":"x","task":"dear"}'), 404, "not_found")
        self.assert_problem(self.server.request("POST", "/model/1/predict?version=2", '{"title":"x","task":"dear"}'), 400, "invalid_argument")
        self.assert_problem(self.server.request("POST", "/model/counting/predict", '{"title":"x"}'), 400, "invalid_argument")


class Batches(Dear):
    def batch(self, body):
        return self.server.request("POST", DEAR + "/batch", body, {"Content-Type": "application/jsonl"})

    def test_P5_every_line_is_answered_in_order_and_in_batches(self):
        lines = [json.dumps({"id": str(i), "title": "games " * (i % 3) + "network"}) for i in range(400)]
        lines[7] = "{broken"
        lines[9] = '{"id":"9","title":"bad"}'
        rows = [json.loads(line) for line in self.batch("\n".join(lines)).body.splitlines()]
        self.assertEqual([row["id"] for row in rows], [None if i == 7 else str(i) for i in range(400)])
        self.assertEqual([(row["line"], row["error"]["code"]) for row in rows if "error" in row], [(8, "invalid_argument"), (10, "internal")])
        self.assertEqual(rows[2]["predictions"][0]["label"], "games")
        self.assertEqual(self.sample('batch_items_sum{task="dear",version="1"}'), 399)
        self.assertLess(self.sample('batch_items_count{task="dear",version="1"}'), 200)

    def test_P5_answers_come_before_the_body_ends(self):
        with self.server.connect() as connection:
            connection.sendall(f"POST {DEAR}/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/jsonl\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
            line = b'{"id":"a","title":"games"}\n'
            connection.sendall(b"%x\r\n%s\r\n" % (len(line), line))
            seen = b""
            while b'"id":"a"' not in seen:
                seen += connection.recv(65536)
            connection.sendall(b"0\r\n\r\n")
            while not seen.endswith(b"0\r\n\r\n"):
                seen += connection.recv(65536)

    def test_P5_a_batch_that_waits_holds_up_nobody(self):
        held = self.hold()
        batch = self.clients.submit(self.batch, b'{"title":"games"}\n' * 300)
        self.wait_for_queue(32)
        self.assertEqual(self.server.predict({"title": "games"}).status, 200)
        single = self.ask("network")
        self.wait_for_queue(33)
        self.gate.touch()
        self.assertEqual((held.result().status, single.result().status), (200, 200))
        self.assertEqual(len(batch.result().body.splitlines()), 300)

    def test_P5_a_body_that_breaks_off_is_answered_as_far_as_it_came(self):
        with self.server.connect() as connection:
            connection.sendall(f"POST {DEAR}/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n".encode() + b'{"id":"a","title":"games"}\n')
            connection.shutdown(socket.SHUT_WR)
            text = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
        self.assertIn('"id":"a"', text)
        self.assertIn("broke off", text)


class Stopping(Dear):
    options = {"drain_timeout_ms": 200, "answer_timeout_ms": 4000}

    def test_P12_what_waits_for_a_model_is_answered_though_the_drain_is_short(self):
        held = self.hold()
        waiting = [self.ask("games") for _ in range(3)]
        self.wait_for_queue(3)
        self.server.process.send_signal(signal.SIGTERM)
        time.sleep(1)
        self.gate.touch()
        self.assertEqual([one.result().status for one in [held, *waiting]], [200] * 4)


class LargeBodies(Dear):
    options = {"max_body_bytes": 1024, "max_large_bodies_bytes": 100_000}
    body = json.dumps({"title": "x" * 60_000}).encode()

    def begin(self, size):
        """A connection that has sent so much of a body of 60,000 bytes, to a version that may read pictures."""
        connection = self.server.connect()
        self.addCleanup(connection.close)
        connection.sendall(post(DEAR + "?version=1", self.body)[:-len(self.body)] + self.body[:size])
        return connection

    def status(self, connection):
        return int(connection.recv(65536).split()[1])

    def test_P4_large_bodies_together_are_bounded_and_one_that_is_refused_takes_no_room(self):
        first = self.begin(1000)
        time.sleep(0.2)
        refused = self.begin(0)
        self.assertEqual(self.status(refused), 503)
        first.sendall(self.body[1000:])
        self.assertEqual(self.status(first), 200)
        self.assertEqual(self.status(self.begin(len(self.body))), 200)  # though the refused one is still open

    def test_P4_a_body_that_waits_in_the_queue_takes_no_other_room(self):
        held = self.hold()
        waiting = self.begin(len(self.body))
        self.wait_for_queue(1)
        second = self.begin(len(self.body))
        self.wait_for_queue(2)
        self.gate.touch()
        self.assertEqual([held.result().status, self.status(waiting), self.status(second)], [200] * 3)


class Bounds(Dear):
    options = {"max_queue": 2, "answer_timeout_ms": 300}

    def test_P4_a_full_queue_is_told_and_what_waits_too_long_is_not_computed(self):
        held = self.hold()
        waiting = [self.ask("bad"), self.ask("bad")]
        self.wait_for_queue(2)
        refused = self.server.predict({"title": "games"}, "dear")
        self.assert_problem(refused, 503, "overloaded")
        self.assertEqual(refused.headers["Retry-After"], "1")
        for one in waiting:
            self.assert_problem(one.result(), 503, "overloaded")  # though the model hangs
        self.gate.touch()
        self.assertEqual(held.result().status, 200)  # it had begun
        self.assertEqual(self.sample('batch_items_sum{task="dear",version="1"}'), 1)
        self.assertEqual(self.sample('queue_unanswered_total{task="dear",version="1",reason="expired"}'), 2)
        self.assertEqual(self.sample('queue_unanswered_total{task="dear",version="1",reason="refused"}'), 1)


if __name__ == "__main__":
    unittest.main()
