"""The scripts that have system packages for the tests: quiet when there, one line when they cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="the scripts are for a POSIX shell")


@pytest.fixture
def machine(tmp_path):
    """Give a machine with nothing but a shell: programs to add, scripts to run, calls of apt-get."""
    return Machine(tmp_path)


class Machine:
    def __init__(self, folder: Path) -> None:
        self.bin, self.log = folder / "bin", folder / "apt.log"
        self.bin.mkdir()
        for name in ("sh", "dirname", "basename", "env"):
            (self.bin / name).symlink_to(str(shutil.which(name)))

    def has(self, name: str, script: str = "exit 0") -> None:
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def apt(self, *, root: bool, status: int = 0) -> None:
        self.has("id", f"echo {0 if root else 1000}")
        self.has("apt-get", f'echo "$*" >> {self.log}\necho noise\necho noise >&2\nexit {status}')

    def run(self, *words: str) -> list[str]:
        """Run a script; it must succeed and print nothing but what it tells."""
        done = subprocess.run(
            ["sh", *words],
            env={"PATH": str(self.bin)},
            input="yes\n",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
        return done.stderr.splitlines()

    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


BROWSERS = ("google-chrome", "firefox", "WebKitWebDriver", "Xvfb")


def test_browsers_that_are_there_are_left_alone(machine):
    machine.apt(root=True)
    for name in BROWSERS:
        machine.has(name)
    assert machine.run(str(SCRIPTS / "browser")) == []
    assert machine.calls() == []


@pytest.mark.parametrize(
    ("missing", "what", "packages"),
    [("google-chrome", "the browser tests", "chromium"), ("firefox", "the tests in Firefox", "firefox-esr"),
     ("WebKitWebDriver", "the tests in WebKit", "webkit2gtk-driver xvfb"),
     ("Xvfb", "the tests in WebKit", "webkit2gtk-driver xvfb")],
)  # fmt: skip
def test_only_the_browser_that_is_missing_is_installed(machine, missing, what, packages):
    machine.apt(root=True)
    for name in BROWSERS:
        if name != missing:
            machine.has(name)
    assert machine.run(str(SCRIPTS / "browser")) == [f"Installing what {what} need…"]
    assert machine.calls()[-1].endswith(f" install -y --no-download {packages}")


def test_what_is_missing_is_installed_after_the_lists_are_read(machine):
    machine.apt(root=True)
    for name in BROWSERS[1:]:
        machine.has(name)
    assert machine.run(str(SCRIPTS / "browser")) == ["Installing what the browser tests need…"]
    update, bring, install = machine.calls()
    assert update.endswith(" update")
    assert bring.endswith(" install -y --download-only chromium")
    assert install.endswith(" install -y --no-download chromium")


def test_sudo_that_asks_nothing_is_used_by_who_is_not_root(machine):
    machine.apt(root=False)
    machine.has("sudo", '[ "$1" = -n ] && shift && exec "$@"')
    machine.run(str(SCRIPTS / "install"), "the tests", "--no-install-recommends", "a", "b")
    assert machine.calls()[-1].endswith(" install -y --no-download --no-install-recommends a b")


def test_sudo_that_wants_a_password_gets_none_and_nothing_waits(machine):
    machine.apt(root=False)
    machine.has("sudo", 'read answer && exit 0\necho "sudo: a password is required" >&2\nexit 1')
    _, told = machine.run(str(SCRIPTS / "install"), "the tests", "a")
    assert told.endswith("run: apt-get install a")
    assert machine.calls() == []


@pytest.mark.parametrize(("slow", "calls"), [("update", 1), ("--download-only", 2)])
def test_a_network_that_never_answers_is_left_and_nothing_is_installed(machine, slow, calls):
    machine.apt(root=True)
    # What takes too long is ended by `timeout`, which then answers 124.
    ends = f'case "$*" in *" {slow}"*) echo "$*" >> {machine.log}; exit 124;; esac'
    machine.has("timeout", f'{ends}\n[ "$1" = -k ] && shift 3 && exec "$@"')
    _, told = machine.run(str(SCRIPTS / "install"), "the tests", "a")
    assert "the tests will be skipped" in told
    assert len(machine.calls()) == calls
    assert slow in machine.calls()[-1]


@pytest.mark.parametrize(("root", "status"), [(True, 100), (False, 0)])
def test_what_cannot_be_installed_is_one_line_with_its_cure_and_no_failure(machine, root, status):
    machine.apt(root=root, status=status)
    for name in BROWSERS[1:]:
        machine.has(name)
    _, told = machine.run(str(SCRIPTS / "browser"))
    assert "the browser tests will be skipped" in told
    assert told.endswith("run: apt-get install chromium")
    assert (machine.calls() == []) is not root


def test_a_machine_without_apt_is_told_so(machine):
    machine.has("id", "echo 0")
    _, told = machine.run(str(SCRIPTS / "install"), "the tests of databases", "postgresql")
    assert "could not be installed" in told


def test_every_call_of_apt_has_a_limit_of_time():
    """Only `apt` calls apt-get, and each of its calls is ended when it takes too long."""
    for script in sorted(SCRIPTS.iterdir()):
        lines = script.read_text(encoding="utf-8").splitlines() if script.is_file() else []
        if not lines or not lines[0].endswith("sh"):
            continue
        done = subprocess.run(["sh", "-n", str(script)], capture_output=True, check=False)
        assert done.returncode == 0, (script.name, done.stderr)
        code = [one for one in lines if not one.lstrip().startswith(("#", "say ", "echo "))]
        if script.name != "apt":
            assert not [one for one in code if "apt-get" in one], script.name
    calls = [
        one for one in (SCRIPTS / "apt").read_text().splitlines() if one.startswith("$as_root")
    ]
    assert len(calls) == 3
    assert all("${limit:+$limit " in one for one in calls)


def test_setup_has_what_python_lacks_installed_within_the_same_limits(machine, tmp_path):
    """A Python without venv, on a machine whose network never answers: one line, and no waiting."""
    machine.apt(root=True)
    (tmp_path / "scripts").mkdir()
    for name in ("setup", "apt"):
        shutil.copy(SCRIPTS / name, tmp_path / "scripts" / name)
    machine.has("python3", 'case "$*" in *ensurepip*) exit 1;; esac')
    machine.has("timeout", f'echo "$*" >> {machine.log}; exit 124')
    done = subprocess.run(
        ["sh", str(tmp_path / "scripts" / "setup")], env={"PATH": str(machine.bin)}, input="yes\n",
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].endswith("run: apt-get install python3-venv")
    (call,) = machine.calls()
    assert call.startswith("-k 30 180 env DEBIAN_FRONTEND=noninteractive apt-get -qq")
    assert "Acquire::http::Timeout=30" in call
    assert call.endswith(" update")
