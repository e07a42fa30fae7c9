"""Runs the web server. It is named by a string: nothing of the command line imports the web."""

import errno
import socket
from collections.abc import Callable

from granian import Granian
from granian.constants import Interfaces, Loops, RuntimeModes

from tracker.settings import Settings

APPLICATION = "web.app:create_app"


class CannotListen(Exception):
    """The configured address cannot be listened on."""


class ServerEnded(Exception):
    """The server gave up: its process kept ending."""

    def __init__(self) -> None:
        super().__init__(
            "The server ended by itself; the lines above say why. Mend that, or run "
            "`tracker doctor`, and start it again."
        )


def check_address(settings: Settings) -> None:
    """Raises CannotListen, with what to do. To be asked first, before a database is started for
    nothing; serve() asks again, because a second demo may have been started at the same time."""
    # Without SO_REUSEPORT, which the server sets: two servers on one port would share its visitors.
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as failure:
        raise CannotListen(_why(failure, settings)) from failure


def _why(failure: OSError, settings: Settings) -> str:
    if failure.errno == errno.EADDRINUSE:
        return (
            f"Port {settings.port} is in use by another program, perhaps another demo. Stop that "
            f"one, or choose another port: TRACKER_PORT={_other_port(settings.port)}."
        )
    if failure.errno == errno.EACCES:
        return (
            f"Port {settings.port} is reserved for the system's administrator. Choose one from "
            "1024 on with TRACKER_PORT, and put a web server such as nginx in front."
        )
    return (
        f"The address {settings.host} cannot be listened on ({failure.strerror}). Set TRACKER_HOST "
        "to one of this machine's addresses; 127.0.0.1 is this machine alone, 0.0.0.0 everyone."
    )


def _other_port(port: int) -> int:
    return port + 1 if port < 65_535 else port - 1


def serve(settings: Settings, started: Callable[[], None]) -> None:
    """Serves until SIGTERM or ctrl-C; `started` is called once the address is listened on.

    The worker process builds its services from the environment, as this process did. Raises
    CannotListen or ServerEnded.
    """
    check_address(settings)
    server = Granian(
        APPLICATION,
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        runtime_mode=RuntimeModes.st,
        loop=Loops.uvloop,
        backlog=8192,
        # Open event streams are connections too: with the default, 1,024 of them block the site.
        backpressure=20_000,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
        log_access=False,  # an access log would hold addresses of readers
    )
    server.on_startup(started)
    try:
        server.serve()
    except SystemExit as ended:
        if ended.code:
            raise ServerEnded() from ended
