#!/usr/bin/env python3
"""Runs a command and tells what it took: measure.py COMMAND [ARGUMENT …]. Exits with the command's status."""
import resource
import subprocess
import sys
import time

began = time.monotonic()
status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
wall = time.monotonic() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
peak = used.ru_maxrss / 1024 / (1024 if sys.platform == "darwin" else 1)
print(f"wall {wall:.2f} s, user {used.ru_utime:.2f} s, system {used.ru_stime:.2f} s, peak {peak:.0f} MiB")
sys.exit(status)
