"""`line-sim serve --help` where the extra of the server is not installed."""

from importlib import metadata

import pytest
from line_sim_serving.command import flags


def test_help_is_given_without_tensorflow(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is not there has no version; the flags are what they are."""

    def version(name: str) -> str:
        if name == "tensorflow":
            raise metadata.PackageNotFoundError(name)
        return "1.2.3"

    monkeypatch.setattr(flags, "version", version)
    with pytest.raises(SystemExit, match="0"):
        flags.read_flags(["--help"])
    assert "--model_base_path" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="0"):
        flags.read_flags(["--version"])
    assert "line-sim ModelServer: 1.2.3, TensorFlow Library: not installed" in capsys.readouterr().out
