"""What became of communes: an old code followed from event to event to the codes of a day."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from renewal_gis.schema import TABLES, Finding

__all__ = ["Succession", "day_of_vintage", "with_codes_of_today", "with_old_codes"]

_WHOLE = "COM"  # a commune in its own right; the others are parts of one
_CREATION = 20
_REBORN = (_CREATION, 21)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:-(\d{2})(?:-(\d{2}))?)?(?!\d)")
_TOTALS = "commune_dwellings"  # its rows are communes


class Succession:
    """The events of communes, by day, up to that of the communes of the study.

    Parameters
    ----------
    events
        As INSEE publishes them: `kind`, `date`, `kind_before`, `before`, `kind_after`, `after`.
    until
        Day of the outlines: later events have not happened there. None: all of them have.

    Examples
    --------
    >>> events = pd.DataFrame(
    ...     [(32, dt.date(2019, 1, 1), "COM", "01033", "COM", "01033"),
    ...      (32, dt.date(2019, 1, 1), "COM", "01091", "COM", "01033"),
    ...      (32, dt.date(2019, 1, 1), "COM", "01091", "COMD", "01091")],
    ...     columns=["kind", "date", "kind_before", "before", "kind_after", "after"])
    >>> Succession(events).codes_of("01091"), Succession(events).codes_of("59014")
    (('01033',), ('59014',))
    """

    def __init__(self, events: pd.DataFrame, *, until: dt.date | None = None) -> None:
        # Code → (day, codes of its territory from then on), in the order of the days.
        self._steps: dict[str, list[tuple[dt.date, frozenset[str]]]] = defaultdict(list)
        self._born: dict[str, list[dt.date]] = defaultdict(list)
        holder: dict[str, str] = {}
        kept = events if until is None else events[events["date"] <= until]
        for day, rows in kept.groupby("date", sort=True):
            changes = _changes(rows, holder)
            for code, after in sorted(changes.items()):
                self._steps[code].append((day, frozenset(after)))
                for other in after:
                    self._born[other].append(day)
                    holder.pop(other, None)  # whole again, or as before
            gone = {code: after for code, after in changes.items() if code not in after}
            holder |= {code: next(iter(after)) for code, after in gone.items() if len(after) == 1}

    @property
    def codes(self) -> list[str]:
        """Every code something happened to."""
        return sorted(self._steps)

    def codes_of(self, code: str, *, since: dt.date | None = None) -> tuple[str, ...]:
        """Return the codes of the territory a code meant.

        Parameters
        ----------
        code
            As a file writes it.
        since
            Day of the file; without it a code that is no longer in use is the one last in use, and one
            that is in use means what it means now.

        Returns
        -------
        tuple
            One code; several where the territory was split, in their order; itself where nothing is
            known to have happened.
        """
        ended = self._ended(code, since)
        if ended is not None:
            day, after = ended
            return tuple(sorted(self._followed(after, frozenset([code]), day)))
        if since is None:
            return (code,)
        return tuple(sorted(self._after(code, since)))

    def day_of_change(self, code: str, *, since: dt.date | None = None) -> dt.date | None:
        """Return the day of the event a code was followed from; None where there is none."""
        ended = self._ended(code, since)
        if ended is not None:
            return ended[0]
        later = [day for day, _ in self._steps.get(code, ()) if since is not None and day > since]
        return later[0] if later else None

    def _ended(self, code: str, since: dt.date | None) -> tuple[dt.date, frozenset[str]] | None:
        """Return the event that took a code out of use before a day: files may still write it."""
        ends = [
            (day, after)
            for day, after in self._steps.get(code, ())
            if code not in after and (since is None or day <= since)
        ]
        if not ends:
            return None
        born = [day for day in self._born.get(code, ()) if since is None or day <= since]
        # Of the same day: a code that a commune took for the day it merged on.
        return ends[-1] if not born or max(born) <= ends[-1][0] else None

    def _after(self, code: str, since: dt.date) -> set[str]:
        for day, after in self._steps.get(code, ()):
            if day > since:
                return self._followed(after, frozenset([code]), day)
        return {code}

    def _followed(self, after: frozenset[str], before: frozenset[str], day: dt.date) -> set[str]:
        found: set[str] = set()
        for code in after:
            same_day = [held for when, held in self._steps.get(code, ()) if when == day]
            # Communes that exchange their codes would be followed in circles.
            if same_day and not same_day[0] & {code, *before} and code not in before:
                # What it merged into took another code on the same day.
                found |= self._followed(same_day[0], before | {code}, day)
            else:
                found |= self._after(code, day)
        return found


def _changes(rows: pd.DataFrame, holder: Mapping[str, str]) -> dict[str, set[str]]:
    """Return what each commune became on one day: itself and what left it, or what it went into."""
    changes: dict[str, set[str]] = defaultdict(set)
    for kind, kind_before, before, kind_after, after in zip(
        rows["kind"], rows["kind_before"], rows["before"], rows["kind_after"], rows["after"],
        strict=True,
    ):  # fmt: skip
        if kind_after != _WHOLE or pd.isna(before) or pd.isna(after):
            continue
        if kind_before == _WHOLE:
            changes[before].add(after)
            if kind == _CREATION:
                # A part of it became a commune: what is left keeps its code, whether a row says so or not.
                changes[before].add(before)
        elif kind in _REBORN and before in holder:
            # A part that is whole again leaves the commune that holds it now.
            held_by = _last(before, holder)
            changes[held_by] |= {held_by, after}
    return changes


def _last(code: str, holder: Mapping[str, str]) -> str:
    """Return the commune that holds what was one, through all that held it in turn."""
    seen = set[str]()
    while code in holder and code not in seen:
        seen.add(code)
        code = holder[code]
    return code


def day_of_vintage(text: str) -> dt.date | None:
    """Return the first day of the one year, month or day a vintage names; None for none or several.

    Examples
    --------
    >>> str(day_of_vintage("BPE 2023")), str(day_of_vintage("2025-03")), day_of_vintage("2015 à 2020")
    ('2023-01-01', '2025-03-01', None)
    """
    found = _YEAR.findall(text)
    if len(found) != 1:
        return None
    year, month, day = found[0]
    try:
        return dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return dt.date(int(year), 1, 1)


def with_old_codes(communes: gpd.GeoDataFrame, succession: Succession) -> gpd.GeoDataFrame:
    """Return the communes with `old_codes`: those listed, then every code that went wholly into each."""
    own = set(communes.index)
    gone: dict[str, list[str]] = defaultdict(list)
    for code in succession.codes:
        after = succession.codes_of(code)
        if code not in own and len(after) == 1 and after[0] in own:
            gone[after[0]].append(code)
    if not gone:
        return communes
    listed = communes.get("old_codes", pd.Series(None, index=communes.index, dtype=object))
    held = {
        code: [*dict.fromkeys([*_listed(listed[code]), *gone.get(code, [])])]
        for code in communes.index
    }
    texts = [" ".join(held[code]) or None for code in communes.index]
    return communes.assign(
        old_codes=pd.Series(texts, index=communes.index, dtype=pd.Series(["a"]).dtype)
    )


def _listed(held: object) -> list[str]:
    return [] if pd.isna(held) else re.split(r"[\s,;]+", str(held).strip())


def with_codes_of_today(
    tables: Mapping[str, pd.DataFrame],
    succession: Succession,
    *,
    days: Mapping[str, dt.date | None],
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Return the tables with codes of communes brought up to those of the study.

    Parameters
    ----------
    tables
        Tables of the study, `communes` among them.
    succession
        The events.
    days
        Table → day its codes are of; None where it is not known.

    Returns
    -------
    tuple
        The tables, those that change copied: a code that went wholly into one commune of the study is
        written as that one, and totals of communes that merged are added up. A code whose territory is
        now in several is left as it is. And a note for each code, with the rows it stands in.
    """
    changed = dict(tables)
    findings: list[Finding] = []
    communes = tables["communes"]
    for declared in TABLES:
        name, table = declared.name, tables.get(declared.name)
        if table is None or name == "communes":
            continue
        if name == _TOTALS:
            codes = table.index.to_series()
            now = _brought_up(codes, name, communes, succession, days.get(name), findings)
            if not now.equals(codes):
                whole = table.groupby(now.to_numpy(), sort=False).sum(min_count=1)
                changed[name] = whole.rename_axis(table.index.name)
        for column in declared.columns:
            if column.refers_to == "communes" and column.name in table:
                codes = table[column.name]
                now = _brought_up(codes, name, communes, succession, days.get(name), findings)
                if not now.equals(codes):
                    changed[name] = changed[name].assign(**{column.name: now})
    return changed, findings


def _brought_up(
    codes: pd.Series,
    layer: str,
    communes: pd.DataFrame,
    succession: Succession,
    since: dt.date | None,
    findings: list[Finding],
) -> pd.Series:
    becomes: dict[str, str] = {}
    for code, count in codes.value_counts(sort=False).sort_index().items():
        after = succession.codes_of(str(code), since=since)
        here = [one for one in after if one in communes.index]
        if after == (code,) or not here:
            continue
        day = succession.day_of_change(str(code), since=since)
        rows = "one row" if count == 1 else f"{count} rows"
        if len(after) == 1:
            becomes[str(code)] = after[0]
            kind = "code-followed"
            verb = "is" if count == 1 else "are"
            told = f"{code} is {after[0]} since {day}: {rows} {verb} read as {after[0]}."
        else:
            kind = "commune-split"
            told = (
                f"The territory {code} meant is now in {', '.join(after)} (event of {day}): {rows} kept the "
                "code, for nothing says which is meant. Write the code of today where you know it."
            )
        findings.append(
            Finding(layer=layer, severity="note", code=kind, message=told, count=int(count))
        )
    if not becomes:
        return codes
    return codes.map(lambda code: becomes.get(code, code)).astype(codes.dtype)
