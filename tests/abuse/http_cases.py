"""The broken requests: each has a name, the bytes to send, and the statuses that may answer it."""
import dataclasses
import json
import random

BODY_LIMIT = 1 << 20
HEADER_LIMIT = 16 << 10
PREDICT = '/tasks/apps/predict'
BATCH = '/tasks/apps/predict/batch'
MODEL = '/model/predict'
GET_ROUTES = ['/', '/openapi.json', '/health/live', '/health/ready', '/metrics', '/tasks']
POST_ROUTES = [PREDICT, MODEL, BATCH]


@dataclasses.dataclass
class Case:
    name: str
    data: bytes
    statuses: tuple            # that may answer it; 0: closed without an answer
    waits: bool = False        # the server must tire of it: our side stays open and silent
    ends: bool = False         # our side ends sending
    bad_lines: int = -1        # batch: lines of the answer that are errors


def request(method, target, body=b'', headers=(), version='HTTP/1.1', json_type=True):
    lines = [f'{method} {target} {version}', 'Host: test']
    if json_type and body:
        lines.append('Content-Type: application/json')
    if body or method == 'POST':
        lines.append(f'Content-Length: {len(body)}')
    lines.extend(headers)
    return '\r\n'.join(lines).encode('latin-1') + b'\r\n\r\n' + body


GOOD_BODY = b'{"title":"red shoe","body":"for walking"}'
GOOD = request('POST', PREDICT, GOOD_BODY)


def request_lines():
    lines = [b'', b' ', b'GET', b'GET ', b'GET /', b'GET  / HTTP/1.1', b'GET / HTTP/1.1 x', b'GET / HTTP/2.0', b'GET / HTTP/0.9', b'GET / HTTP/1.', b'GET / HTTP/11', b'GET / HTTP/1.1\x00',
             b'GET / http/1.1', b'GET / HTTPS/1.1', b'GET / HTTP /1.1', b'GET / XTTP/1.1', b'GET\t/\tHTTP/1.1', b' GET / HTTP/1.1', b'G\x00ET / HTTP/1.1', b'G\xc3\xa9T / HTTP/1.1', b'GE(T / HTTP/1.1',
             b'GET /\x00 HTTP/1.1', b'GET /\x01 HTTP/1.1', b'GET /\x7f HTTP/1.1', b'GET /a b HTTP/1.1', b'GET \x80 HTTP/1.1', b'\xff\xfe\xfd', b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', b'PRI * HTTP/2.0',
             b'SSH-2.0-OpenSSH_9.2', b'\x00\x00\x00\x00', b'<html>', b'{"title":"x"}', b'HTTP/1.1 200 OK', b'GET / HTTP/1.1 HTTP/1.1', b'/ GET HTTP/1.1', b': / HTTP/1.1', b'GET / HTTP/1.1;x', b'GET / HTTP/-1.1', b'GET / HTTP/1.99999']
    for i, line in enumerate(lines):
        if line.strip() or line == b' ':
            yield Case(f'request_line_{i}', line + b'\r\nHost: x\r\n\r\n', (400, 404, 431))
            yield Case(f'request_line_{i}_cut', line, (400, 0), ends=True)
    for size in (HEADER_LIMIT - 1, HEADER_LIMIT, HEADER_LIMIT * 2, 1 << 20):
        yield Case(f'target_of_{size}', b'GET /' + b'a' * size + b' HTTP/1.1\r\nHost: x\r\n\r\n', (431,))
        yield Case(f'method_of_{size}', b'M' * size + b' / HTTP/1.1\r\nHost: x\r\n\r\n', (431,))
        yield Case(f'line_without_end_{size}', b'\x41' * size, (400, 431, 0), ends=True)
    yield Case('only_line_ends', b'\r\n' * 50_000, (0, 400, 431), ends=True)


def headers():
    lines = [b'NoColon', b': empty', b' folded: x', b'A B: x', b'A\x00B: x', b'A: x\x00y', b'A: x\x01y', b'A\x80: x', b'A(: x', b'A\t: x', b'A : x', b'\xff: x', b'A: x\ry', b'=: x ', b'"a": b', b'a@b: c', b'a/b: c', b'[a]: b', b'{a}: b', b'a;b: c', b'a,b: c']
    for i, line in enumerate(lines):
        yield Case(f'header_{i}', b'GET /health/live HTTP/1.1\r\nHost: x\r\n' + line + b'\r\n\r\n', (400,) if i not in (2, 5) else (200, 400))
        yield Case(f'header_{i}_of_predict', b'POST ' + PREDICT.encode() + b' HTTP/1.1\r\nHost: x\r\n' + line + b'\r\nContent-Length: 2\r\n\r\n{}', (400,))
    for size in (HEADER_LIMIT, HEADER_LIMIT + 1, HEADER_LIMIT * 4, 1 << 20):
        yield Case(f'header_value_of_{size}', b'GET / HTTP/1.1\r\nHost: x\r\nA: ' + b'v' * size + b'\r\n\r\n', (431,))
        yield Case(f'header_name_of_{size}', b'GET / HTTP/1.1\r\nHost: x\r\n' + b'n' * size + b': v\r\n\r\n', (431,))
        yield Case(f'headers_of_{size}', b'GET / HTTP/1.1\r\nHost: x\r\n' + b'a: b\r\n' * (size // 6 + 1) + b'\r\n', (431,))
        yield Case(f'headers_without_end_{size}', b'GET / HTTP/1.1\r\n' + b'a: b\r\n' * (size // 6 + 1), (431,), ends=True)
    head = b'POST ' + PREDICT.encode() + b' HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n'
    for size in range(1, len(head), 6):
        yield Case(f'head_cut_at_{size}', head[:size], (400,), ends=True)
    for size in (1, 30, 80, len(head) - 1):
        yield Case(f'head_stalls_at_{size}', head[:size], (408,), waits=True)


def lengths():
    for i, length in enumerate(['-1', '+2', '0x2', '2 2', '2,2', '2, 3', 'two', '', ' ', '2.0', '1e1', '99999999999999999999999', '18446744073709551616', '9223372036854775808', '²', '2;', '00000000000000000000000000000x', '"2"', '-0', '\t', '2\x0b']):
        data = f'POST {PREDICT} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{{}}'.encode('latin-1', 'replace')
        yield Case(f'length_{i}', data, (400, 413))
    for target in (PREDICT, MODEL):
        for i, length in enumerate([BODY_LIMIT + 1, 1 << 31, 1 << 32, (1 << 63) - 1, (1 << 64) - 1]):
            yield Case(f'length_over_its_bound_{i}{target.replace("/", "_")}', f'POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n'.encode(), (413,))
        for length in (1, 10, 100, 1000):
            yield Case(f'body_cut_before_{length}{target.replace("/", "_")}', f'POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {length + 41}\r\n\r\n'.encode() + GOOD_BODY, (400,), ends=True)
        yield Case(f'body_stalls{target.replace("/", "_")}', f'POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{"title"'.encode(), (408,), waits=True)
        yield Case(f'body_never_comes{target.replace("/", "_")}', f'POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n'.encode(), (408,), waits=True)
        yield Case(f'body_over_its_bound{target.replace("/", "_")}', request('POST', target, b'{"title":"' + b'x' * BODY_LIMIT + b'"}'), (413,))
        yield Case(f'no_body{target.replace("/", "_")}', request('POST', target), (400,))
        yield Case(f'no_length{target.replace("/", "_")}', f'POST {target} HTTP/1.1\r\nHost: x\r\n\r\n'.encode(), (400, 411))
    two = [('Content-Length: 2', 'Content-Length: 3'), ('Content-Length: 2', 'Transfer-Encoding: chunked'), ('Transfer-Encoding: chunked', 'Content-Length: 2'), ('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'),
           ('Transfer-Encoding: gzip',), ('Transfer-Encoding: gzip, chunked',), ('Transfer-Encoding: chunked, gzip',), ('Transfer-Encoding: xchunked',), ('Transfer-Encoding: identity',), ('Transfer-Encoding: chunked, chunked',),
           ('Transfer-Encoding:',), ('Transfer-Encoding: "chunked"',), ('Transfer-Encoding: chunked;q=1',), ('Transfer-Encoding: \x0bchunked',), ('Content-Length: 2', 'content-length: 20')]
    for i, lines in enumerate(two):
        for target in (PREDICT, BATCH):
            yield Case(f'framing_{i}{target.replace("/", "_")}', (f'POST {target} HTTP/1.1\r\nHost: x\r\n' + '\r\n'.join(lines) + '\r\n\r\n{}').encode(), (400, 501), ends=True)


def chunks():
    bodies = [b'x\r\n', b'-1\r\n', b'+2\r\n{}\r\n', b'0x2\r\n{}\r\n', b'g\r\n', b' 2\r\n{}\r\n', b'\r\n', b'2\r\n{}x\r\n0\r\n\r\n', b'2\r\n{}', b'5\r\n{}\r\n0\r\n\r\n', b'ffffffffffffffff\r\n{}\r\n', b'fffffffffffffffff\r\n{}\r\n', b'7fffffffffffffff\r\n{}\r\n',
              b'80000000\r\n{}', b'2\n{}\n0\n\n', b'2\r{}\r0\r\r', b'2;' + b'x' * 40_000 + b'\r\n{}\r\n0\r\n\r\n', b'2\r\n{}\r\n0\r\nTrailer' + b'x' * 40_000 + b': x\r\n\r\n', b'2\r\n{}\r\n0\r\n' + b'a: b\r\n' * 20_000 + b'\r\n', b'2\r\n{}\r\n0\r\nbad trailer\r\n\r\n',
              b'2\r\n{}\r\n', b'2\r\n{', b'2', b'', b'1;a="\r\n{', b'2;=\r\n{}\r\n0\r\n\r\n', b'\x00\r\n', b'2\x00\r\n{}\r\n', b'0' * 100_000]
    for i, body in enumerate(bodies):
        for target in POST_ROUTES:
            head = f'POST {target} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'.encode()
            yield Case(f'chunk_{i}{target.replace("/", "_")}', head + body, (200, 400, 413, 431) if target == BATCH else (400, 413, 431), ends=True)
    big = b''.join(b'10000\r\n' + b'x' * 65536 + b'\r\n' for _ in range(20))
    for target in (PREDICT, MODEL):
        yield Case(f'chunks_over_the_bound{target.replace("/", "_")}', f'POST {target} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'.encode() + big + b'0\r\n\r\n', (413,))


def methods_and_paths():
    for method in ('PUT', 'DELETE', 'PATCH', 'POST', 'TRACE', 'CONNECT', 'PROPFIND', 'get', 'X'):
        for target in GET_ROUTES:
            yield Case(f'method_{method}{target.replace("/", "_")}', request(method, target), (405, 400) if method in ('CONNECT', 'TRACE') else (405,))
    for method in ('GET', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'post'):
        for target in POST_ROUTES:
            yield Case(f'method_{method}{target.replace("/", "_")}', request(method, target), (405, 400) if method == 'TRACE' else (405,))
    paths = ['/nothing', '/tasks/', '/tasks/apps', '/tasks//predict', '/tasks/apps/predict/', '/tasks/apps/predict/batch/', '/tasks/apps/predict/x', '/tasks/no/predict', '/tasks/../predict', '/tasks/apps/../apps/predict', '/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/tasks/%2e%2e/predict',
             '/tasks/apps%2fpredict', '/tasks/%2fapps/predict', '/tasks/' + 'a' * 5000 + '/predict', '/tasks/caf%c3%a9/predict', '/tasks/%ff%fe/predict', '/tasks/%c0%af/predict', '/tasks/apps%20/predict', '/tasks/APPS/predict', '/Tasks/apps/predict', '//tasks/apps/predict', '/tasks/apps/predict;x', '/tasks/a%0d%0aSet-Cookie:x/predict', '/tasks/%1b%5b31m/predict',
             '/metrics/', '/health', '/health/', '/health/live/', '/openapi.json/', '/OPENAPI.JSON', '/openapi.yaml', '/index.html', '/.git/config', '/favicon.icox', '/model', '/model/', '/model/predict/', '/model/x/predict', '/a' * 2000, '/' * 2000, '/tasks/untrained/predict']
    for i, path in enumerate(paths):
        yield Case(f'path_{i}_post', request('POST', path, GOOD_BODY), (404, 405, 409, 400, 503))
        yield Case(f'path_{i}_get', request('GET', path), (400, 404, 405))
    for i, path in enumerate(['/%', '/%2', '/%zz', '/%00', '/tasks/%00/predict', '/tasks/a%0/predict', '/tasks/%g1/predict', '/%%', 'tasks', '*', 'http://', 'http:///x', '?', '#', '.', '..', '\\', 'a:b', '%2f']):
        yield Case(f'target_{i}', request('GET', path), (400, 404, 405))
    for i, query in enumerate(['top=0', 'top=-1', 'top=1001', 'top=x', 'top=', 'top', 'top=1e3', 'top=1.5', 'top=99999999999999999999', 'top=%', 'top=%zz', 'top=%00', 'top=5%00', 'top=+5', 'top=0x5', 'top=5&top=0', 'top=NaN', 'top=%35%', 'explain=maybe', 'explain=2', 'explain=%', 'explain=TRUE ', 'version=',
                               'version=' + 'v' * 65, 'version=' + 'v' * 5000, 'version=%', 'version=%00', 'version=999', 'version=-1', 'version=x', 'version=0', 'version=1.5', 'version=99999999999999999999', 'version=../1', 'version=%ff', 'top=5;explain=x&top=-']):
        for target in POST_ROUTES:
            yield Case(f'query_{i}{target.replace("/", "_")}', request('POST', f'{target}?{query.replace(" ", "%20")}', b'{"task":"apps","title":"x"}' if target == MODEL else GOOD_BODY), (400, 404))


def media_types():
    for i, kind in enumerate(['text/html', 'text/plain', 'application/xml', 'multipart/mixed; boundary=x', 'application/x-www-form-urlencoded', 'image/png', 'application/octet-stream', 'json', '/', 'application/', '*/*', 'application/jsonp', 'application/x-json', 'text/json5', 'a' * 4000, 'application/json2', '\xff', 'application/javascript; charset=utf-8']):
        for target in (PREDICT, MODEL):
            yield Case(f'type_{i}{target.replace("/", "_")}', request('POST', target, GOOD_BODY, [f'Content-Type: {kind}'], json_type=False), (415,))
    for i, kind in enumerate(['text/html', 'application/xml', 'multipart/form-data; boundary=x', 'image/png', 'text/csv', '\xff', '*/*']):
        yield Case(f'type_{i}_batch', request('POST', BATCH, GOOD_BODY, [f'Content-Type: {kind}'], json_type=False), (415,))


def nested(start, end, depth):
    return (start * depth + '1' + end * depth).encode()


def bad_objects():
    """(name, JSON text, may it be told as one of these statuses)."""
    texts = ['', ' ', '\n', '{', '}', '[', ']', '[]', '[{}]', 'null', 'true', '1', '"x"', '{}', '{}{}', '{},', ',', ':', '{,}', '{"title"}', '{"title":}', '{:"x"}', '{"title":"x",}', '{"title":"x" "body":"y"}', "{'title':'x'}", '{title:"x"}', '{"title":"x"}//', '/**/{"title":"x"}', '{"title":"x"}x',
             '{"title":x}', '{"title":tru}', '{"title":None}', '{"title":"x"]', '{"title":["x"}', '{"title":"x', '{"title":"x\\"}', '{1:"x"}', '{"title":"\\x41"}', '{"title":"\\u12"}', '{"title":"\\ud800"}', '{"title":"\\udc00x"}', '{"title":"\\ud800\\u0041"}', '{"title":"a\\u0000b"}', '{"title":"\\"}',
             '{"title":1}', '{"title":-1}', '{"title":1.5}', '{"title":1e999}', '{"title":-1e999}', '{"title":01}', '{"title":+1}', '{"title":.5}', '{"title":1.}', '{"title":NaN}', '{"title":Infinity}', '{"title":0x10}', '{"title":1e}', '{"title":-}', '{"title":99999999999999999999999}',
             '{"title":true}', '{"title":false}', '{"title":[]}', '{"title":["x"]}', '{"title":{}}', '{"title":{"a":"x"}}', '{"title":[[["x"]]]}', '{"title":null}', '{"title":""}', '{"title":" \\t\\n"}', '{"body":null,"title":null}', '{"titel":"x"}', '{"Title":"x"}', '{"title":"x","unknown":1}', '{"":"x"}',
             '{"title":"x","title":"y"}', '{"title":"x","id":""}', '{"title":"x","id":true}', '{"title":"x","id":1.5}', '{"title":"x","id":[]}', '{"title":"x","id":{}}', '{"title":"x","id":"a\\u0000"}', '{"title":"x","id":"a\\nb"}', '{"title":"x","id":"a","id":"b"}', '{"title":"x","id":1e999}',
             '{"title":"x","id":"' + 'i' * 201 + '"}', '{"title":"x","id":"' + 'i' * 100000 + '"}', '{"title":"x","image":1}', '{"title":"x","image":true}', '{"title":"x","image":[]}', '{"title":"x","image":{}}', '{"image":"AAAA"}', '{"image":"!!!!"}', '{"title":"x","' + 'k' * 100000 + '":1}', '{"title":"x","caf\u00e9' + '\u00e9' * 60 + '":1}']
    for i, text in enumerate(texts):
        yield f'json_{i}', text.encode()
    for depth in (33, 1000, 100_000, 500_000):
        for name, start, end in (('list', '[', ']'), ('list_open', '[', ''), ('object_open', '{"a":', '')):
            if len(start) * depth < BODY_LIMIT - 100:
                yield f'depth_{name}_{depth}', b'{"title":' + nested(start, end, depth) + b'}'
                yield f'depth_{name}_{depth}_alone', nested(start, end, depth)
    broken = [b'\xe9', b'\x80', b'\xff', b'\xc0\xaf', b'\xe0\x80\xaf', b'\xed\xa0\x80', b'\xf4\x90\x80\x80', b'\xf8\x88\x80\x80\x80', b'\xc3', b'\xe2\x82', b'\xf0\x9f\x98', b'\x00', b'a\x00b\x00', b'\x01', b'\x1f', b'\n', b'\r', b'\t']
    for i, text in enumerate(broken):
        yield f'bytes_{i}_in_title', b'{"title":"a' + text + b'z"}'
        yield f'bytes_{i}_in_key', b'{"title":"x","a' + text + b'z":"y"}'
        if i < 15:
            yield f'bytes_{i}_outside', b'{"title":' + text + b'"x"}'
    for name, coding in (('utf16', 'utf-16'), ('utf16le', 'utf-16-le'), ('utf32', 'utf-32'), ('utf16be', 'utf-16-be')):
        yield f'coding_{name}', '{"title":"x"}'.encode(coding)
    yield 'mark_inside', b'{\xef\xbb\xbf"title":"x"}'
    yield 'many_keys', b'{"title":"x",' + b','.join(b'"k%d":1' % i for i in range(50_000)) + b'}'
    yield 'many_equal_keys', b'{' + b','.join(b'"title":"x"' for _ in range(50_000)) + b'}'
    yield 'png', b'\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR'
    yield 'gzip', b'\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03'
    yield 'form', b'title=x&body=y'
    yield 'xml', b'<title>x</title>'
    yield 'quotes', b'"' * 900_001
    yield 'backslashes', b'{"title":"' + b'\\' * 900_001
    yield 'number_of_900000_digits', b'{"title":' + b'9' * 900_000 + b'}'
    good = b'{"id":"a","title":"red shoe","body":"for \\"walking\\" on day 1"}'
    for size in range(1, len(good)):
        yield f'cut_at_{size}', good[:size]


def bodies():
    for name, text in bad_objects():
        yield Case(f'predict_{name}', request('POST', PREDICT, text), (400,))
    for name, text in bad_objects():
        if not name.startswith('cut_at_'):
            yield Case(f'model_{name}', request('POST', MODEL, text[:1] + b'"task":"apps",' + text[1:] if text.startswith(b'{"') else text), (400,))
    for i, task in enumerate(['1', 'true', '[]', '{}', '"no"', '"APPS"', '"../apps"', '"a\\u0000"', '"' + 't' * 100000 + '"', '"\\ud800"', 'NaN', '"untrained"', '1e999', '" apps"']):
        yield Case(f'model_task_{i}', request('POST', MODEL, f'{{"task":{task},"title":"x"}}'.encode()), (400, 404, 409, 503))
    yield Case('model_task_twice', request('POST', MODEL, b'{"task":"apps","task":"questions","title":"x"}'), (400,))


def form(*parts, boundary=b'b', end=b'--b--\r\n'):
    return b''.join(b'--' + boundary + b'\r\n' + head + b'\r\n\r\n' + content + b'\r\n' for head, content in parts) + end


def bad_forms():
    """(name, Content-Type's parameters, body, statuses)."""
    def named(name, more=b''):
        return b'Content-Disposition: form-data; name="' + name + b'"' + more
    title = (named(b'title'), b'red shoe')
    good = form(title)
    for i, kind in enumerate(['', ';', '; boundary', '; boundary=', '; boundary=""', '; boundary="b', '; boundary=b; boundary=b', '; boundary=' + 'b' * 71, '; boundary=' + 'b' * 5000, '; boundary="b "', '; boundary=c', '; boundary=b/c', '; boundary=\xff', '; bound\xe9ry=b', ', boundary=b', '; =b', '; boundary="\\"', '; x="y; boundary=b',
                              '; boundary*=utf-8\'\'b', '; BOUNDARY=B']):
        yield f'kind_{i}', kind, good, (400, 415)
    heads = [b'', b'Content-Disposition', b'Content-Disposition:', b'Content-Disposition: form-data', b'Content-Disposition: form-data; name', b'Content-Disposition: form-data; name=', b'Content-Disposition: form-data; name=""', b'Content-Disposition: attachment; name="title"', b'Content-Disposition: form-data; name="title', b'Content-Disposition: form-data; name="title"; name="body"',
             b'Content-Disposition form-data; name="title"', b' Content-Disposition: form-data; name="title"', b'Content-Disposition : form-data; name="title"', title[0] + b'\r\n' + title[0], title[0] + b'\r\n folded: x', title[0] + b'\r\nA\x00: x', title[0] + b'\r\nA: x\x00', title[0] + b'\nA: x', title[0] + b'\rA: x', title[0] + b'\r\n: x',
             title[0] + b'\r\nContent-Transfer-Encoding: base64', title[0] + b'\r\nContent-Transfer-Encoding: quoted-printable', title[0] + b'\r\nContent-Type: text/plain; charset=utf-16', title[0] + b'\r\nContent-Type: text/plain; charset', b'Content-Type: text/plain', title[0] + b';', b'content-disposition: form-data; name="\xff\xfe"', b'Content-Disposition: form-data; name*=utf-8\'\'title']
    for i, head in enumerate(heads):
        yield f'head_{i}', '; boundary=b', form((head, b'x')), (400,) if i != 25 else (200,)
    texts = [b'', b'\x00', b'a\x00b', b'\xff', b'\xc0\xaf', b'\xed\xa0\x80', b' \t', b'x' * 1_048_400]
    for i, text in enumerate(texts):
        yield f'text_{i}', '; boundary=b', form((title[0], text)), (400, 413) if i < 7 else (200, 413)
    for i, name in enumerate([b'titel', b'Title', b'task', b'label', b'_charset_', b'title[]', b'a' * 3000, b'\xc3\xa9' * 60, b'id']):
        yield f'name_{i}', '; boundary=b', form(title, (named(name), b'' if name == b'id' else b'x')), (400,)
    yield 'twice', '; boundary=b', form(title, title), (400,)
    yield 'same_field', '; boundary=b', form(title, (named(b'designation'), b'x')), (400,)
    yield 'two_pictures', '; boundary=b', form(title, (named(b'image'), b'x'), (named(b'icon'), b'x')), (400,)
    yield 'nested', '; boundary=b', form((named(b'title', b'\r\nContent-Type: multipart/mixed; boundary=c'), b'--c\r\n\r\nx\r\n--c--')), (200, 400)
    yield 'wide_head', '; boundary=b', form((title[0] + b'\r\nX: ' + b'x' * 8000, b'x')), (413,)
    yield 'long_head', '; boundary=b', form((title[0] + b'\r\n' + b'A: b\r\n' * 3000 + b'C: d', b'x')), (413,)
    yield 'many_parts', '; boundary=b', form(*[(named(b'p%d' % i), b'') for i in range(1001)]), (413,)
    yield 'many_unknown_parts', '; boundary=b', form(*[(named(b'p%d' % i), b'') for i in range(900)]), (400,)
    yield 'only_line_ends', '; boundary=b', b'\r\n' * 400_000, (400,)
    yield 'almost_boundaries', '; boundary=' + 'b' * 70, (b'\r\n--' + b'b' * 69) * 13_000, (400,)
    yield 'only_boundaries', '; boundary=b', b'--b\r\n' * 150_000, (400, 413)
    yield 'only_the_end', '; boundary=b', b'--b--', (400,)
    yield 'bare_line_feeds', '; boundary=b', good.replace(b'\r\n', b'\n'), (400,)
    yield 'json', '; boundary=b', GOOD_BODY, (400,)
    for size in range(0, len(good) - 2):
        yield f'cut_at_{size}', '; boundary=b', good[:size], (400,)


def forms():
    for name, kind, body, statuses in bad_forms():
        headers = [f'Content-Type: multipart/form-data{kind}']
        yield Case(f'form_{name}', request('POST', PREDICT, body, headers, json_type=False), statuses)
        if not name.startswith('cut_at_') and 200 not in statuses:
            yield Case(f'model_form_{name}', request('POST', MODEL, body, headers, json_type=False), statuses + (404,))
    for i, path in enumerate(['/model/', '/model//predict', '/model/%00/predict', '/model/' + 'm' * 65 + '/predict', '/model/' + 'm' * 5000 + '/predict', '/model/../predict', '/model/no/predict', '/model/-1/predict', '/model/99999999999999999999/predict', '/model/fusion/predict', '/model/%ff/predict', '/model/counting/predict?version=1']):
        yield Case(f'model_path_{i}', request('POST', path, b'{"task":"apps","title":"x"}'), (400, 404))


def batches():
    good = b'{"id":"good","title":"red shoe"}'
    for name, text in bad_objects():
        if name.startswith('cut_at_') or b'\n' in text or not text.strip() or name == 'bytes_16_in_title':
            continue
        yield Case(f'batch_{name}', request('POST', BATCH, good + b'\n' + text + b'\n' + good + b'\n'), (200,), bad_lines=1)
    yield Case('batch_line_over_its_bound', request('POST', BATCH, good + b'\n{"title":"' + b'x' * (9 << 20) + b'"}\n' + good), (200,), bad_lines=1)
    yield Case('batch_one_endless_line', request('POST', BATCH, b'x' * (20 << 20)), (200, 400), bad_lines=1)
    yield Case('batch_empty', request('POST', BATCH), (200, 400))
    yield Case('batch_of_line_ends', request('POST', BATCH, b'\n' * 500_000), (200, 400))
    yield Case('batch_of_bad_lines', request('POST', BATCH, b'x\n' * 20_000), (200,), bad_lines=20_000)
    yield Case('batch_breaks_off', f'POST {BATCH} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n'.encode() + good + b'\n', (200, 400, 0), ends=True)
    yield Case('batch_stalls', f'POST {BATCH} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n'.encode() + good[:10], (200, 408), waits=True)


def noise():
    dice = random.Random(11)
    for i in range(60):
        data = bytearray(GOOD)
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        yield Case(f'flip_{i}', bytes(data), (200, 400, 404, 405, 408, 413, 415, 431, 0), ends=True)
        yield Case(f'random_{i}', dice.randbytes(dice.randint(1, 3000)) + b'\r\n\r\n', (400, 431, 0), ends=True)


def all_cases():
    cases = []
    for part in (request_lines, headers, lengths, chunks, methods_and_paths, media_types, bodies, forms, batches, noise):
        cases.extend(part())
    names = [case.name for case in cases]
    assert len(names) == len(set(names)), [name for name in names if names.count(name) > 1]
    return cases
