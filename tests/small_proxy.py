"""A proxy on loopback as administrations have them: it carries what is encrypted, and may want a password."""

from __future__ import annotations

import base64
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """What the proxy was asked: hosts in order, and who asked (`user:password`)."""

    hosts: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)


@contextmanager
def carrying(to: str, *, password: str = "") -> Iterator[tuple[str, Asked]]:
    """Carry every host to the address `to` until the block ends; give `host:port` and what was asked."""
    asked = Asked()
    host, _, port = to.partition("://")[2].partition(":")

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            asked.hosts.append(self.path)
            told = self.headers.get("Proxy-Authorization", "").removeprefix("Basic ")
            asked.users.append(base64.b64decode(told).decode())
            if password and asked.users[-1].partition(":")[2] != password:
                self.send_response(407)
                self.send_header("Proxy-Authenticate", 'Basic realm="agency"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            with socket.create_connection((host, int(port))) as far:
                self.send_response(200)
                self.end_headers()
                with suppress(OSError):
                    _carry(self.connection, far)

        def log_message(self, *parts: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _carry(near: socket.socket, far: socket.socket) -> None:
    other = {near: far, far: near}
    while True:
        for one in select.select([near, far], [], [])[0]:
            block = one.recv(1 << 16)
            if not block:
                return
            other[one].sendall(block)
