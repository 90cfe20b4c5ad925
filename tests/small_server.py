"""A server on loopback that answers as the documentation of open data says, and as bad days do."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

DATE = "Tue, 10 Mar 2026 07:00:00 GMT"


@dataclass
class Reply:
    """One answer: `cut` bytes of the body are sent, then the connection is closed.

    `unmeasured`: the length is not told; the end of the connection ends the body (HTTP/1.0), or with
    `chunked` the last chunk does.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    unmeasured: bool = False
    chunked: bool = False


@dataclass
class Request:
    path: str
    query: dict[str, str]
    headers: dict[str, str]


Answering = Callable[[Request], Reply]


def as_json(content: Any, **rest: Any) -> Reply:
    headers = {"Content-Type": "application/json"}
    return Reply(json.dumps(content).encode(), headers=headers, **rest)


def ranged(body: bytes, request: Request, *, mark: str = '"v1"', cut: int | None = None) -> Reply:
    """Answer a file as servers that resume do: 206 from the byte asked while the mark agrees."""
    headers = {"ETag": mark, "Accept-Ranges": "bytes"}
    asked = request.headers.get("range", "")
    if asked.startswith("bytes=") and request.headers.get("if-range") == mark:
        start = int(asked[6:].rstrip("-"))
        if start >= len(body):
            return Reply(status=416, headers=headers)
        told = f"bytes {start}-{len(body) - 1}/{len(body)}"
        return Reply(body[start:], status=206, headers={**headers, "Content-Range": told}, cut=cut)
    return Reply(body, headers=headers, cut=cut)


@contextmanager
def serving(
    answer: Answering, *, tls: ssl.SSLContext | None = None
) -> Iterator[tuple[str, list[Request]]]:
    """Serve until the block ends; give the address and the requests seen so far."""
    seen: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: held[0] for name, held in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(parts.path, query, headers)
            seen.append(request)
            reply = answer(request)
            self.send_response_only(reply.status)
            self.send_header("Date", DATE)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.chunked:
                self.send_header("Transfer-Encoding", "chunked")
            elif not reply.unmeasured:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            sent = reply.body if reply.cut is None else reply.body[: reply.cut]
            if reply.chunked:
                sent = b"%x\r\n%b" % (len(reply.body), sent)
                sent += b"\r\n0\r\n\r\n" if reply.cut is None else b""
            self.wfile.write(sent)
            self.wfile.flush()
            if reply.cut is not None or reply.unmeasured:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, *parts: Any) -> None:
            pass

        def handle(self) -> None:
            # Who does not trust the certificate closes the door: no fault of the server.
            with suppress(OSError):
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        # The handshake is made by the thread that answers, so that one who refuses it blocks nobody.
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        scheme = "http" if tls is None else "https"
        yield f"{scheme}://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
