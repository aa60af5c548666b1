"""The longest answer that is let in costs no more than the stated memory, whatever it is made of."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

MOST_MIB = 256
"""As docs/withstands.md says."""

STORY = """
import re, sys
from line_sim.inspection.wires import grpc_wire
from line_sim.inspection.wires.kserve.form import InputForm
from line_sim.inspection.wires.kserve.grpc_wire import KserveGrpcWire
from line_sim.inspection.wires.kserve.rest_wire import KserveRestWire
from line_sim.inspection.wires.question import ModelQuestion
from line_sim.inspection.wires.rest.rest_wire import RestWire
from line_sim.inspection.wires.transport import LONGEST_ANSWER

def high():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])

def field(number, inner):
    length, size = b"", len(inner)
    while size > 0x7F:
        length, size = length + bytes([size & 0x7F | 0x80]), size >> 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + inner

def label(inner):
    return field(1, field(1, b"label") + field(2, b"\\x08\\x07" + inner))

half, third = LONGEST_ANSWER // 2 - 32, LONGEST_ANSWER // 3 - 32
bodies = {
    "handles": lambda: label(field(14, b"") * half),
    "entries": lambda: field(1, field(2, b"")) * (LONGEST_ANSWER // 4),
    "dimensions": lambda: label(field(2, field(2, b"") * half)),
    "strings": lambda: label(field(8, b"") * half),
    "v2 outputs": lambda: field(5, b"") * half,
    "v2 contents": lambda: field(5, field(1, b"label") + field(2, b"BYTES")) + field(6, b"") * half,
    "v2 elements": lambda: field(5, field(1, b"label") + field(2, b"BYTES")) + field(6, bytes(2 * half)),
    "v2 objects": lambda: b'{"outputs": [' + b",".join([b"{}"] * third) + b"]}",
    "v2 data": lambda: b'{"outputs": [{"name": "label", "datatype": "BYTES", "data": ['
    + b",".join([b"[]"] * third) + b"]}]}",
    "objects": lambda: b'{"outputs": [' + b",".join([b"{}"] * third) + b"]}",
    "keys": lambda: b'{"outputs": {' + b",".join(b'"%x":{}' % i for i in range(third // 4)) + b"}}",
}
body = bodies[sys.argv[1]]()
question = ModelQuestion("m", "s")
open("/proc/self/clear_refs", "w").write("5")  # forget what was the most so far
before = high()
wire = RestWire(question) if body.startswith(b"{") else grpc_wire.GrpcWire(question)
if sys.argv[1].startswith("v2"):
    wire = KserveGrpcWire(question, InputForm("image"))
if sys.argv[1] in ("v2 objects", "v2 data"):
    wire = KserveRestWire(question, InputForm("image"), binary=True)
wire.read_answer(body)
print(high() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells the most memory")
@pytest.mark.parametrize(
    "kind",
    [
        *("handles", "entries", "dimensions", "strings", "objects", "keys"),
        *("v2 outputs", "v2 contents", "v2 elements", "v2 objects", "v2 data"),
    ],
)
def test_four_mebibytes_cost_what_is_stated(kind: str) -> None:
    """Made of millions of the smallest things that a message or a document can hold."""
    done = subprocess.run(
        [sys.executable, "-c", STORY, kind], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"\d+\s*", done.stdout)
    assert int(done.stdout) < MOST_MIB * 1024
