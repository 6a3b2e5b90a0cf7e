"""Broken uses of the program: each has a name, what is done to a good workspace first, and the command line.

Places in the arguments: {dir} is the case's own folder, {ws} its workspace.
"""
import dataclasses
import json
import os
import sqlite3
import typing


@dataclasses.dataclass
class Case:
    name: str
    args: list
    statuses: tuple
    prepare: typing.Callable = None   # prepare(folder, workspace)
    message: str = ''                 # a part of what has to be said
    shares: bool = True               # one workspace does for these: nothing in it is to be changed


def write(name, data):
    def prepare(folder, _):
        with open(os.path.join(folder, name), 'wb') as file:
            file.write(data)
    return prepare


def usage():
    bad = [[], ['nothing'], ['--nothing'], ['init'], ['task'], ['task', 'nothing'], ['task', 'create'], ['task', 'create', 'x'], ['task', 'create', 'x', '--kind', 'other', '--text', 'title'], ['import'], ['import', '--task', 'goods'],
           ['import', '--task', 'goods', 'x.csv', '--format', 'xml'], ['import', '--task', 'goods', 'x.csv', '--format', ''], ['import', '--task', 'goods', '-'], ['predict'], ['predict', '--task', 'goods', '--field', 'title'], ['predict', '--task', 'goods', '--field', '=x'],
           ['predict', '--task', 'goods', '--field', 'title=x', '--top', '0'], ['predict', '--task', 'goods', '--field', 'title=x', '--top', '-1'], ['predict', '--task', 'goods', '--field', 'title=x', '--top', 'x'],
           ['predict', '--task', 'goods', '--field', 'title=x', '--top', '99999999999999999999'], ['predict', '--task', 'goods', '--field', 'title=x', '--threads', 'x'], ['predict', '--task', 'goods', '--field', 'title=x', '--threads', '-1'],
           ['predict', '--task', 'goods', '--field', 'title=x', '--threads', '1000000'], ['train'], ['train', '--task', 'goods', '--seed', 'x'], ['train', '--task', 'goods', '--seed', '-1'], ['train', '--task', 'goods', '--seed', '1e999'],
           ['train', '--task', 'goods', '--set', 'nothing=1'], ['train', '--task', 'goods', '--set', 'epochs'], ['train', '--task', 'goods', '--threads', '-5'], ['evaluate'], ['certify', '--task', 'goods'],
           ['models'], ['models', 'nothing'], ['runs', 'show'], ['data', 'nothing'], ['serve', '--port', '99999'], ['serve', '--port', '-1'], ['serve', '--port', 'x'], ['import', '--task', 'goods', 'x.csv', '--map', 'x']]
    for i, args in enumerate(bad):
        yield Case(f'usage_{i}', args, (2,))
    for i, value in enumerate(['epochs=-1', 'epochs=x', 'epochs=1e999', 'epochs=NaN', 'epochs=', 'hash_bits=8', 'hash_bits=64', 'hash_bits=-1', 'l2=-1', 'l2=inf', 'learning_rate=nan', 'char_ngrams=5-3', 'char_ngrams=x', 'char_ngrams=0-99', 'word_ngrams=99', 'batch=-1', 'batch=99999999999', 'class_weights=perhaps',
                               'wanted_precision=2', 'max_model_mb=0', 'max_memory_mb=-1', 'unknown=-3', '=', '=1', 'epochs=1=2']):
        yield Case(f'set_{i}', ['train', '--task', 'goods', '--set', value], (1, 2))
    for i, name in enumerate(['', '../x', 'A', 'a b', '1x', 'x' * 65, 'caf\u00e9', 'x/y', '-x', '.', 'goods']):
        yield Case(f'task_name_{i}', ['task', 'create', '--kind', 'category', '--text', 'title', '--', name], (1, 2))
    for i, fields in enumerate(['', ',', 'title,title', 'id', 'title,label', 'a b', 'x' * 65, ','.join(f'f{i}' for i in range(17)), '../x', 'caf\u00e9']):
        yield Case(f'task_fields_{i}', ['task', 'create', 'new', '--kind', 'category', '--text', fields], (1, 2))


def unknown_things():
    for i, args in enumerate([['task', 'show', 'no'], ['task', 'remove', 'no'], ['task', 'labels', 'no'], ['import', '--task', 'no', '{ws}/aisle.toml'], ['train', '--task', 'no'], ['train', '--task', 'empty'], ['evaluate', '--task', 'no'], ['evaluate', '--task', 'empty'],
                              ['predict', '--task', 'no', '--field', 'title=x'], ['predict', '--task', 'empty', '--field', 'title=x'], ['models', 'show', '--task', 'goods', '99'], ['models', 'show', '--task', 'goods', '-1'], ['models', 'show', '--task', 'goods', 'x'], ['models', 'show', '--task', 'goods', '99999999999999999999'],
                              ['models', 'promote', '--task', 'goods'], ['models', 'promote', '--task', 'goods', '99'], ['models', 'rollback', '--task', 'goods'], ['models', 'remove', '--task', 'goods', '1'], ['models', 'remove', '--task', 'goods', '99'], ['runs', 'show', '--task', 'goods', '99'],
                              ['data', 'show', '--task', 'goods', '99'], ['data', 'diff', '--task', 'goods', '1', '99'], ['data', 'export', '--task', 'goods', '99'], ['certify', '--task', 'goods', 'no-such-id'], ['reject', '--task', 'goods', 'no-such-id'], ['evaluate', '--task', 'goods', '--version', '99'],
                              ['evaluate', '--task', 'goods', '--version', 'x'], ['evaluate', '--task', 'goods', '--data', '{dir}/no.csv'], ['evaluate', '--task', 'goods', '--report', '{dir}/no/such/folder.html'], ['predict', '--task', 'goods', '--field', 'title=x', '--version', '99'],
                              ['predict', '--task', 'goods', '--field', 'title=x', '--version', ''], ['predict', '--task', 'goods', '--field', 'colour=red'], ['predict', '--task', 'goods', '--input', '{dir}/no.jsonl'], ['predict', '--task', 'goods', '--input', '{dir}'], ['predict', '--task', 'goods', '--image', '{dir}/no.png'],
                              ['init', '{ws}'], ['init', '{ws}/aisle.toml'], ['init', '/proc/no'], ['serve', '--host', '999.1.1.1', '--port', '0'], ['serve', '--host', '', '--port', '0']]):
        yield Case(f'unknown_{i}', args, (1, 2))
    for i, text in enumerate([b'title=\xff\xfe', b'title=caf\xe9', b'title=\xed\xa0\x80', b'title=\xc0\xaf', b'\xff=x']):
        yield Case(f'field_bytes_{i}', ['predict', '--task', 'goods', '--field', os.fsdecode(text)], (1, 2))
    yield Case('field_of_100000', ['predict', '--task', 'goods', '--field', 'title=' + 'x' * 100_000], (0,))
    for i, place in enumerate(['{dir}/no', '{dir}', '/dev/null', '{ws}/aisle.toml', '/proc', '', '{dir}/' + 'w' * 5000]):
        yield Case(f'workspace_{i}', ['--workspace', place, 'task', 'list'], (1, 2))


def files():
    head = b'id,title,body,label\n'
    good = b'1,red shoe,for walking,shoe\n'
    bad = {
        'empty.csv': (b'', (1,)), 'header.csv': (head, (0, 1)), 'binary.csv': (b'\x89PNG\r\n\x1a\n\0\0', (1,)), 'utf16.csv': ((head + good).decode().encode('utf-16'), (1,)), 'latin1.csv': (head + good + b'2,caf\xe9,x,shoe\n', (3,)),
        'nul.csv': (head + good + b'2,a\0b,x,shoe\n', (3,)), 'short.csv': (head + good + b'2,x\n', (3,)), 'quote.csv': (head + good + b'2,"open,x,shoe\n', (3,)), 'twice.csv': (head + good + good, (3,)), 'empty_item.csv': (head + good + b'2,,,shoe\n', (3,)),
        'huge.csv': (head + good + b'2,' + b'x' * (1 << 20) + b'x,x,shoe\n', (3,)), 'columns.csv': (b'a,b\n1,2\n', (1,)), 'same_columns.csv': (b'id,title,title,body\n1,x,y,z\n', (1,)), 'long_id.csv': (head + good + b'i' * 201 + b',x,y,shoe\n', (3,)),
        'split.csv': (b'id,title,body,label,split\n1,red shoe,for walking,shoe,train\n2,tool,x,tool,dev\n', (3,)), 'text.txt': (b'no format at all\n', (1,)), 'empty.txt': (b'', (1,)),
        'cut.jsonl': (b'{"id":"1","title":"red shoe","body":"x","label":"shoe"}\n{"id":"2","tit', (3,)), 'deep.jsonl': (b'{"id":"1","title":"red shoe","body":"x","label":"shoe"}\n{"title":' + b'[' * 100_000 + b'\n', (3,)),
        'types.jsonl': (b'{"id":"1","title":"red shoe","body":"x","label":"shoe"}\n{"title":7}\n{"title":null}\n{"title":1e999}\n[1]\n', (3,)), 'keys.jsonl': (b'{"id":"1","title":"red shoe","body":"x","label":"shoe"}\n{"title":"x","title":"y"}\n', (3,)),
        'surrogate.jsonl': (b'{"id":"1","title":"red shoe","body":"x","label":"shoe"}\n{"title":"\\ud800"}\n', (3,)), 'bytes.jsonl': (b'\xff\xfe\xfd', (1, 3)), 'image.jsonl': (b'{"id":"1","title":"red shoe","body":"x","label":"shoe"}\n{"id":"2","title":"x","image":"../../etc/passwd"}\n', (0, 3)),
    }
    for name, (data, statuses) in bad.items():
        label = name.replace('.', '_')
        yield Case(f'import_{label}', ['import', '--task', 'goods', '{dir}/' + name], statuses, write(name, data), shares=False)
        yield Case(f'import_strict_{label}', ['import', '--task', 'goods', '--strict', '{dir}/' + name], (1, 3) if 0 not in statuses else (0, 1, 3), write(name, data), shares=False)
        yield Case(f'predict_{label}', ['predict', '--task', 'goods', '--input', '{dir}/' + name, '--output', '{dir}/out.jsonl'], (0, 1, 3), write(name, data))
        if name.endswith('.csv'):
            yield Case(f'evaluate_{label}', ['evaluate', '--task', 'goods', '--data', '{dir}/' + name], (0, 1, 3), write(name, data))
    yield Case('import_rejects_to_nowhere', ['import', '--task', 'goods', '{dir}/x.csv', '--rejects', '{dir}/no/rejects.csv'], (1,), write('x.csv', head + good + b'2,x\n'), shares=False)
    yield Case('predict_output_to_nowhere', ['predict', '--task', 'goods', '--input', '{dir}/x.jsonl', '--output', '{dir}/no/out.jsonl'], (1,), write('x.jsonl', b'{"title":"x"}\n'))
    labels = [b'', b'\xff\xfe', b'label,name\nshoe\n', b'label,name\nshoe,a\nshoe,b\n', b'label,name\n' + b'l' * 201 + b',x\n', b'label,name\nshoe,' + b'n' * (1 << 21) + b'\n', b'label,name\ncaf\xe9,x\n', b'x,y\n1,2\n', b'label,name\n"shoe,x\n', b'\x00' * 100, b'[' * 100_000, b'{"label":']
    for i, data in enumerate(labels):
        yield Case(f'labels_{i}', ['task', 'labels', 'goods', '{dir}/labels.csv'], (1, 3), write('labels.csv', data), shares=False)


def groups_of_files():
    x = b',designation,description,productid,imageid\n0,red shoe,,11,21\n1,hammer,for nails,12,22\n'
    for name, (one, two, statuses) in {
            'y_empty': (x, b'', (1,)), 'y_short': (x, b',prdtypecode\n0,10\n', (0, 1, 3)), 'y_bad_index': (x, b',prdtypecode\nx,10\n1,20\n', (1, 3)), 'y_twice': (x, b',prdtypecode\n0,10\n0,20\n', (1, 3)), 'y_binary': (x, b'\x00\xff' * 100, (1,)), 'two_x': (x, x, (1, 2)), 'x_empty': (b'', b',prdtypecode\n0,10\n', (1, 2)),
            'x_cut': (x[:70], b',prdtypecode\n0,10\n', (1, 3)), 'x_latin1': (x + b'2,caf\xe9,,13,23\n', b',prdtypecode\n0,10\n1,20\n2,30\n', (3,)), 'y_alone': (b',prdtypecode\n0,10\n', b',prdtypecode\n0,10\n', (1, 2)), 'huge_index': (x + b'99999999999999999999,x,,13,23\n', b',prdtypecode\n0,10\n1,20\n', (3,))}.items():
        def prepare(folder, workspace, one=one, two=two):
            write('X.csv', one)(folder, workspace)
            write('Y.csv', two)(folder, workspace)
        yield Case(f'rakuten_{name}', ['import', '--task', 'rakuten', '--format', 'rakuten', '{dir}/X.csv', '{dir}/Y.csv'], statuses, prepare, shares=False)

    def pictures(labels):
        def prepare(folder, workspace):
            os.mkdir(os.path.join(folder, 'p'))
            for name, data in {'ok.png': b'no picture', 'empty.png': b'', 'labels.csv': labels}.items():
                write(os.path.join('p', name), data)(folder, workspace)
            os.mkfifo(os.path.join(folder, 'p', 'pipe.png'))
            os.symlink('/etc/passwd', os.path.join(folder, 'p', 'link.png'))
        return prepare
    for i, labels in enumerate([b'', b'file\n', b'file,label,title\nok.png,a,x\n', b'file,label,title\n../X,a,x\n', b'file,label,title\npipe.png,a,x\n', b'file,label,title\nlink.png,a,x\n', b'file,label,title\nempty.png,a,x\n', b'file,label,title\nno.png,a,x\n', b'\xff\xfe\x00', b'file,label,title\n/dev/zero,a,x\n', b'file,label,title\nok.png\n']):
        yield Case(f'pictures_{i}', ['import', '--task', 'shop', '--format', 'pictures', '{dir}/p'], (0, 1, 3) if i == 1 else (1, 3), pictures(labels), shares=False)

    def fifo_labels(folder, _):
        os.mkdir(os.path.join(folder, 'p'))
        os.mkfifo(os.path.join(folder, 'p', 'labels.csv'))
    yield Case('pictures_labels_are_a_pipe', ['import', '--task', 'shop', '--format', 'pictures', '{dir}/p'], (1, 3), fifo_labels, shares=False)
    yield Case('pictures_of_nothing', ['import', '--task', 'shop', '--format', 'pictures', '{dir}/p'], (0, 1), lambda folder, _: os.mkdir(os.path.join(folder, 'p')), shares=False)

    def database(folder, _):
        with sqlite3.connect(os.path.join(folder, 'x.db')) as connection:
            connection.execute('create table t (id, title, body, label)')
            connection.execute("insert into t values (1, 'red shoe', x'ff00', 'shoe'), (2, 1.5, 'x', null), (3, null, null, null), (3, 'a', 'b', 'c')")
    url = 'sqlite://{dir}/x.db'
    for i, query in enumerate(['select', 'select * from no', 'drop table t', 'delete from t', 'select 1', '', ';', 'select id, title, body, label from t; drop table t', 'select id, title, body, label from t', 'pragma writable_schema=1', "attach 'y.db' as y", "select title, title, body from t", 'with recursive r(id, title, body) as (select 1, 2, 3)', '\x01']):
        yield Case(f'sql_query_{i}', ['import', '--task', 'goods', '--format', 'sql', '--query', query, url], (1, 2, 3), database, shares=False)
    for i, target in enumerate(['sqlite://{dir}/no.db', 'sqlite://', 'sqlite://{dir}', 'mysql://x/y', '://', 'sqlite://{dir}/garbage.db', 'postgresql://127.0.0.1:1/x', 'postgresql://user:secret@127.0.0.1:1/x', 'http://127.0.0.1/']):
        yield Case(f'sql_target_{i}', ['import', '--task', 'goods', '--format', 'sql', '--query', 'select 1', target], (1, 2), write('garbage.db', b'SQLite format 3\0' + b'\xff' * 5000), shares=False)


def changed_file(name, change):
    def prepare(_, workspace):
        path = os.path.join(workspace, name)
        with open(path, 'rb') as file:
            data = file.read()
        data = change(data)
        if data is None:
            os.remove(path)
            return
        with open(path, 'wb') as file:
            file.write(data)
    return prepare


def model_file(workspace):
    for folder, _, names in os.walk(os.path.join(workspace, 'blobs')):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, 'rb') as file:
                if file.read(8) == b'AISLEMDL':
                    return os.path.relpath(path, workspace)
    raise FileNotFoundError('the workspace has no model')


def flipped(at):
    return lambda data: data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1:]


def workspaces():
    changes = {'empty': lambda data: b'', 'cut_to_100': lambda data: data[:100], 'cut_to_half': lambda data: data[:len(data) // 2], 'garbage': lambda data: b'\xff' * len(data), 'text': lambda data: b'no database\n', 'flip_20': flipped(20), 'flip_magic': flipped(3),
               'page_of_zeros': lambda data: data[:4096] + bytes(4096) + data[8192:], 'second_half_garbage': lambda data: data[:len(data) // 2] + b'\xa5' * (len(data) - len(data) // 2)}
    for what, change in changes.items():
        for command in (['predict', '--task', 'goods', '--field', 'title=red shoe'], ['task', 'list'], ['models', 'list', '--task', 'goods'], ['certify', '--task', 'goods', '--all']):
            strict = what in ('cut_to_100', 'garbage', 'text', 'flip_magic', 'empty')
            yield Case(f'training_db_{what}_{command[0]}', command, (1,) if strict else (0, 1), changed_file('training.db', change), shares=False)
        yield Case(f'users_db_{what}', ['certify', '--task', 'goods', '--all'], (0, 1), changed_file('users.db', change), shares=False)
        yield Case(f'logs_db_{what}', ['certify', '--task', 'goods', '--all'], (0, 1), changed_file('logs.db', change), shares=False)
    for name in ('training.db', 'users.db', 'logs.db'):
        yield Case(f'missing_{name.replace(".", "_")}', ['predict', '--task', 'goods', '--field', 'title=red shoe'], (1,) if name == 'training.db' else (0, 1), changed_file(name, lambda data: None), shares=False)
    tomls = [b'\xff\xfe', b'[', b'x', b'= 1', b'format = "x"', b'format = 999', b'format = -1', b'format = 1e999', b'[server]\nport = 99999', b'[server]\nport = "x"', b'[server]\nport = -1', b'[server]\nhost = 1', b'[server]\nmax_body_bytes = -1', b'[server]\nmax_body_bytes = 99999999999999999999',
             b'[data]\nexpected_languages = "fr"', b'[data]\nexpected_languages = [1]', b'[data]\nregion = 5', b'[personal_data]\npatterns = ["("]', b'[personal_data]\npatterns = 1', b'x = ' + b'[' * 100_000, b'x = ' + b'{a=' * 50_000, b'server = 1', b'format = 1\nformat = 1', b'\0' * 100, b'a' * (20 << 20),
             b'format = 1\n[nothing]\nx = 1\n', b'format = 1\n[server]\nprot = 80\n']
    for i, toml in enumerate(tomls):
        yield Case(f'toml_{i}', ['import', '--task', 'goods', '{ws}/x.jsonl'], (1, 2), lambda folder, workspace, toml=toml: (write('aisle.toml', toml)(workspace, None), write('x.jsonl', b'{"title":"red shoe","body":"y"}\n')(workspace, None)), shares=False)
    yield Case('toml_empty', ['predict', '--task', 'goods', '--field', 'title=red shoe'], (0, 1), changed_file('aisle.toml', lambda data: b''), shares=False)
    models = {'missing': lambda data: None, 'empty': lambda data: b'', 'cut_to_63': lambda data: data[:63], 'cut_to_half': lambda data: data[:len(data) // 2], 'cut_by_1': lambda data: data[:-1], 'garbage': lambda data: b'\xff' * 5000, 'text': lambda data: b'no model', 'flip_version': flipped(8), 'flip_count': flipped(12), 'flip_size': flipped(17),
              'flip_name': flipped(64), 'flip_offset': flipped(97), 'longer': lambda data: data + b'x', 'zeros': lambda data: bytes(len(data)), 'flip_card': lambda data: flipped(data.index(b'{"') + 1)(data), 'card_of_ones': lambda data: data.replace(b'{"', b'\xff\xff', 1)}
    for what, change in models.items():
        for command in (['predict', '--task', 'goods', '--field', 'title=red shoe'], ['evaluate', '--task', 'goods']):
            yield Case(f'model_{what}_{command[0]}', command, (1,), lambda folder, workspace, change=change: changed_file(model_file(workspace), change)(folder, workspace), shares=False)
    for i in range(12):
        yield Case(f'model_flip_{i}', ['predict', '--task', 'goods', '--field', 'title=red shoe', '--explain'], (0, 1), lambda folder, workspace, i=i: changed_file(model_file(workspace), lambda data: flipped(len(data) * (2 * i + 1) // 24)(data))(folder, workspace), shares=False)


def all_cases():
    cases = []
    for part in (usage, unknown_things, files, groups_of_files, workspaces):
        cases.extend(part())
    names = [case.name for case in cases]
    assert len(names) == len(set(names)), [name for name in names if names.count(name) > 1]
    return cases


def good_items():
    kinds = ['fruit', 'tool', 'shoe']
    return ''.join(json.dumps({'id': f'g{i}', 'title': f'{kinds[i % 3]} number {i}', 'body': f'a {kinds[i % 3]} for day {i % 7}', 'label': kinds[i % 3]}) + '\n' for i in range(120)).encode()
