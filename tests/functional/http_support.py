"""A running server and a plain client for the HTTP tests; standard library only."""

import http.client
import json
import os
import signal
import socket
import subprocess
import unittest

SERVER = os.environ["HTTP_TEST_SERVER"]
TIMEOUT_S = 20


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    """The test server on a free port; stop() checks that it ends well."""

    def __init__(self, **options):
        arguments = [part for name, value in options.items() for part in ("--" + name.replace("_", "-"), str(value))]
        self.process = subprocess.Popen([SERVER, "--threads", "2", *arguments], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def stop(self, signal_number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(signal_number)
        status = self.process.wait(TIMEOUT_S)
        self.process.stdout.close()
        return status

    def memory_kb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT_S)

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body, headers or ({"Content-Type": "application/json"} if body is not None else {}))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def predict(self, item, task="apps", query=""):
        body = item if isinstance(item, (bytes, str)) else json.dumps(item)
        return self.request("POST", f"/tasks/{task}/predict{query}", body)

    def raw(self, data, end_input=False):
        """Sends bytes as they are; gives all answers until the server closes."""
        with self.connect() as connection:
            connection.sendall(data)
            if end_input:
                connection.shutdown(socket.SHUT_WR)
            return read_answers(connection)


def read_answers(connection):
    data = b""
    while piece := connection.recv(65536):
        data += piece
    return split_answers(data)


def split_answers(data):
    """Answers with Content-Length or chunks, one after the other."""
    answers = []
    while data:
        head, _, data = data.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        status = int(lines[0].split()[1])
        headers = dict(line.split(": ", 1) for line in lines[1:])
        if headers.get("Transfer-Encoding") == "chunked":
            body, data = read_chunks(data)
        else:
            length = int(headers.get("Content-Length", 0))
            body, data = data[:length], data[length:]
        answers.append(Answer(status, headers, body))
    return answers


def read_chunks(data):
    """The body up to the last chunk; what broke off before it ends with b"<broken off>"."""
    pieces, place = [], 0
    while place < len(data):
        end = data.index(b"\r\n", place)
        size = int(data[place:end], 16)
        place = end + 2 + size + 2
        if size == 0:
            return b"".join(pieces), data[place:]
        pieces.append(data[end + 2:place - 2])
    return b"".join(pieces) + b"<broken off>", b""


def post(path, body, *headers, version="1.1"):
    """The bytes of a POST; `headers` come after Host and Content-Type."""
    lines = [f"POST {path} HTTP/{version}", "Host: test", "Content-Type: application/json", *headers]
    if not any(line.lower().startswith(("content-length", "transfer-encoding")) for line in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class ServerTest(unittest.TestCase):
    """One server for all tests of a class; it must be alive and well after each."""

    options = {}

    @classmethod
    def setUpClass(cls):
        cls.server = Server(**cls.options)

    @classmethod
    def tearDownClass(cls):
        status = cls.server.stop()
        if status != 0:
            raise AssertionError(f"the server ended with {status}")

    def tearDown(self):
        self.assertEqual(self.server.request("GET", "/health/live").status, 200)

    def assert_problem(self, answer, status, code):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        problem = answer.json
        self.assertEqual((problem["status"], problem["code"]), (status, code), problem)
        self.assertTrue(problem["detail"])
        self.assertEqual(problem["request_id"], answer.headers["X-Request-Id"])
        return problem
