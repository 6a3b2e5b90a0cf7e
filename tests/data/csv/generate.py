#!/usr/bin/env python3
"""Writes tricky CSV and TSV files, and beside each what Python's csv module reads in it.

That module is the independent reference of tests/unit/ingest/csv_reference_test.cc. With --check nothing is written:
it fails where the files here are not what this script makes. Every file has the columns title and body.
"""
import csv
import io
import json
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).resolve().parent
ALPHABET = ["a", "b", " ", ",", '"', "\n", "\r", "\r\n", "\t", ";", "é", "茶", "🫖", "\u2028", "\x0b", "\x0c", "\x1c", "\x85", "'", "\\", '""']


def random_rows(seed, count=60):
    generator = random.Random(seed)
    return [["".join(generator.choices(ALPHABET, k=generator.randrange(8))) for _ in range(2)] for _ in range(count)]


def written(rows, **options):
    """Bytes of a file that Python's csv module writes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, **options)
    writer.writerow(["title", "body"])
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


def made_files():
    """Name -> bytes."""
    header = b"title,body\n"
    return {
        "minimal.csv": written(random_rows(1)),
        "all_quoted.csv": written(random_rows(2), quoting=csv.QUOTE_ALL),
        "unix.csv": written(random_rows(3), dialect="unix"),
        "mark.csv": b"\xef\xbb\xbf" + written(random_rows(4)),
        "tabs.tsv": written(random_rows(5), dialect="excel-tab"),
        "old_mac.csv": written([["a", "b,c"], ["d\n\"e\"", ""]], lineterminator="\r"),
        "quotes_inside.csv": header + b'5" disk,say "hi"\na"",""\n a "b" , "c"\nx\',\'y\n',
        "only_quotes.csv": header + b'"",""\n"""",""""""\n""," "\n',
        "line_ends.csv": b"title,body\r\na,b\nc,d\r\ne,f\rg,h\n\n\r\n\r\ri,j",
        "empty_cells.csv": header + b",\n,a\na,\n\n,",
        "quoted_header.csv": b'"title","body"\r\n"a\r\n\r\nb",c\r\n',
        "no_last_line_end.csv": header + b'a,"b\n"',
    }


def read_rows(name, data):
    text = data.decode("utf-8-sig")
    delimiter = "\t" if name.endswith(".tsv") else ","
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if row]
    return rows[1:]


def main():
    check = sys.argv[1:] == ["--check"]
    stale = []
    for name, data in made_files().items():
        expected = json.dumps(read_rows(name, data), ensure_ascii=True, indent=0).encode() + b"\n"
        for path, wanted in ((HERE / name, data), (HERE / (name + ".json"), expected)):
            if not check:
                path.write_bytes(wanted)
            elif not path.exists() or path.read_bytes() != wanted:
                stale.append(path.name)
    if stale:
        print("not what generate.py makes: " + ", ".join(stale))
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
