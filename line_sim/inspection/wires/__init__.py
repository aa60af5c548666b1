"""What is sent and read: messages, transports, TLS, statuses."""

import os

# Below errors gRPC's own log tells of every GOAWAY, on the terminal, into the picture of a live line. It
# reads this when it is loaded; what the user says counts.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
