"""P5: batches are streamed both ways, in order, within bounded memory."""

import http.client
import json
import socket
import threading
import time
import unittest

from http_support import TIMEOUT_S, ServerTest, post, read_answers

BATCH = "/tasks/apps/predict/batch"
HEAD = f"POST {BATCH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/jsonl\r\nTransfer-Encoding: chunked\r\n\r\n".encode()


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def lines_of(answer):
    return [json.loads(line) for line in answer.body.splitlines()]


class Batch(ServerTest):
    options = {"body_timeout_ms": 3000}

    def batch(self, body, **headers):
        return self.server.request("POST", BATCH, body, {"Content-Type": "application/jsonl", **headers})

    def test_P5_every_line_is_answered_in_order(self):
        items = [{"id": str(i), "title": "games " * (i % 3), "body": "network"} for i in range(5000)]
        answer = self.batch("\n".join(map(json.dumps, items)))
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/jsonl"))
        rows = lines_of(answer)
        self.assertEqual([row["id"] for row in rows], [item["id"] for item in items])
        self.assertTrue(all(row["task"] == "apps" and row["predictions"] for row in rows))

    def test_a_bad_line_stands_in_its_place(self):
        body = b'\xef\xbb\xbf{"id":"a","title":"x"}\r\n\r\n{broken\n{"id":"c","titel":"x"}\n{"id":"d","title":"x","label":["y"],"group":"g","split":"test"}\n\xff\n{"id":"e","title":7}'
        rows = lines_of(self.batch(body))
        self.assertEqual([row.get("line") for row in rows], [None, 3, 4, None, 6, 7])
        self.assertEqual([row["id"] for row in rows], ["a", None, "c", "d", None, "e"])
        self.assertEqual({row["error"]["code"] for row in rows if "error" in row}, {"invalid_argument"})

    def test_an_item_without_an_id_has_its_content_for_one(self):
        first, second, third = lines_of(self.batch(b'{"title":"x"}\n{"title":"x"}\n{"body":"x"}'))
        self.assertEqual(first["id"], second["id"])
        self.assertNotEqual(first["id"], third["id"])

    def test_an_empty_batch_has_an_empty_answer(self):
        self.assertEqual((self.batch(b"").status, self.batch(b"\n\n").body), (200, b""))

    def test_the_connection_goes_on_afterwards(self):
        with self.server.connect() as connection:
            connection.sendall(HEAD + chunk(b'{"title":"x"}') + b"0\r\n\r\n" + post("/tasks/apps/predict", b'{"title":"y"}', "Connection: close"))
            self.assertEqual([answer.status for answer in read_answers(connection)], [200, 200])

    def test_what_is_wrong_from_the_start_has_its_status(self):
        for path, status in (("/tasks/none/predict/batch", 404), ("/tasks/untrained/predict/batch", 409), (BATCH + "?top=x", 400)):
            self.assertEqual(self.server.request("POST", path, b'{"title":"x"}', {"Content-Type": "application/jsonl"}).status, status)
        self.assertEqual(self.batch(b"x", **{"Content-Type": "text/csv"}).status, 415)
        self.assertEqual(self.server.raw(HEAD + b"zz\r\n")[0].status, 400)

    def test_answers_come_before_the_body_ends(self):
        with self.server.connect() as connection:
            connection.sendall(HEAD)
            reader = connection.makefile("rb")
            for i in range(3):
                connection.sendall(chunk(b'{"id":"%d","title":"x"}\n' % i))
                while not (line := reader.readline()).startswith(b"{"):
                    self.assertTrue(line)
                self.assertEqual(json.loads(line)["id"], str(i))
            connection.sendall(b"0\r\n\r\n")

    def test_a_body_that_breaks_off_does_not_look_complete(self):
        with self.server.connect() as connection:
            connection.sendall(HEAD + chunk(b'{"id":"a","title":"x"}\n{"id":"b"'))
            time.sleep(0.2)
            connection.shutdown(socket.SHUT_WR)
            body = read_answers(connection)[0].body
        self.assertTrue(body.endswith(b"<broken off>"))
        last = json.loads(body.removesuffix(b"<broken off>").splitlines()[-1])
        self.assertEqual((last["line"], last["error"]["code"]), (2, "invalid_argument"))

    def test_a_body_that_stops_times_out(self):
        with self.server.connect() as connection:
            connection.sendall(HEAD + chunk(b'{"id":"a","title":"x"}\n'))
            body = read_answers(connection)[0].body
        self.assertEqual(json.loads(body.removesuffix(b"<broken off>").splitlines()[-1])["error"]["code"], "timeout")

    def test_a_line_over_the_bound_is_one_bad_line(self):
        with self.server.connect() as connection:
            sender = threading.Thread(target=send_long_line, args=(connection,))
            sender.start()
            rows = lines_of(read_answers(connection)[0])
            sender.join()
        self.assertEqual([row.get("error", {}).get("code") for row in rows], [None, "too_large", None])

    def test_a_client_may_send_everything_before_it_reads(self):
        body = b"".join(b'{"id":"%d","title":"games and games"}\n' % i for i in range(15_000))  # answers of 6 MB
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=TIMEOUT_S)
        connection.request("POST", BATCH, body, {"Content-Type": "application/jsonl"})
        rows = connection.getresponse().read().splitlines()
        connection.close()
        self.assertEqual(len(rows), 15_000)
        self.assertEqual(json.loads(rows[-1])["id"], "14999")

    def test_memory_is_bounded_whatever_the_length(self):
        piece = chunk(b"".join(b'{"id":"%d","title":"games"}\n' % i for i in range(2000)))
        with self.server.connect() as connection:
            connection.sendall(HEAD)
            reader = threading.Thread(target=read_answers, args=(connection,))
            reader.start()
            for _ in range(10):
                connection.sendall(piece)
            before = self.server.memory_kb()
            for _ in range(25):
                connection.sendall(piece)
            self.assertLess(self.server.memory_kb() - before, 4 << 10)
            connection.sendall(b"0\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)
            reader.join()

    def test_others_are_answered_meanwhile(self):
        body = b'{"title":"games"}\n' * 20_000
        worker = threading.Thread(target=self.batch, args=(body,))
        worker.start()
        answered = 0
        while worker.is_alive():
            self.assertEqual(self.server.predict({"title": "x"}).status, 200)
            answered += 1
        worker.join()
        self.assertGreater(answered, 3)


def send_long_line(connection):
    connection.sendall(HEAD + chunk(b'{"title":"x"}\n{"title":"'))
    for _ in range(9):
        connection.sendall(chunk(b"x" * (1 << 20)))
    connection.sendall(chunk(b'"}\n{"title":"y"}\n') + b"0\r\n\r\n")
    connection.shutdown(socket.SHUT_WR)


class Backpressure(ServerTest):
    options = {"max_waiting_answer_bytes": 1 << 20, "write_timeout_ms": 1500}

    def test_who_sends_for_ever_and_never_reads_is_held_back_and_then_cut_off(self):
        piece = chunk(b'{"title":"games"}\n' * 1000)
        sent = 0
        with self.server.connect() as connection:
            connection.sendall(HEAD)
            connection.settimeout(4)
            with self.assertRaises(OSError):
                while sent < (256 << 20):
                    sent += connection.send(piece)
        self.assertLess(sent, 32 << 20)
        self.assertLess(self.server.memory_kb(), 64 << 10)


if __name__ == "__main__":
    unittest.main()
