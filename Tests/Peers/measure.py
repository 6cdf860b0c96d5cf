"""Runs a command to its end, and says how it ended and how much memory it had at most.

Usage: measure.py {"command": [...], "output": "FILE"}
Prints one JSON line when the command has ended: {"exit": CODE, "peak": KiB resident}
"""
import json
import resource
import subprocess
import sys

import peer

SETTINGS = json.loads(sys.argv[1])
with open(SETTINGS["output"], "wb") as output:
    code = subprocess.run(SETTINGS["command"], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                          check=False).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
peer.serve({"exit": code, "peak": peak}, peer.Log())
