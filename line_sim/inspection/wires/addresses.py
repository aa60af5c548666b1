"""The parts of a target: HOST:PORT, [V6]:PORT, or unix:PATH."""

UNIX = "unix:"
"""How the target of a socket file begins, in gRPC's words."""


def socket_path(target: str) -> str | None:
    """Return the path of a socket file; None where the target is a host."""
    if not target.startswith(UNIX):
        return None
    path = target.removeprefix(UNIX)
    return path.removeprefix("//") if path.startswith("///") else path


def host_and_port(target: str) -> tuple[str, int]:
    """Part HOST:PORT or [V6]:PORT."""
    host, _, port = target.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def host_of(target: str) -> str:
    """Return the name that a server at this target goes by; this machine's for a socket file."""
    return "localhost" if socket_path(target) is not None else host_and_port(target)[0]
