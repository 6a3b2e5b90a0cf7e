#!/usr/bin/env python3
"""Small helpers of demo.sh.

changed FILE          exit 0 when an import's report says that something is new
table FOLDER TASK...  the table of what was learned
models FOLDER TASK MODEL...
                      the same for several kinds of model of one task
version MODEL         the number of the newest version of that kind on the newest snapshot, from `models list --json` on
                      standard input; nothing where there is none
port WANTED           WANTED when it is free, else a free one
"""
import json
import pathlib
import socket
import sys


def changed(path):
    report = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    return report["added"] + report["updated"] + report["certified"] > 0


def figure(value, form="{:.3f}"):
    return "-" if value is None else form.format(value)


def table(folder, first, names, prefix=""):
    rows = [(first, "test items", "classes", "accuracy", "weighted F1", "micro F1", "Jaccard", "seconds", "model")]
    for name in names:
        found = json.loads((pathlib.Path(folder) / f"{prefix}{name}-evaluation.json").read_text(encoding="utf-8"))
        rows.append((name, str(found["items"]), str(found["classes"]), figure(found["accuracy"]), figure(found["weighted_f1"]),
                     figure(found["micro_f1"]), figure(found["jaccard"]), figure(found["train_seconds"], "{:.1f}"),
                     figure(found["model_bytes"] / 1e6, "{:.1f} MB")))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) if not column else cell.rjust(width) for column, (cell, width) in enumerate(zip(row, widths))))


def newest_version(models, kind):
    newest = max((model["snapshot"] for model in models), default=0)
    return max((model["version"] for model in models if (model["model"], model["snapshot"]) == (kind, newest)), default="")


def free_port(wanted):
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise SystemExit("no free port on 127.0.0.1")


def main(arguments):
    match arguments:
        case ["changed", path]:
            return 0 if changed(path) else 1
        case ["table", folder, *tasks]:
            table(folder, "task", tasks)
        case ["models", folder, task, *models]:
            table(folder, "model", models, task + "-")
        case ["version", kind]:
            print(newest_version(json.load(sys.stdin)["models"], kind))
        case ["port", wanted]:
            print(free_port(int(wanted)))
        case _:
            raise SystemExit(__doc__)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
