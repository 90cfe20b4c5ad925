"""Calling a server: patience, resumption, and sentences when it does not answer as it should."""

from __future__ import annotations

import email.utils
import re
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from renewal_gis.errors import DataError, needed

__all__ = ["Answer", "Client", "shown"]

_TRIES = 5
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_WAIT_S = 120.0
_TIMEOUT_S = (10.0, 60.0)  # to connect, between two blocks
_BLOCK = 1 << 15  # what is lost when a transfer is cut, at most
_SILENT = 3  # downloads in a row that fail before a host is left alone
_UNKNOWN = "NameResolutionError"
_UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
_CERTIFICATES = {
    "ostname mismatch": "its certificate is for another host: something stands between",
    "IP address mismatch": "its certificate is for another host: something stands between",
    "has expired": "its certificate has expired: look at this machine's clock, or wait for its owner",
}
# Names of what opens a door, alone or as part of a longer name: access_token, X-Amz-Signature.
_SECRET = re.compile(
    r"(?i)([^=&#]*(?:key|token|pass|pwd|secret|signature|credential|auth)[^=&#]*|\bsig)=[^&#]*"
)
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
    measured
        The server told where the file ends, by its length or by a last chunk: all of it came.
    """

    date: str
    modified: str
    kind: str
    measured: bool = True


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
    user, a password or a key in it. A host that failed three downloads in a row, or asks to
    come back much later, is not called again: a file per commune would be waited for a hundred times.
    """

    certificates: Path | None = None
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    _last: dict[str, float] = field(default_factory=dict)
    _silent: Counter[str] = field(default_factory=Counter)
    _closed: dict[str, str] = field(default_factory=dict)
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
        host = _host(url)
        if host in self._closed:
            raise DataError(f"{shown(url)} was not called: {self._closed[host]}.")
        fault = ""
        for attempt in range(_TRIES):
            if attempt:
                progress(path.stat().st_size if path.exists() else 0, None)
            self._pace(host, per_s)
            try:
                with self._asked(url, path, packed=packed) as response:
                    wait = self._refused(response, url)
                    if wait is None:
                        answer = self._received(response, path, progress)
                        self._silent[host] = 0
                        return answer
                    fault = f"it answers {response.status_code}"
                    if response.status_code == 416:  # what was kept is no part of the file
                        path.unlink(missing_ok=True)
            # requests raises kinds of OSError, as do files; some addresses reach us as urllib3's own.
            except (OSError, ValueError) as error:
                if not self._of_the_network(error):
                    raise
                wait, fault = None, _told(error)
                if self._lost(error):
                    break
            self._wait(wait, attempt)
        self._silent[host] += 1
        if self._silent[host] >= _SILENT:
            self._closed[host] = f"its host failed {_SILENT} downloads in a row ({fault})"
        raise DataError(f"{shown(url)} did not answer: {fault}. Try again later, or use --offline.")

    def _ready(self) -> None:
        if self._session is None:
            self._session = _session(self.certificates)

    def _of_the_network(self, error: Exception) -> bool:
        """Tell the network's faults from those of a disk that is full or a folder that is closed."""
        import requests
        from urllib3.exceptions import LocationValueError

        of_network = requests.RequestException | ConnectionError | TimeoutError | LocationValueError
        return isinstance(error, of_network)

    def _lost(self, error: Exception) -> bool:
        """Tell whether trying again cannot help."""
        import requests

        gone = requests.exceptions
        if isinstance(error, gone.SSLError):  # else the handshake was cut, as any transfer may be
            return _UNTRUSTED in str(error)
        if _UNKNOWN in str(error):  # no network: each address would be tried in vain for long
            return True
        return isinstance(error, gone.ProxyError | gone.TooManyRedirects | ValueError)

    def _pace(self, host: str, per_s: float) -> None:
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
            hops = [one.url for one in (*response.history, response)]
            if url.lower().startswith("https:") and not all(
                one.startswith("https:") for one in hops
            ):
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
            self._closed[_host(url)] = f"its host asks to come back in {wait:.0f} s"
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
        total = held + int(length) if length and length.isdecimal() and not coded else None
        if partial and not response.headers.get("Content-Range", "").startswith(f"bytes {held}-"):
            path.unlink(missing_ok=True)
            raise ConnectionError("the server went on from another place than asked")
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
            measured=_is_measured(response.headers),
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
    head, mark, query = url.partition("?")
    scheme, slashes, rest = head.partition("//")
    authority, slash, path = rest.partition("/")
    host = authority.rpartition("@")[2]
    # A password with / or ? in it is cut there, and the rest of it looks like a path.
    cut = ":" in host and "@" in f"{path}{query}"
    if cut or not re.fullmatch(r"(\[[^\]]*\]|[^:]*)(:\d*)?", host):
        return f"{scheme}{slashes}…"
    return scheme + slashes + host + slash + path + mark + _SECRET.sub(r"\1=…", query)


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def _session(certificates: Path | None) -> Any:
    needed("requests", extra="fetch", purpose="Fetching open data")
    import requests
    from requests.adapters import HTTPAdapter

    context = _trusted(certificates)

    class SystemTrust(HTTPAdapter):
        """Trusts what the machine trusts: an administration puts its own authority there."""

        def init_poolmanager(self, *parts: Any, **named: Any) -> Any:
            return super().init_poolmanager(*parts, **{**named, "ssl_context": context})

        def proxy_manager_for(self, *parts: Any, **named: Any) -> Any:
            return super().proxy_manager_for(*parts, **{**named, "ssl_context": context})

    session = requests.Session()
    session.mount("https://", SystemTrust())
    session.headers["User-Agent"] = _AGENT
    return session


def _trusted(certificates: Path | None) -> ssl.SSLContext:
    """Return what is trusted: the machine's authorities, and those of a file."""
    context = ssl.create_default_context()
    if certificates is None:
        return context
    if not certificates.is_file():
        raise DataError(f"{certificates}: there is no such file of certificates.")
    try:
        # Here, and not as requests does it, which REQUESTS_CA_BUNDLE would overrule.
        context.load_verify_locations(cafile=certificates)
    except (ssl.SSLError, OSError):
        raise DataError(
            f"{certificates.name}: there is no certificate in it. Ask for the authority's own, as PEM "
            "text (-----BEGIN CERTIFICATE-----)."
        ) from None
    return context


def _is_measured(headers: Mapping[str, str]) -> bool:
    chunked = headers.get("Transfer-Encoding", "").strip().lower().endswith("chunked")
    return chunked or headers.get("Content-Length", "").strip().isdecimal()


def _retry_after(response: Any) -> float:
    told = response.headers.get("Retry-After", "").strip()
    if told.isdecimal():
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
    """Return what went wrong; never the library's own words, which hold addresses and passwords."""
    name, words = type(error).__name__, str(error)
    cases = (
        (_UNTRUSTED in words, _certificate_fault(words)),
        ("Proxy" in name, "the proxy refuses or cannot be reached; check HTTPS_PROXY"),
        (_UNKNOWN in words, "its host is not found; look at the network, and at HTTPS_PROXY"),
        ("Timeout" in name, "it takes too long"),
        ("Redirects" in name, "it leads from one address to the next without end"),
        (isinstance(error, ConnectionError) and words.startswith("the "), words),
        (isinstance(error, ValueError), "this is no address that can be called"),
    )
    return next((told for holds, told in cases if holds), "the connection failed or was cut")


def _certificate_fault(words: str) -> str:
    untrusted = (
        "its certificate is not trusted; give your administration's authority with --certificates"
    )
    return next((told for sign, told in _CERTIFICATES.items() if sign in words), untrusted)
