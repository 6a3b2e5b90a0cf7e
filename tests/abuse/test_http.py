"""Broken requests against the real server: each gets a problem document (RFC 9457) or a clean close, and the server
goes on. usage: test_http.py SERVER [NAME]... (names of http_cases.py; all of them where none is given)
"""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

import http_cases

FEWEST_CASES = 700
GROWTH_BYTES = 48 << 20   # of the second round over the first
TIMEOUT_MS = 400          # of the server, for the cases that wait
PATIENCE_S = 20
CODES = {400: {'invalid_argument', 'unsupported', 'usage'}, 404: {'not_found'}, 405: {'method_not_allowed'}, 408: {'timeout'}, 409: {'failed_precondition'}, 413: {'too_large'}, 415: {'unsupported_media_type'}, 431: {'headers_too_large'},
         503: {'overloaded', 'failed_precondition'}}


class Failure(Exception):
    pass


def require(good, what):
    if not good:
        raise Failure(what)


def read_all(connection):
    """Everything until the server closes, or until one whole answer is here; b'' for a close without a word."""
    data = b''
    while not is_whole(data):
        try:
            piece = connection.recv(1 << 16)
        except ConnectionResetError:
            break
        if not piece:
            break
        data += piece
    return data


def split(data):
    head, _, body = data.partition(b'\r\n\r\n')
    lines = head.decode('latin-1').split('\r\n')
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(':')
        headers[name.strip().lower()] = value.strip()
    return lines[0], headers, body


def is_whole(data):
    if b'\r\n\r\n' not in data:
        return False
    status, headers, body = split(data)
    if ' 100 ' in status or ' 204 ' in status:
        return True
    if 'content-length' in headers:
        return len(body) >= int(headers['content-length'])
    return headers.get('transfer-encoding') == 'chunked' and body.endswith(b'0\r\n\r\n')


def dechunked(headers, body):
    if headers.get('transfer-encoding') != 'chunked':
        return body
    out = b''
    while body:
        size, _, rest = body.partition(b'\r\n')
        size = int(size, 16)
        out, body = out + rest[:size], rest[size + 2:]
        if size == 0:
            break
    return out


def send(port, case):
    with socket.create_connection(('127.0.0.1', port), timeout=PATIENCE_S) as connection:
        try:
            connection.sendall(case.data)
            if case.ends:
                connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server said what it had to say before it read all
        return read_all(connection)


def check_problem(status, headers, body):
    require(headers.get('content-type') == 'application/problem+json', f'content type {headers.get("content-type")}')
    require(int(headers['content-length']) == len(body), 'content length')
    problem = json.loads(body.decode('utf-8'))
    require(problem['status'] == status, f'says status {problem["status"]}')
    require(problem['code'] in CODES[status], f'code {problem["code"]} with status {status}')
    require(problem['type'] and problem['title'] and problem['request_id'], 'a member is missing')
    require(len(problem['detail'].split()) >= 3 and len(problem['detail']) <= 4096, f'detail: {problem["detail"][:200]}')
    require('std::' not in problem['detail'] and 'exception' not in problem['detail'], problem['detail'])
    if status == 405:
        require('allow' in headers, 'no Allow')


def check_batch(case, body):
    bad = 0
    for line in body.decode('utf-8').splitlines():
        answer = json.loads(line)
        if 'error' in answer:
            bad += 1
            require(answer['line'] >= 1 and 'id' in answer, line[:200])
        else:
            require(answer['predictions'], line[:200])
    if case.bad_lines >= 0:
        require(bad == case.bad_lines, f'{bad} bad lines, {case.bad_lines} expected: {body[:600]!r}')


def check(port, case):
    data = send(port, case)
    if not data:
        require(0 in case.statuses, 'closed without an answer')
        return
    line, headers, body = split(data)
    status = int(line.split()[1])
    require(status in case.statuses, f'status {status}, not one of {case.statuses}: {data[-300:]!r}')
    if status >= 400:
        check_problem(status, headers, body)
    elif status == 200 and 'json' in headers.get('content-type', '') and case.bad_lines >= 0:
        check_batch(case, dechunked(headers, body))


def check_good(connection):
    """One more good request on a connection that stays open over all of it."""
    connection.sendall(http_cases.GOOD)
    line, headers, body = split(read_all(connection))
    require(' 200 ' in line, f'a good request is answered with {line}')
    require(json.loads(body)['predictions'], 'a good request gets no predictions')


def resident_bytes(process):
    with open(f'/proc/{process.pid}/status', encoding='ascii') as file:
        for line in file:
            if line.startswith('VmRSS'):
                return int(line.split()[1]) * 1024
    return 0


def round_of(process, port, cases):
    failures = []
    connection = socket.create_connection(('127.0.0.1', port), timeout=PATIENCE_S)
    for case in cases:
        try:
            check(port, case)
            check_good(connection)
        except (Failure, OSError, ValueError, KeyError, IndexError) as error:
            failures.append(case.name)
            print(f'{case.name}: {type(error).__name__}: {error}', flush=True)
            if process.poll() is not None:
                print('the server has ended', flush=True)
                break
            connection.close()
            connection = socket.create_connection(('127.0.0.1', port), timeout=PATIENCE_S)
    connection.close()
    return failures


def start(server, log):
    environment = dict(os.environ)
    # Freed memory is held back by the sanitizer; little of it, so that growth shows.
    environment['ASAN_OPTIONS'] = environment.get('ASAN_OPTIONS', '') + ':quarantine_size_mb=4'
    options = ['--threads', '2', '--header-timeout-ms', str(TIMEOUT_MS), '--body-timeout-ms', str(TIMEOUT_MS), '--idle-timeout-ms', '600000']
    process = subprocess.Popen([server, *options], stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
    line = process.stdout.readline()
    require(line.strip().isdigit(), 'the server does not start')
    return process, int(line)


def main():
    server, names = sys.argv[1], sys.argv[2:]
    cases = [case for case in http_cases.all_cases() if not names or case.name in names]
    require(names or len(cases) >= FEWEST_CASES, f'the corpus has shrunk to {len(cases)}')
    with tempfile.TemporaryFile() as log:
        process, port = start(server, log)
        try:
            begin = time.monotonic()
            failures = round_of(process, port, cases)
            first = resident_bytes(process)
            quick = [case for case in cases if not case.waits]
            if not failures:
                failures += round_of(process, port, quick)
            grown = resident_bytes(process) - first
            process.send_signal(signal.SIGTERM)
            status = process.wait(timeout=60)
        finally:
            process.kill()
        log.seek(0)
        text = log.read().decode('utf-8', 'replace')
    print(f'{len(cases)} broken requests, {len(failures)} failed; memory {first >> 20} MiB, grown by {grown >> 20} MiB in the second round; {time.monotonic() - begin:.1f} s')
    if 'Sanitizer' in text or 'runtime error' in text or 'a request failed' in text:
        print(text[-5000:])
        return 1
    if status != 0 or grown > GROWTH_BYTES:
        print(f'exit status {status}', text[-5000:])
        return 1
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
