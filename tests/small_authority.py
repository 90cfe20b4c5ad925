"""An authority of certificates for the tests, made anew by the program openssl."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def missing() -> str:
    """Return why there can be no authority; empty when there can."""
    return "" if shutil.which("openssl") else "openssl is not installed (Debian: openssl)"


@dataclass(frozen=True)
class Authority:
    """An authority, and where its files stand."""

    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "authority.pem"

    def server(self, *names: str, days: int = 2) -> ssl.SSLContext:
        """Return what a server shows who is called by these names (`DNS:…`, `IP:…`)."""
        stem = self.folder / names[0].replace(":", "-")
        key, request, shown = (stem.with_suffix(end) for end in (".key", ".csr", ".crt"))
        (self.folder / "names").write_text(f"subjectAltName={','.join(names)}\n")
        _openssl("req", "-new", *_KEY, "-keyout", key, "-out", request, "-subj", "/CN=open data")
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.folder / "key",
                 "-CAcreateserial", "-out", shown, "-days", days, "-extfile", self.folder / "names")  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(shown, key)
        return context


def authority(folder: Path) -> Authority:
    """Make an authority in a folder."""
    made = Authority(folder)
    _openssl("req", "-x509", *_KEY, "-keyout", folder / "key", "-out", made.certificate, "-days", 2,
             "-subj", "/CN=Authority of an administration",
             "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
    return made


def _openssl(*words: object) -> None:
    command = ["openssl", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
