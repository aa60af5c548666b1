"""What gRPC itself has to say does not get on the terminal of a run."""

import subprocess
import sys

STORY = r"""
import socket, struct, threading
from line_sim.inspection.wires.grpc_transport import GrpcTransport
from line_sim.inspection.wires.transport import Access, Request

SETTINGS = struct.pack(">I", 0)[1:] + b"\x04\0" + bytes(4)
GOAWAY = struct.pack(">I", 8)[1:] + b"\x07\0" + bytes(8) + struct.pack(">I", 2)
listening = socket.create_server(("127.0.0.1", 0))

def serve():
    while True:
        connection, _ = listening.accept()
        connection.sendall(SETTINGS)
        connection.recv(1000)
        connection.sendall(GOAWAY)
        connection.close()

threading.Thread(target=serve, daemon=True).start()
transport = GrpcTransport(f"127.0.0.1:{listening.getsockname()[1]}", Access())
while transport.call(Request("/a/b", b""), 10**9).status != "UNAVAILABLE":
    pass
transport.close()
"""


def test_a_server_that_sends_one_away_fills_no_terminal() -> None:
    """Each GOAWAY would be a line of gRPC's own log, as often as it connects anew."""
    done = subprocess.run([sys.executable, "-c", STORY], capture_output=True, timeout=60, check=True)
    assert done.stderr == b""
