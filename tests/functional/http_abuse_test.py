"""Bad input, over raw sockets: each gets its problem document, and the server stays up (ServerTest looks after every test)."""

import json
import random
import socket
import time
import unittest

from http_support import ServerTest, post, read_answers

PREDICT = "/tasks/apps/predict"
GOOD = b'{"title":"games"}'


class Framing(ServerTest):
    def refused(self, data, status=400, code="invalid_argument", **how):
        answers = self.server.raw(data, **how)
        self.assertEqual(len(answers), 1, data[:100])
        self.assert_problem(answers[0], status, code)
        self.assertEqual(answers[0].headers["Connection"], "close")

    def test_what_can_be_read_in_two_ways_is_refused(self):
        chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(GOOD), GOOD)
        for headers in (
            ("Content-Length: 17", "Transfer-Encoding: chunked"), ("Transfer-Encoding: chunked", "Content-Length: 17"),
            ("Content-Length: 17", "Content-Length: 18"), ("Content-Length: 17", "Content-Length: 17"), ("Content-Length: 17, 17",),
            ("Content-Length: -1",), ("Content-Length: +17",), ("Content-Length: 0x11",), ("Content-Length: ",), ("Content-Length: 1e1",),
            ("Content-Length: 99999999999999999999999",), ("Transfer-Encoding: gzip, chunked",), ("Transfer-Encoding: chunked, gzip",),
            ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), ("Transfer-Encoding: identity",), ("Transfer-Encoding: xchunked",),
        ):
            with self.subTest(headers=headers):
                self.refused(post(PREDICT, chunked, *headers))
        self.refused(post(PREDICT, chunked, "Transfer-Encoding: chunked", version="1.0"))

    def test_bad_chunks(self):
        for body in (b"zz\r\n", b"-1\r\n", b"5\r\nabcdefg\r\n0\r\n\r\n", b"ffffffffffffffffff\r\n", b"5;\r\n\x00", b"\r\n\r\n"):
            with self.subTest(body=body):
                self.refused(post(PREDICT, body, "Transfer-Encoding: chunked"), end_input=True)

    def test_what_is_no_http(self):
        for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 100, b"GET\r\n\r\n", b"GET / HTTP/3.0\r\n\r\n", b"GET / HTTP/1.1\nHost: x\n\n",
                     b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x00" * 64, b"GET / HTTP/1.1\r\nHost x\r\n\r\n", b"GET / HTTP/1.1\r\n: x\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: a\x00b\r\n\r\n", b"G\xc3\xa9T / HTTP/1.1\r\n\r\n", b"GET  / HTTP/1.1\r\n\r\n"):
            with self.subTest(data=data):
                self.refused(data, end_input=True)

    def test_targets_and_hosts(self):
        self.refused(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        self.refused(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n")
        self.refused(b"GET http://x/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        self.refused(b"GET /%4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        self.assertEqual(self.server.raw(b"GET /tasks HTTP/1.0\r\n\r\n")[0].status, 200)

    def test_a_cut_request_is_answered_when_the_client_still_listens(self):
        whole = post(PREDICT, GOOD)
        for end in range(1, len(whole) - 1, 7):
            self.refused(whole[:end], end_input=True)

    def test_a_client_that_goes_away_is_nobody(self):
        whole = post(PREDICT, GOOD)
        for end in range(1, len(whole), 11):
            with self.server.connect() as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # reset
                connection.sendall(whole[:end])

    def test_large_headers(self):
        self.refused(b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 20000 + b"\r\n\r\n", 431, "headers_too_large")
        self.refused(b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n\r\n", 431, "headers_too_large")
        self.refused(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"A%d: b\r\n" % i for i in range(5000)) + b"\r\n", 431, "headers_too_large")

    def test_large_bodies(self):
        self.refused(post(PREDICT, b"", "Content-Length: 1048577"), 413, "too_large")
        self.refused(post(PREDICT, b"", "Content-Length: 1048577", "Expect: 100-continue"), 413, "too_large")
        # Sent whole before the answer is read: it still arrives.
        self.refused(post(PREDICT, b" " * (3 << 20)), 413, "too_large")
        self.refused(post(PREDICT, b"100000\r\n" + b" " * 0x100000 + b"\r\n1\r\n \r\n0\r\n\r\n", "Transfer-Encoding: chunked", "Connection: close"), 413, "too_large")

    def test_a_body_at_the_bound_is_read(self):
        body = b'{"title":"' + b"x" * ((1 << 20) - 12) + b'"}'
        self.assertEqual(self.server.raw(post(PREDICT, body, "Connection: close"))[0].status, 200)

    def test_pipelined_requests_are_answered_in_order(self):
        data = b"".join(post(PREDICT, b'{"title":"x","id":"%d"}' % i) if i % 3 else post(PREDICT, b"{broken") for i in range(50))
        answers = self.server.raw(data + post(PREDICT, GOOD, "Connection: close") + b"GET /tasks HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual([answer.status for answer in answers], [200 if i % 3 else 400 for i in range(50)] + [200])
        self.assertEqual([answer.json["id"] for answer in answers[:50] if answer.status == 200], [str(i) for i in range(50) if i % 3])

    def test_chunked_bodies_and_single_bytes(self):
        chunks = b"".join(b"1;x=y\r\n%c\r\n" % byte for byte in GOOD) + b"0\r\nTrailer: x\r\n\r\n"
        data = post(PREDICT, chunks, "Transfer-Encoding: chunked", "Connection: close")
        with self.server.connect() as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in data:
                connection.send(bytes([byte]))
            self.assertEqual(read_answers(connection)[0].status, 200)

    def test_continue_is_said_before_the_body(self):
        with self.server.connect() as connection:
            connection.sendall(post(PREDICT, b"", f"Content-Length: {len(GOOD)}", "Expect: 100-continue", "Connection: close"))
            self.assertEqual(connection.recv(100), b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.sendall(GOOD)
            self.assertEqual(read_answers(connection)[0].status, 200)

    def test_nothing_random_harms(self):
        generator = random.Random(7)
        whole = post(PREDICT, GOOD, "Connection: close")
        for _ in range(400):
            data = bytearray(whole)
            for _ in range(generator.randint(1, 6)):
                data[generator.randrange(len(data))] = generator.randrange(256)
            for answer in self.server.raw(bytes(data), end_input=True):
                self.assertIn(answer.status, (200, 400, 404, 405, 413, 415, 431))


class Bodies(ServerTest):
    def test_each_broken_body_says_what_is_wrong(self):
        deep = b'{"title":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
        for body, words in (
            (b"", "empty"), (b" ", "empty"), (b"{", "JSON"), (b"[]", "object"), (b'"x"', "object"), (b"7", "object"), (b"null", "object"),
            (b'{"title":"x"', "JSON"), (b'{"title":"x', "ends inside a string"), (b'{"title":"x"}}', "JSON"), (b'{"title":"x",}', "JSON"), (b"{'title':'x'}", "JSON"),
            (b'{"title":7}', "a number"), (b'{"title":["x"]}', "a list"), (b'{"title":{"a":"b"}}', "an object"), (b'{"title":true}', "a boolean"),
            (b'{"title":"x","titel":"y"}', "title, body, image"), (b'{"title":"x","title":"y"}', "twice"), (b'{"title":"x","task":"apps"}', "no field"),
            (b"{}", "at least one"), (b'{"title":""}', "at least one"), (b'{"title":" \\n","body":null}', "at least one"), (b'{"image":"aGVsbG8="}', "reads text"),
            (b'{"title":"\xff"}', "UTF-8"), (b'{"title":"\xc3"}', "UTF-8"), (b'{"title":"\xed\xa0\x80"}', "UTF-8"), ('{"title":"x"}'.encode("utf-16"), "UTF-8"),
            (b'{"title":"\\ud800"}', "surrogate"), (b'{"title":"a\\u0000b"}', "NUL"), (b'{"title":"a\x00b"}', "control"), (b'{"title":"a\nb"}', "control"),
            (b'{"title":"\\x"}', "escape"), (b'{"title":1e999}', "number"), (b'{"title":"x","id":""}', "id"), (b'{"title":"x","id":"' + b"i" * 201 + b'"}', "id"),
            (deep, "nested deeper"), (b"[" * 200_000, "JSON"), (b'{"a":' * 50_000, "JSON"),
        ):
            with self.subTest(body=body[:60]):
                problem = self.assert_problem(self.server.predict(body), 400, "invalid_argument")
                self.assertIn(words, problem["detail"])

    def test_the_field_is_named(self):
        self.assertEqual(self.server.predict(b'{"title":7}').json["context"], {"field": "title"})

    def test_what_is_odd_but_right_is_answered(self):
        for body in ({"title": "x", "body": None}, {"title": "\U0001f600\u0301"}, {"title": "x", "image": "aGVsbG8="}, {"title": "x", "id": 12}, {"title": "</script>\u2028"}):
            self.assertEqual(self.server.predict(body).status, 200, body)

    def test_memory_does_not_grow(self):
        bodies = [b"[" * 500_000, b'{"title":"' + b"x" * 900_000, b'{"title":"' + b"\\u0041" * 100_000 + b'"}', json.dumps({f"k{i}": i for i in range(50_000)}).encode()]
        before = 0
        for round_number in range(12):
            for body in bodies:
                self.server.predict(body)
            if round_number == 3:
                before = self.server.memory_kb()
        self.assertLess(self.server.memory_kb() - before, 8 << 10)


class SlowClients(ServerTest):
    options = {"header_timeout_ms": 600, "body_timeout_ms": 600, "idle_timeout_ms": 900, "write_timeout_ms": 900, "max_connections": 20}

    def test_a_slow_head_times_out(self):
        with self.server.connect() as connection:
            for byte in b"GET /tasks HTT":  # each byte comes in time, the head does not
                connection.send(bytes([byte]))
                time.sleep(0.06)
            self.assert_problem(read_answers(connection)[0], 408, "timeout")

    def test_a_slow_body_times_out(self):
        with self.server.connect() as connection:
            connection.sendall(post(PREDICT, GOOD)[:-3])
            self.assert_problem(read_answers(connection)[0], 408, "timeout")

    def test_an_idle_connection_is_closed_without_words(self):
        with self.server.connect() as connection:
            self.assertEqual(connection.recv(100), b"")

    def test_slow_clients_do_not_take_all_connections_for_long(self):
        time.sleep(0.5)  # what earlier tests closed is seen as closed
        slow = [self.server.connect() for _ in range(20)]
        for connection in slow:
            connection.send(b"GET /ta")
        time.sleep(0.1)
        answer = self.server.raw(b"GET /tasks HTTP/1.1\r\nHost: x\r\n\r\n")[0]
        self.assert_problem(answer, 503, "overloaded")
        self.assertEqual(answer.headers["Retry-After"], "1")
        for connection in slow:
            self.assertEqual(read_answers(connection)[0].status, 408)
            connection.close()
        self.assertEqual(self.server.request("GET", "/tasks").status, 200)


class Overload(ServerTest):
    options = {"max_in_flight": 2, "max_streams": 2}

    def test_requests_over_the_bound_are_told_to_come_again(self):
        waiting = [self.server.connect() for _ in range(2)]
        for connection in waiting:
            connection.sendall(post(PREDICT, GOOD, "Connection: close")[:-3])
        time.sleep(0.2)
        answer = self.server.predict({"title": "x"})
        self.assert_problem(answer, 503, "overloaded")
        self.assertIn("Retry-After", answer.headers)
        for connection in waiting:
            connection.sendall(GOOD[-3:])
            self.assertEqual(read_answers(connection)[0].status, 200)
            connection.close()
        self.assertEqual(self.server.predict({"title": "x"}).status, 200)


if __name__ == "__main__":
    unittest.main()
