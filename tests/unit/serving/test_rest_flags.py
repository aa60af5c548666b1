"""The flags of the REST API."""

import pytest
from line_sim_serving.command.command_line import CommandLineError
from line_sim_serving.command.flags import read_flags
from line_sim_serving.command.rest_flags import RestOptions


def rest_options(*flags: str) -> RestOptions:
    """Read a command line."""
    return read_flags(["--model_base_path=/m", *flags])[0].rest


def test_rest_is_off_unless_asked_for() -> None:
    """TensorFlow Serving's defaults."""
    options = rest_options()
    assert (options.port, options.timeout_s, options.cors, options.monitoring_config_file) == (
        0,
        30,
        False,
        "",
    )
    assert options.threads >= 4


def test_every_flag_counts() -> None:
    """In its own unit."""
    flags = ["--rest_api_port=8501", "--rest_api_timeout_in_ms=2500", "--rest_api_num_threads=3"]
    options = rest_options(*flags, "--rest_api_enable_cors_support", "--monitoring_config_file=f")
    assert options == RestOptions(8501, 2.5, cors=True, threads=3, monitoring_config_file="f")


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        (["--rest_api_port=8500"], "--rest_api_port=8500 is the gRPC port too; give REST a port of its own"),
        (["--rest_api_port=70000"], "--rest_api_port=70000 is not a port; it must be in 0..65535"),
        (["--rest_api_num_threads=0"], "0 is less than 1"),
        (["--rest_api_timeout_in_ms=1s"], "invalid int value: '1s'"),
    ],
)
def test_what_cannot_be_served_is_refused(flags: list[str], text: str) -> None:
    """With the flag, the value and what is allowed."""
    with pytest.raises(CommandLineError) as caught:
        rest_options(*flags)
    assert text in str(caught.value)
