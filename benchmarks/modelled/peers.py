"""The environment of a peer: a venv of its own, made once from the package index."""

import os
import subprocess
import sys
import venv
from pathlib import Path

CIMBA = "cimba==0.9.6"
PEERS = Path(os.environ.get("LINE_SIM_PEERS", Path.home() / ".cache" / "line-sim" / "peers"))


def cimba() -> Path | None:
    """Return the Python of cimba's venv, made where there is none; None where it cannot be had."""
    folder = PEERS / CIMBA.replace("==", "-")
    python, ready = folder / "bin" / "python", folder / ".ready"
    if not ready.exists():
        print(f"setting up {CIMBA} in {folder} (600 MB, half a minute)", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", CIMBA]
        if subprocess.run(install, check=False).returncode:
            return None
        ready.touch()
    return python
