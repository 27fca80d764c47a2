"""Seals nothing to a public key, many times, with pyrage: an age file is then a header and 32 bytes.
Prints the seconds that one takes, as JSON."""

import json
import sys
import time

import pyrage

recipient = pyrage.x25519.Recipient.from_str(sys.argv[1])
count = int(sys.argv[2])
start = time.perf_counter()
for _ in range(count):
    pyrage.encrypt(b"", [recipient])
print(json.dumps({"seconds": (time.perf_counter() - start) / count}))
