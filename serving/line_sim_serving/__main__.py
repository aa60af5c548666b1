"""`python -m line_sim_serving`: load the models, open the port, look for new versions.

Exit codes: 2 the command line cannot be read, 1 the port cannot be opened, 255 what TensorFlow Serving
too cannot start with (flags that do not go together, a broken configuration, a model that cannot be
loaded), 130 Ctrl-C.
"""

import contextlib
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence

from line_sim_serving.command.command_line import CommandLineError, FatalFlagsError
from line_sim_serving.command.flags import USAGE_ERROR, read_flags
from line_sim_serving.command.parent import Announcement, follow_parent
from line_sim_serving.limits.budget import Budgets, Limits
from line_sim_serving.limits.memory import cap_tensors, shares, spare_unused

FAILED_START = 255


def main(arguments: Sequence[str]) -> int:
    """Serve until the process is ended; gives the exit code."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname).1s %(message)s"
    )
    try:
        options, note = read_flags(arguments)
    except FatalFlagsError as error:
        sys.stdout.write(f"Failed to start server. Error: INVALID_ARGUMENT: {error}\n")
        return FAILED_START
    except CommandLineError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE_ERROR
    sys.stderr.write(note)
    announcement = Announcement() if options.announce_port else None
    if options.exit_with_parent:
        follow_parent()
    if os.getpid() == 1:  # in a container the first process ignores SIGTERM unless it says otherwise
        signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
    memory = shares(options.limits.request_memory)
    cap_tensors(memory.tensors)
    spare_unused()
    largest = options.limits.max_request or memory.largest_request(options.grpc.max_threads)
    with _quiet(not options.verbose):
        from line_sim_serving.server import serve  # noqa: PLC0415 - TensorFlow comes with it, and takes seconds
    return serve(options, announcement, Limits(Budgets.of(memory.requests), largest))


@contextlib.contextmanager
def _quiet(quiet: bool) -> Iterator[None]:
    """Keep TensorFlow's chatter out of the log: some of it comes before any log level counts."""
    if not quiet:
        yield
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    stderr = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device, not a path of the user's
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    sys.stdout.flush()
    logging.shutdown()
    os._exit(code)  # at once: taking TensorFlow and gRPC down properly takes seconds and helps nobody
