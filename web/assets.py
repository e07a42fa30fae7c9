"""The static files, under addresses that name their content: a browser may keep them for ever."""

import re
from functools import cache
from hashlib import sha256
from importlib.resources import files

from msgspec import Struct

IMMUTABLE = "public, max-age=31536000, immutable"
"""The Cache-Control of every asset: another content has another address."""

_MEDIA_TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "txt": "text/plain",
}


class Asset(Struct, frozen=True):
    """`name` is the file in web/static; `path` the address it is served at."""

    name: str
    path: str
    body: bytes
    media_type: str


@cache
def every_asset() -> tuple[Asset, ...]:
    """Every file of web/static, in the order of names; read once for the life of the process."""
    static = files("web") / "static"
    found = sorted((each for each in static.iterdir() if each.is_file()), key=lambda f: f.name)
    return tuple(_asset(each.name, each.read_bytes()) for each in found)


def _asset(name: str, body: bytes) -> Asset:
    stem, _, kind = name.rpartition(".")
    if kind == "css":
        body = _light(body)
    digest = sha256(body).hexdigest()[:8]
    return Asset(name, f"/static/{stem}.{digest}.{kind}", body, _MEDIA_TYPES[kind])


def _light(css: bytes) -> bytes:
    """A style sheet without what only its authors read: comments and indentation."""
    text = re.sub(r"/\*.*?\*/", "", css.decode(), flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    # Not before a colon, where a space is a descendant selector; not around + or -, in calc().
    return re.sub(r" ?([{};,>]) ?|(?<=:) ", r"\1", text).replace(";}", "}").strip().encode()


@cache
def asset_path(name: str) -> str:
    """The address of a file of web/static. Raises StopIteration for a file that is not there."""
    return next(asset.path for asset in every_asset() if asset.name == name)
