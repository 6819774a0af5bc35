"""`python -m engine.gate`: the process in which packages are looked at."""

import sys

from engine.gate.child import serve

# Unbuffered, so that `select` sees everything that has not been read.
with open(0, "rb", buffering=0, closefd=False) as questions:
    serve(questions, sys.stdout.buffer)
