"""Calling a server: patience, resumption, and sentences when it does not answer as it should."""

from __future__ import annotations

import email.utils
import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from renewal_gis.errors import DataError, MissingExtraError

__all__ = ["Answer", "Client", "shown"]

_TRIES = 5
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_WAIT_S = 120.0
_TIMEOUT_S = (10.0, 60.0)  # to connect, between two blocks
_BLOCK = 1 << 15  # what is lost when a transfer is cut, at most
_AGENT = "renewal-gis (open data of one territory, cached)"

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server said of a file it gave.

    Parameters
    ----------
    date
        ISO day of the server's own clock; empty when it told none.
    modified
        ISO day the file was last changed; empty when it told none.
    kind
        Media type.
    """

    date: str
    modified: str
    kind: str


@dataclass(kw_only=True)
class Client:
    """One patient caller: so many requests a second to a host, and several tries.

    Parameters
    ----------
    certificates
        File of the authorities of an administration's own proxy (PEM). Without it, those of the
        system and of certifi.
    sleep, now
        The passing of time; tests give their own.

    Notes
    -----
    Proxies are those of the environment (`HTTPS_PROXY`, `NO_PROXY`). No address is ever shown with a
    user, a password or a key in it.
    """

    certificates: Path | None = None
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    _last: dict[str, float] = field(default_factory=dict)
    _session: Any = None

    def download(
        self,
        url: str,
        path: Path,
        *,
        per_s: float,
        packed: bool = False,
        progress: Progress = lambda done, total: None,
    ) -> Answer:
        """Bring what is at `url` into `path`; go on from where an earlier try was cut.

        Parameters
        ----------
        url
            Address.
        path
            File to write. It is left as far as it came when the transfer fails: calling again goes on
            from there, if the server's file has not changed.
        per_s
            Requests a second the source allows.
        packed
            The server may compress the answer on the way: shorter, but it cannot be gone on with.
        progress
            Called with the bytes there and the bytes in all (None: not told).

        Raises
        ------
        DataError
            After several tries, or at once when trying again would not help.
        """
        self._ready()
        fault = ""
        for attempt in range(_TRIES):
            if attempt:
                progress(path.stat().st_size if path.exists() else 0, None)
            self._pace(url, per_s)
            try:
                with self._asked(url, path, packed=packed) as response:
                    wait = self._refused(response, url)
                    if wait is None:
                        return self._received(response, path, progress)
                    fault = f"it answers {response.status_code}"
                    if response.status_code == 416:  # what was kept is no part of the file
                        path.unlink(missing_ok=True)
            except OSError as error:  # requests raises kinds of OSError, as do files
                if isinstance(error, FileNotFoundError | PermissionError):
                    raise
                wait, fault = None, _told(error)
                if isinstance(error, self._lost_causes()):
                    break
            self._wait(wait, attempt)
        raise DataError(f"{shown(url)} did not answer: {fault}. Try again later, or use --offline.")

    def _ready(self) -> None:
        if self._session is None:
            self._session = _session(self.certificates)

    def _lost_causes(self) -> tuple[type[Exception], ...]:
        import requests

        gone = requests.exceptions
        return (gone.SSLError, gone.ProxyError, gone.TooManyRedirects, gone.InvalidURL)

    def _pace(self, url: str, per_s: float) -> None:
        host = urlsplit(url).netloc
        due = self._last.get(host, float("-inf")) + 1 / per_s
        if due > self.now():
            self.sleep(due - self.now())
        self._last[host] = self.now()

    @contextmanager
    def _asked(self, url: str, path: Path, *, packed: bool) -> Iterator[Any]:
        held = path.stat().st_size if path.exists() else 0
        mark = _mark_of(path)
        # A part without a mark of the version it belongs to cannot be gone on with.
        headers = {"Range": f"bytes={held}-", "If-Range": mark} if held and mark else {}
        if held and not mark:
            path.unlink()
        if not packed:
            headers["Accept-Encoding"] = "identity"
        response = self._session.get(url, headers=headers, stream=True, timeout=_TIMEOUT_S)
        try:
            if urlsplit(url).scheme == "https" and urlsplit(response.url).scheme != "https":
                raise DataError(f"{shown(url)} leads to an address that is not https; refused.")
            yield response
        finally:
            response.close()

    def _refused(self, response: Any, url: str) -> float | None:
        """Return how long to wait before the next try; None when the answer is good."""
        status = response.status_code
        if status in {200, 206}:
            return None
        if status not in _AGAIN:
            if status == 416:
                return 0.0
            what = {401: "wants a password", 403: "refuses", 404: "has nothing there"}
            told = what.get(status, f"answers {status}")
            raise DataError(
                f"{shown(url)}: the server {told} (status {status}). Visit its page: the address may "
                "have moved."
            )
        wait = _retry_after(response)
        if wait > _LONGEST_WAIT_S:
            raise DataError(
                f"{shown(url)}: the server asks to come back in {wait:.0f} s. Fetch it later."
            )
        return wait

    def _received(self, response: Any, path: Path, progress: Progress) -> Answer:
        partial = response.status_code == 206
        held = path.stat().st_size if partial and path.exists() else 0
        length = response.headers.get("Content-Length")
        # A compressed answer is unpacked on the way: its length is not that of the file.
        coded = response.headers.get("Content-Encoding", "identity") != "identity"
        total = held + int(length) if length and length.isdigit() and not coded else None
        _write_mark(path, "" if coded else _version(response))
        with path.open("ab" if partial else "wb") as stream:
            for block in response.iter_content(_BLOCK):
                stream.write(block)
                held += len(block)
                progress(held, total)
        if total is not None and held != total:
            raise ConnectionError(f"the transfer was cut at {held} of {total} bytes")
        _mark_path(path).unlink(missing_ok=True)
        return Answer(
            date=_day(response.headers.get("Date")),
            modified=_day(response.headers.get("Last-Modified")),
            kind=response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
        )

    def _wait(self, asked: float | None, attempt: int) -> None:
        if attempt + 1 < _TRIES:
            self.sleep(asked if asked else float(2**attempt))


def shown(url: str) -> str:
    """Return an address without what may be secret: user, password, keys.

    Examples
    --------
    >>> shown("https://me:secret@example.org/wfs?apikey=abc&layer=x")
    'https://example.org/wfs?apikey=…&layer=x'
    """
    plain = re.sub(r"//[^/@?#]*@", "//", url)
    return re.sub(r"(?i)\b(api_?key|key|token|password|pwd|secret)=[^&#]*", r"\1=…", plain)


def _session(certificates: Path | None) -> Any:
    try:
        import requests
        from requests.adapters import HTTPAdapter
    except ImportError as error:
        raise MissingExtraError(
            library="requests", extra="fetch", purpose="Fetching open data"
        ) from error
    context = ssl.create_default_context()

    class SystemTrust(HTTPAdapter):
        """Trusts what the machine trusts: an administration puts its own authority there."""

        def init_poolmanager(self, *parts: Any, **named: Any) -> Any:
            return super().init_poolmanager(*parts, **{**named, "ssl_context": context})

        def proxy_manager_for(self, *parts: Any, **named: Any) -> Any:
            return super().proxy_manager_for(*parts, **{**named, "ssl_context": context})

    session = requests.Session()
    session.mount("https://", SystemTrust())
    session.headers["User-Agent"] = _AGENT
    if certificates is not None:
        if not certificates.is_file():
            raise DataError(f"{certificates}: there is no such file of certificates.")
        session.verify = str(certificates)
    return session


def _retry_after(response: Any) -> float:
    told = response.headers.get("Retry-After", "").strip()
    if told.isdigit():
        return float(told)
    later, date = (_moment(text) for text in (told, response.headers.get("Date")))
    return max(0.0, later - date) if later is not None and date is not None else 0.0


def _moment(text: str | None) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(text or "").timestamp()
    except (TypeError, ValueError):
        return None


def _day(text: str | None) -> str:
    try:
        return email.utils.parsedate_to_datetime(text or "").date().isoformat()
    except (TypeError, ValueError):
        return ""


def _mark_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.version")


def _mark_of(path: Path) -> str:
    held = _mark_path(path)
    return held.read_text(encoding="utf-8") if held.exists() else ""


def _version(response: Any) -> str:
    """Return the server's mark of this version of the file, for If-Range."""
    mark = str(response.headers.get("ETag", ""))
    if mark and not mark.startswith("W/"):  # a weak mark does not promise the same bytes
        return mark
    return str(response.headers.get("Last-Modified", ""))


def _write_mark(path: Path, mark: str) -> None:
    if mark:
        _mark_path(path).write_text(mark, encoding="utf-8")
    else:
        _mark_path(path).unlink(missing_ok=True)


def _told(error: Exception) -> str:
    name = type(error).__name__
    if "SSL" in name:
        return (
            "its certificate is not trusted; give your administration's authority with "
            "--certificates"
        )
    if "Proxy" in name:
        return "the proxy refuses or cannot be reached; check HTTPS_PROXY"
    if "Timeout" in name:
        return "it takes too long"
    if isinstance(error, ConnectionError) and "cut at" in str(error):
        return str(error)
    return "the connection failed or was cut"
