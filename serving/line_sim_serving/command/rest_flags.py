"""The flags of the REST API and of monitoring, which is read over it."""

import argparse
import os
from dataclasses import dataclass

from line_sim_serving.command.command_line import CommandLineError, add_bool, at_least_one


@dataclass(frozen=True, slots=True)
class RestOptions:
    """What the command line asked for; port 0: no REST API."""

    port: int
    timeout_s: float
    cors: bool
    threads: int
    monitoring_config_file: str


def add_rest_flags(parser: argparse.ArgumentParser) -> None:
    """Add the group's flags."""
    add = parser.add_argument
    add("--rest_api_port", type=int, default=0, help="REST port; default 0: no REST API")
    add(
        "--rest_api_timeout_in_ms",
        type=int,
        default=30_000,
        help="longest time that a REST request is computed; 0: any; default 30000",
    )
    add(
        "--rest_api_num_threads",
        type=at_least_one,
        default=4 * (os.cpu_count() or 1),
        help="REST requests at once; default 4 x CPUs",
    )
    add_bool(parser, "rest_api_enable_cors_support", False, "let pages of other sites ask; default false")
    add(
        "--monitoring_config_file",
        default="",
        help="file of a MonitoringConfig: metrics on the REST port",
    )


def read_rest_options(found: argparse.Namespace) -> RestOptions:
    """Check the group's flags. Raises CommandLineError."""
    if found.rest_api_port and found.rest_api_port == found.port:
        raise CommandLineError(
            f"--rest_api_port={found.rest_api_port} is the gRPC port too; give REST a port of its own"
        )
    return RestOptions(
        port=found.rest_api_port,
        timeout_s=found.rest_api_timeout_in_ms / 1000,
        cors=found.rest_api_enable_cors_support,
        threads=found.rest_api_num_threads,
        monitoring_config_file=found.monitoring_config_file,
    )
