"""Runs one command and writes what it cost as JSON. Started by common.measured, not by people.

A program of its own, because Linux counts the memory of the process that starts a child as the
child's: a small starter gives a small, constant floor (about 10 MB), whatever the benchmark holds.

usage: measure.py RESULT_FILE CPU[,CPU...]|all COMMAND [ARGUMENT...]
"""

import json
import os
import sys
import time


def main():
    result_path, cpus, *command = sys.argv[1:]
    if cpus != "all":
        os.sched_setaffinity(0, [int(cpu) for cpu in cpus.split(",")])
    started = time.monotonic()
    process = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(process, 0)
    cost = {
        "seconds": time.monotonic() - started,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "user_seconds": usage.ru_utime,
        "peak_bytes": usage.ru_maxrss * 1024,
        "status": os.waitstatus_to_exitcode(status),
    }
    with open(result_path, "w", encoding="utf-8") as file:
        json.dump(cost, file)


main()
