"""The embedded server over TLS: who may ask, and who vouches for whom."""

import shutil
import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from line_sim.inspection.servers.embedded import EmbeddedServer
from line_sim.inspection.wires import grpc_wire

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="keys are made with the openssl command"),
]
Code = grpc.StatusCode


def openssl(folder: Path, *arguments: str) -> None:
    """Run openssl in a folder."""
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an authority, and a key and certificate signed by it for the server and for a client."""
    folder = tmp_path_factory.mktemp("keys")
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl(folder, "req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=authority")
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    for name in ("server", "client"):
        openssl(
            folder, "req", *new_key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}"
        )
        signing = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names"]
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", *signing, "-out", f"{name}.crt")
    return folder


def ssl_config(keys: Path, path: Path, *, client_verify: bool) -> Path:
    """Write the text file that TensorFlow Serving reads: the PEM texts themselves are in it."""
    texts = {"server_key": "server.key", "server_cert": "server.crt", "custom_ca": "ca.crt"}
    lines = [
        f'{field}: "{(keys / file).read_text().replace(chr(10), chr(92) + "n")}"'
        for field, file in texts.items()
    ]
    path.write_text("\n".join([*lines, f"client_verify: {str(client_verify).lower()}"]))
    return path


def ask_securely(target: str, keys: Path, *, client: str = "") -> dict[int, str]:
    """Ask for the status over TLS, as a client with a certificate or as one without."""
    own = [(keys / f"{client}.{end}").read_bytes() for end in ("key", "crt")] if client else [None, None]
    credentials = grpc.ssl_channel_credentials((keys / "ca.crt").read_bytes(), *own)
    request = grpc_wire.status_request(grpc_wire.ModelQuestion("tiny", ""))
    with grpc.secure_channel(target, credentials) as channel:
        return grpc_wire.read_states(channel.unary_unary(grpc_wire.GET_MODEL_STATUS)(request, timeout=20))


def test_only_tls_is_answered(models: Path, keys: Path, tmp_path: Path) -> None:
    """A client that trusts the authority is answered, one that speaks plainly is not."""
    config = ssl_config(keys, tmp_path / "ssl.config", client_verify=False)
    with EmbeddedServer("tiny", models / "tiny", arguments=[f"--ssl_config_file={config}"]) as server:
        assert ask_securely(server.target, keys) == {2: "AVAILABLE"}
        with grpc.insecure_channel(server.target) as channel, pytest.raises(grpc.RpcError) as caught:
            channel.unary_unary(grpc_wire.GET_MODEL_STATUS)(b"", timeout=20)
        assert caught.value.code() is Code.UNAVAILABLE


def test_a_client_must_show_who_it_is(models: Path, keys: Path, tmp_path: Path) -> None:
    """With client_verify, a certificate that the authority has signed is needed."""
    config = ssl_config(keys, tmp_path / "ssl.config", client_verify=True)
    with EmbeddedServer("tiny", models / "tiny", arguments=[f"--ssl_config_file={config}"]) as server:
        assert ask_securely(server.target, keys, client="client") == {2: "AVAILABLE"}
        with pytest.raises(grpc.RpcError) as caught:
            ask_securely(server.target, keys)
        assert caught.value.code() is Code.UNAVAILABLE


def test_an_ssl_configuration_that_cannot_be_used_is_refused(models: Path, tmp_path: Path) -> None:
    """Before anything is loaded, with what is missing."""
    config = tmp_path / "ssl.config"
    config.write_text('server_key: "key"')
    flags = ["--port=0", "--announce_port", f"--model_base_path={models}", f"--ssl_config_file={config}"]
    done = subprocess.run(
        [sys.executable, "-m", "line_sim_serving", *flags],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 255
    assert "server_cert is empty; it must be the PEM text itself" in done.stderr
