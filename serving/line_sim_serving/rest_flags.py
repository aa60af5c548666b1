"""The flags of the REST API and of monitoring, which is read over it."""

import argparse
from dataclasses import dataclass

from line_sim_serving.command_line import CommandLineError


@dataclass(frozen=True, slots=True)
class RestOptions:
    """What the command line asked for; port 0: no REST API."""

    port: int


def add_rest_flags(parser: argparse.ArgumentParser) -> None:
    """Add the group's flags."""
    add = parser.add_argument
    add("--rest_api_port", type=int, default=0, help=argparse.SUPPRESS)
    add("--rest_api_num_threads", help=argparse.SUPPRESS)
    add("--rest_api_timeout_in_ms", help=argparse.SUPPRESS)
    add("--rest_api_enable_cors_support", nargs="?", help=argparse.SUPPRESS)
    add("--monitoring_config_file", default="", help=argparse.SUPPRESS)


def read_rest_options(found: argparse.Namespace) -> RestOptions:
    """Check the group's flags. Raises CommandLineError."""
    for value, need in (
        (f"--rest_api_port={found.rest_api_port}" if found.rest_api_port else "", "the REST API"),
        (
            f"--monitoring_config_file={found.monitoring_config_file}"
            if found.monitoring_config_file
            else "",
            "monitoring",
        ),
    ):
        if value:
            raise CommandLineError(
                f"{value} needs {need}, which this server does not have yet; "
                f"leave the flag out, or use TensorFlow Serving itself"
            )
    return RestOptions(port=found.rest_api_port)
