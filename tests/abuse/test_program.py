"""Broken files, workspaces and command lines against the real program: the right exit status, one JSON error that says
what is wrong, never a crash. usage: test_program.py AISLE [NAME]... (names of program_cases.py; all where none is given)
"""
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import program_cases

FEWEST_CASES = 100
PATIENCE_S = 60


class Failure(Exception):
    pass


def require(good, what):
    if not good:
        raise Failure(what)


def run(program, args, workspace):
    command = [program, *args]
    if '--workspace' not in args:
        command += ['--workspace', workspace] if '--' not in args else []
    environment = dict(os.environ, AISLE_WORKSPACE=workspace)
    if '--' in args:
        command.insert(command.index('--'), '--json')
    else:
        command.append('--json')
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False)


def must(program, args, workspace):
    done = run(program, args, workspace)
    require(done.returncode == 0, f'{args}: {done.stderr.decode("utf-8", "replace")}{done.stdout!r}')


def make_workspace(program, folder):
    workspace = os.path.join(folder, 'good')
    items = os.path.join(folder, 'items.jsonl')
    with open(items, 'wb') as file:
        file.write(program_cases.good_items())
    must(program, ['init', workspace], workspace)
    must(program, ['task', 'create', 'goods', '--kind', 'category', '--text', 'title,body'], workspace)
    must(program, ['task', 'create', 'empty', '--kind', 'tags', '--text', 'title'], workspace)
    must(program, ['task', 'create', 'rakuten', '--kind', 'category', '--text', 'designation,description'], workspace)
    must(program, ['task', 'create', 'shop', '--kind', 'category', '--text', 'title', '--image', 'image'], workspace)
    must(program, ['import', '--task', 'goods', '--certified', items], workspace)
    must(program, ['train', '--task', 'goods', '--threads', '1', '--set', 'hash_bits=16', '--set', 'epochs=2'], workspace)
    return workspace


def check_error(text):
    document = json.loads(text)
    error = document['error']
    require(set(error) >= {'code', 'message', 'context'}, f'members: {sorted(error)}')
    require(error['code'] != 'internal', f'is our bug: {error}')
    require(len(error['message'].split()) >= 3, f'says too little: {error}')
    require(len(error['message']) <= 8192, f'says too much: {error["message"][:300]}')
    for word in ('std::', 'exception', 'basic_', 'soci', 'terminate'):
        require(word not in error['message'], f'speaks to programmers: {error["message"][:300]}')


def check(program, case, folder, good):
    own = os.path.join(folder, case.name)
    os.mkdir(own)
    workspace = os.path.join(folder, 'shared')
    if not case.shares:
        workspace = os.path.join(own, 'ws')
        shutil.copytree(good, workspace)
    if case.prepare:
        case.prepare(own, workspace)
    args = [arg.replace('{dir}', own).replace('{ws}', workspace) for arg in case.args]
    try:
        done = run(program, args, workspace)
    except subprocess.TimeoutExpired:
        raise Failure('hangs') from None
    errors = done.stderr.decode('utf-8', 'replace')
    output = done.stdout.decode('utf-8')
    for word in ('Sanitizer', 'runtime error', 'terminate called', 'core dumped'):
        require(word not in errors, errors[-3000:])
    require(done.returncode in case.statuses, f'exit status {done.returncode}, not one of {case.statuses}: {output[-400:]} {errors[-400:]}')
    if done.returncode in (1, 2):
        check_error(output)
        require(case.message in output, output)
        require(errors.strip(), 'nothing on standard error')
    elif output.strip() and '--output' not in args and args[0] != 'predict':
        json.loads(output)
    shutil.rmtree(own)


def attempt(program, case, folder, good):
    try:
        check(program, case, folder, good)
        return True
    except (Failure, OSError, ValueError, KeyError) as error:
        print(f'{case.name}: {type(error).__name__}: {error}', flush=True)
        return False


def main():
    program, names = sys.argv[1], sys.argv[2:]
    cases = [case for case in program_cases.all_cases() if not names or case.name in names]
    require(names or len(cases) >= FEWEST_CASES, f'the corpus has shrunk to {len(cases)}')
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix='aisle-abuse-') as folder:
        good = make_workspace(program, folder)
        shutil.copytree(good, os.path.join(folder, 'shared'))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda case: attempt(program, case, folder, good), cases))
        must(program, ['predict', '--task', 'goods', '--field', 'title=red shoe'], good)
    print(f'{len(cases)} broken uses of the program, {results.count(False)} failed; {time.monotonic() - begin:.1f} s')
    return 0 if all(results) else 1


if __name__ == '__main__':
    sys.exit(main())
