"""Since last time: what changed from the manifest of an earlier pack."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from renewal_gis.errors import DataError
from renewal_gis.publishing.pack.dossier_words import tell
from renewal_gis.publishing.pack.figures import told_figure
from renewal_gis.publishing.pack.text import day, number, printable
from renewal_gis.publishing.pack.words import label
from renewal_gis.schema import STEPS

__all__ = ["CHANGE_KINDS", "Change", "changes_since", "changes_table", "read_manifest"]

CHANGE_KINDS = ("figure", "site", "milestone", "source")


class Change(NamedTuple):
    """One thing that changed.

    Attributes
    ----------
    kind
        Among `CHANGE_KINDS`.
    key
        The figure, site, milestone or layer.
    site
        The site it is about; empty when it is about none.
    before, now
        As printed.
    told
        A sentence.
    """

    kind: str
    key: str
    site: str
    before: str
    now: str
    told: str


def read_manifest(pack: Path) -> dict[str, Any]:
    """Return the manifest of a pack.

    Parameters
    ----------
    pack
        The folder, or its `manifest.json`.

    Raises
    ------
    DataError
        When there is none, or it is not one of a pack.
    """
    path = pack / "manifest.json" if pack.is_dir() else pack
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        lacking = (
            f"There is no {path.name} in {pack.name!r}"
            if pack.is_dir()
            else f"There is no {path.name!r}"
        )
        raise DataError(f"{lacking}. Give the folder that renewal-gis export wrote.") from None
    except OSError as fault:
        raise DataError(
            f"{path.name} of the pack {pack.name!r} cannot be read ({fault.strerror}). Give the folder "
            "that renewal-gis export wrote."
        ) from None
    except ValueError:
        raise DataError(
            f"{path.name} of the pack {pack.name!r} is no JSON: the pack was cut short or changed. "
            "Give the folder that renewal-gis export wrote."
        ) from None
    if not isinstance(held, dict) or held.get("kind") != "pack":
        raise DataError(
            f"{path.name} of {pack.name!r} is not the manifest of a pack. Give the folder that "
            "renewal-gis export wrote."
        )
    return held


def changes_since(
    before: Mapping[str, Any], now: Mapping[str, Any], *, language: str
) -> list[Change]:
    """Return what changed between two manifests: figures, sites, milestones, sources.

    Parameters
    ----------
    before, now
        Manifests; parts an earlier one lacks are taken as unknown, not as changed.
    language
        Of the sentences.
    """
    held: list[Change] = []
    for part, compare in (
        ("figures", _figures),
        ("sites", _sites),
        ("milestones", _milestones),
    ):
        old, new = before.get(part), now.get(part)
        if isinstance(old, dict) and isinstance(new, dict):
            held.extend(compare(old, new, language))
    if isinstance(before.get("inputs"), list):
        held.extend(_sources(before["inputs"], now["inputs"], language))
    return held


def changes_table(changes: list[Change]) -> pd.DataFrame:
    """Return the changes as a table, one row each."""
    return pd.DataFrame(changes, columns=list(Change._fields))


def _figures(old: Mapping[str, Any], new: Mapping[str, Any], language: str) -> Iterator[Change]:
    for key in [*new, *(key for key in old if key not in new)]:
        sides = []
        for held in (old.get(key), new.get(key)):
            known = isinstance(held, dict) and isinstance(held.get("value"), int | float)
            sides.append(
                told_figure(held["value"], held.get("unit", ""), language)
                if known and held
                else "–"
            )
        if sides[0] == sides[1]:
            continue
        held = new.get(key) or old[key]
        name = printable(held.get("fr" if language == "fr" else "en", key))
        told = tell("change.figure", language, name=name, before=sides[0], now=sides[1])
        yield Change("figure", key, "", sides[0], sides[1], told)


def _sites(old: Mapping[str, Any], new: Mapping[str, Any], language: str) -> Iterator[Change]:
    for site in new:
        if site not in old:
            yield Change("site", site, site, "", site, tell("change.siteNew", language, site=site))
            continue
        for what in ("name", "capacity", "score", "rank", "veto"):
            earlier = old[site] if isinstance(old[site], dict) else {}
            was = _value(earlier.get(what), what, language)
            now = _value(new[site].get(what), what, language)
            if was != now:
                named = tell(f"change.{what}", language)
                told = tell("change.site", language, site=site, what=named, before=was, now=now)
                yield Change("site", f"{site}.{what}", site, was, now, told)
    for site in old:
        if site not in new:
            gone = tell("change.siteGone", language, site=printable(site, longest=40))
            yield Change("site", site, site, site, "", gone)


def _value(value: Any, what: str, language: str) -> str:
    if value is None or value == "":
        return tell("change.nothing", language)
    if isinstance(value, int | float):
        return number(value, language, decimals=1 if what == "score" else 0)
    return printable(value, longest=80)


def _milestones(old: Mapping[str, Any], new: Mapping[str, Any], language: str) -> Iterator[Change]:
    for key, held in new.items():
        was, site = old.get(key), printable(held.get("site"), longest=40)
        named = {
            "operation": printable(held.get("name") or held.get("operation"), longest=80),
            "step": label(STEPS, held.get("step"), language),
        }
        now = _date(held.get("date"))
        shown = day(now, language) if now else tell("change.undated", language)
        if not isinstance(was, dict):
            told = tell("change.stepNew", language, **named, now=shown)
            yield Change("milestone", key, site, "", shown, told)
            continue
        earlier = _date(was.get("date"))
        shown_before = day(earlier, language) if earlier else tell("change.undated", language)
        if held.get("happened") and not was.get("happened"):
            told = tell("change.stepDone", language, **named, now=shown)
        elif earlier != now:
            days = (now - earlier).days if now and earlier else None
            told = tell(
                "change.stepMoved", language, **named, before=shown_before, now=shown,
                days=number(days, language, sign=True),
            )  # fmt: skip
        else:
            continue
        yield Change("milestone", key, site, shown_before, shown, told)
    for key, was in old.items():
        if key not in new and isinstance(was, dict):
            operation = printable(was.get("name") or was.get("operation"), longest=80)
            step = label(STEPS, was.get("step"), language)
            told = tell("change.stepGone", language, operation=operation, step=step)
            yield Change("milestone", key, printable(was.get("site"), longest=40), "", "", told)


def _date(text: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(text))
    except ValueError:
        return None


def _sources(old: list[Any], new: list[Any], language: str) -> Iterator[Change]:
    sides = [
        {
            (str(row.get("layer")), str(row.get("file"))): str(row.get("sha256"))
            for row in rows
            if isinstance(row, dict)
        }
        for rows in (old, new)
    ]
    for (layer, file), digest in sides[1].items():
        named = {"layer": printable(layer, longest=60), "file": printable(file, longest=80)}
        earlier = sides[0].get((layer, file))
        if earlier is None:
            yield Change(
                "source", layer, "", "", digest, tell("change.sourceNew", language, **named)
            )
        elif earlier != digest:
            told = tell("change.source", language, **named)
            yield Change("source", layer, "", earlier, digest, told)
    for (layer, file), digest in sides[0].items():
        if (layer, file) not in sides[1]:
            named = {"layer": printable(layer, longest=60), "file": printable(file, longest=80)}
            yield Change(
                "source", layer, "", digest, "", tell("change.sourceGone", language, **named)
            )
