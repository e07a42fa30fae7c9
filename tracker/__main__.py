"""python -m tracker, and the command `tracker`."""

import signal
import sys

from tracker.cli import cli
from tracker.cli_errors import ExitCode


def main() -> None:
    """Runs the command line and ends the process with one of its exit codes."""
    signal.signal(signal.SIGTERM, _terminated)
    cli()


def _terminated(*_: object) -> None:
    # As an exception, so that everything is closed on the way: the private PostgreSQL stops.
    sys.exit(ExitCode.terminated)


# Guarded, because the server's worker processes import this module anew.
if __name__ == "__main__":
    main()
