"""Write the generated pages of docs/, or check that they are up to date."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from renewal_gis.assumptions import ASSUMPTIONS
from renewal_gis.cli import main as command_line
from renewal_gis.schema.reference import reference_page

DOCS = Path(__file__).resolve().parent.parent / "docs"


def commands_page() -> str:
    """Return the help of every command, as Markdown."""
    lines = ["# Commands", "", "Written by `make docs`: do not edit.", ""]
    root = click.Context(command_line, info_name="renewal-gis")
    for name in ["", *sorted(command_line.commands)]:
        command = command_line.commands[name] if name else command_line
        context = click.Context(command, info_name=name, parent=root) if name else root
        lines += [f"## `{f'renewal-gis {name}'.strip()}`"]
        lines += ["", "```text", command.get_help(context), "```", ""]
    return "\n".join(lines)


def assumptions_page() -> str:
    """Return every planning constant, as Markdown."""
    lines = [
        "# Assumptions",
        "",
        "Written by `make docs` from `renewal_gis/assumptions/`: do not edit.",
        "",
        "| name | value | unit | meaning | source | date | verified |",
        "|---|--:|---|---|---|---|---|",
    ]
    lines += [
        f"| `{held.name}` | {held.value:g} | {held.unit} | {held.en} | {held.source} | {held.date} "
        f"| {'yes' if held.verified else '**no**'} |"
        for held in ASSUMPTIONS
    ]
    return "\n".join([*lines, ""])


PAGES = {
    "tables.md": reference_page,
    "commands.md": commands_page,
    "assumptions.md": assumptions_page,
}


def main() -> int:
    """Write the pages; with --check, say which are out of date and write nothing."""
    stale = []
    for name, write in PAGES.items():
        page, text = DOCS / name, write()
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                page.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        print(f"docs/: {', '.join(stale)} out of date. Run: make docs")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
