"""The facts a map is read with: how people walk, which timetables, which sectors, which run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pandas as pd

from renewal_gis.config import Transit, Walk
from renewal_gis.publishing.content import Fact
from renewal_gis.recording import run_id
from renewal_gis.study import Results

__all__ = ["english_day", "run_facts"]


def run_facts(results: Results) -> Iterable[Fact]:
    """Yield what a run rests on, a fact a line: walking, timetables, sectors, programme, the run itself.

    Parameters
    ----------
    results
        What `run` returned.
    """
    settings = results.study.settings
    yield _walking_fact(settings.walk)
    if "streets" in results.study.tables:
        margin = settings.walk.margin_m
        yield Fact(
            en="Streets kept beyond the communes",
            fr="Rues gardées au-delà des communes",
            value_en=f"{margin:,.0f} m",
            value_fr=f"{_french(round(margin))} m",
        )
    if settings.transit is not None:
        yield from _transit_facts(settings.transit)
    if settings.sectors_date is not None:
        yield Fact(
            en="Sectors as listed on",
            fr="Secteurs selon la liste du",
            value_en=english_day(settings.sectors_date),
            value_fr=f"{settings.sectors_date:%d/%m/%Y}",
        )
    yield from _programme_facts(results.programme)
    yield Fact(en="Run", fr="Calcul", value_en=run_id(results), value_fr=run_id(results))


def _transit_facts(transit: Transit) -> Iterable[Fact]:
    """Say which timetables the numbers rest on."""
    day, (start, end) = transit.date, transit.window
    yield Fact(
        en="Timetable",
        fr="Horaires",
        value_en=f"of {english_day(day)}, {start} to {end}",
        value_fr=f"du {day:%d/%m/%Y}, de {start} à {end}",
    )
    if transit.before is not None:
        before = transit.before.date
        yield Fact(
            en="Earlier timetable",
            fr="Horaires d’avant",
            value_en=f"of {english_day(before)}",
            value_fr=f"du {before:%d/%m/%Y}",
        )
    yield Fact(
        en="Classes of the stops",
        fr="Classes des arrêts",
        value_en="OeVGK18, daytime of that day",
        value_fr="OeVGK18, ce jour-là en journée",
    )


def _walking_fact(walk: Walk) -> Fact:
    profiles = {
        "adult": ("adult", "adulte"),
        "child": ("child", "enfant"),
        "older": ("older adult", "personne âgée"),
    }
    en, fr = profiles[walk.profile.name]
    hills = ("slopes counted", "pentes comptées") if walk.slope else ("on the flat", "à plat")
    speed = f"{walk.profile.speed_km_h:g} km/h"
    return Fact(
        en="Walking speed",
        fr="Vitesse de marche",
        value_en=f"{speed} ({en}), on the street network, {hills[0]}",
        value_fr=f"{speed.replace('.', ',')} ({fr}), sur le réseau des rues, {hills[1]}",
    )


def _programme_facts(programme: pd.DataFrame | None) -> Iterable[Fact]:
    if programme is None:
        return
    total = programme.loc["total"]
    gone, back = int(total["demolished"]), int(total["rebuilt"])
    mining = int(total["of_which_mining"])
    share = f"{100 * total['ratio']:.1f}%" if gone else "–"
    share_fr = share.replace(".", ",").replace("%", "\u00a0%")
    yield Fact(
        en="Programme",
        fr="Programme",
        value_en=(
            f"{gone:,} dwellings demolished, {mining:,} of them on mining estates; "
            f"{back:,} rebuilt ({share})"
        ),
        value_fr=(
            f"{_french(gone)} logements démolis dont {_french(mining)} miniers, "
            f"{_french(back)} reconstruits ({share_fr})"
        ),
    )


def english_day(day: dt.date) -> str:
    """Return a day in English words.

    Examples
    --------
    >>> english_day(dt.date(2026, 3, 10))
    '10 March 2026'
    """
    # strftime would write the month in the machine's language.
    months = [
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ]  # fmt: skip
    return f"{day.day} {months[day.month - 1]} {day.year}"


def _french(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
