"""What the embedded server and the export need beyond the simulator: the extra `line-sim[server]`."""

import sys
from importlib.util import find_spec

from line_sim.errors import GatewayError

INSTALL = "pip install 'line-sim[server]'"
PACKAGES = {
    "tensorflow": "TensorFlow",
    "tensorflow_serving": "tensorflow-serving-api",
    "tensorflow_hub": "tensorflow-hub",
    "keras": "keras",
    "h5py": "h5py",
    "scipy": "scipy",
    "starlette": "starlette",
    "uvicorn": "uvicorn",
    "httptools": "httptools",
    "grpc_health": "grpcio-health-checking",
}
"""What of the extra is imported, and what it is called."""
ELSEWHERE = "or ask a server that runs elsewhere: --target HOST:PORT"


def refuse_without_extra(what: str, otherwise: str = "") -> None:
    """Raise GatewayError where the extra is not installed, or not all of it.

    Packages are looked for, none is imported. `otherwise` says what can be done without.
    """
    missing = [name for package, name in PACKAGES.items() if not _is_there(package)]
    if missing:
        needed = missing[0] if "TensorFlow" in missing else ", ".join(missing)
        ways = "; ".join(way for way in (INSTALL, otherwise) if way)
        raise GatewayError(f"{what} needs {needed}, which is not installed: {ways}")


def _is_there(package: str) -> bool:
    """Whether a package can be imported; what is loaded already may lack the record that is looked for."""
    if package in sys.modules:
        return sys.modules[package] is not None
    return find_spec(package) is not None
