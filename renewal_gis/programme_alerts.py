"""What a meeting should look at, from the verdicts, the calendar and the gap; in English and in French."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from renewal_gis.assumptions import assumption
from renewal_gis.counting import counted
from renewal_gis.programme_calendar import Calendar
from renewal_gis.schema.codes import PRODUCTS, STEPS

__all__ = ["alerts"]

_COLUMNS = ["level", "kind", "en", "fr", "rows"]
_LEVELS = ("blocking", "derogation", "warn")
_KINDS = {
    "blocking": ("not respected, which blocks", "non respectée, ce qui bloque"),
    "derogation": ("needs a written derogation", "demande une dérogation écrite"),
    "warn": ("to watch", "à surveiller"),
}
_SLIPPED = 1.0  # quarters; half-years are the step of a ledger, so less is noise


def alerts(
    verdicts: pd.DataFrame, dated: Calendar | None, gap: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return what a meeting should look at.

    Parameters
    ----------
    verdicts
        Result of `programme_verdicts.verdicts`.
    dated
        The calendar; None without milestones.
    gap
        Dwellings demolished and not yet rebuilt, as `ProgrammeReport.gap` holds them.

    Returns
    -------
    DataFrame
        The gravest first, then in the order of the rules, without those that only inform: `level`
        (`blocking`, `derogation`, `warn`), `kind` (`rule`, `deadline`, `stock`, `slip`, `late`, `gap`),
        `en`, `fr`, `rows` (what it is about, joined by commas). A shortage of fewer households than may
        be published is told so.
    """
    told = [*_rules(verdicts)]
    if dated is not None:
        told += [*_deadlines(dated), *_short(dated), *_late(dated), *_slipped(dated)]
    if gap is not None and len(gap):
        told += [*_widest(gap)]
    table = pd.DataFrame(told, columns=_COLUMNS)
    place = table["level"].map({level: place for place, level in enumerate(_LEVELS)})
    return table.iloc[np.argsort(place.to_numpy(), kind="stable")].reset_index(drop=True)


def _rules(verdicts: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    # What only informs stands in the report, and waits for nobody.
    asked = verdicts["severity"] != "information"
    broken = verdicts[verdicts["verdict"].isin(_LEVELS) & asked]
    for (profile, rule, verdict), rows in broken.groupby(
        ["profile", "rule", "verdict"], sort=False
    ):
        first, (en, fr) = rows.iloc[0], _KINDS[verdict]
        among = int(((verdicts["rule"] == rule) & (verdicts["profile"] == profile)).sum())
        yield (
            verdict,
            "rule",
            f"{rule} ({profile}), {en}, {len(rows)} of {among}: {first['en']}",
            f"{rule} ({profile}), {fr}, {len(rows)} sur {among} : {first['fr']}",
            _joined(rows["subject"]),
        )


def _deadlines(dated: Calendar) -> Iterator[tuple[str, ...]]:
    missed = dated.deadlines[dated.deadlines["verdict"] == "blocking"]
    for step, rows in missed.groupby("step", sort=False):
        worst = rows["margin_days"].astype(float).idxmin()
        days, day = int(-rows.at[worst, "margin_days"]), rows.at[worst, "deadline"]
        operation, (en, fr) = rows.at[worst, "operation"], STEPS[str(step)]
        yield (
            "blocking",
            "deadline",
            (
                f"Deadline of {day:%Y-%m-%d} for “{en}”: "
                f"{counted(len(rows), 'operation misses', 'operations miss', language='en')} it, "
                f"{operation} by {counted(days, 'day', 'days', language='en')}."
            ),
            (
                f"Échéance du {day:%d/%m/%Y} pour « {fr} » : "
                f"{counted(len(rows), 'opération la dépasse', 'opérations la dépassent', language='fr')}, "
                f"{operation} de {counted(days, 'jour', 'jours', language='fr')}."
            ),
            _joined(rows["operation"]),
        )


def _short(dated: Calendar) -> Iterator[tuple[str, ...]]:
    table, least = dated.balance.table.reset_index(), int(assumption("small_count").value)
    for product, rows in table[table["verdict"] == "short"].groupby("product", sort=False):
        first, depth = str(rows["quarter"].iloc[0]), int(-rows["balance"].min())
        deepest = str(rows.loc[rows["balance"].astype(float).idxmin(), "quarter"])
        en, fr = PRODUCTS.get(str(product), ("mining", "minier"))
        number = (
            (f"fewer than {least}", f"moins de {least}") if depth < least else (str(depth),) * 2
        )
        yield (
            "blocking",
            "stock",
            (
                f"Rehousing, {en}: from {_quarter(first, 'en')} dwellings are short; in "
                f"{_quarter(deepest, 'en')}, {number[0]} households find none."
            ),
            (
                f"Relogement, {fr} : dès le {_quarter(first, 'fr')} il manque des logements ; au "
                f"{_quarter(deepest, 'fr')}, {number[1]} ménages n’en trouvent pas."
            ),
            _joined(rows["quarter"]),
        )
    unknown = table[(table["product"] == "unstated") & (table["to_rehouse"] > 0)]
    if len(unknown):
        yield (
            "warn",
            "stock",
            (
                "Rehousing: some households have no stated product; no balance is safe from "
                f"{_quarter(str(unknown['quarter'].iloc[0]), 'en')} on. Fill in [programme.needs]."
            ),
            (
                "Relogement : des ménages n’ont pas de produit indiqué ; aucun solde n’est sûr à partir du "
                f"{_quarter(str(unknown['quarter'].iloc[0]), 'fr')}. Remplir [programme.needs]."
            ),
            _joined(unknown["quarter"]),
        )


def _late(dated: Calendar) -> Iterator[tuple[str, ...]]:
    """Tell the plans that what they wait for does not let happen."""
    held = dated.milestones
    days = (held["forecast"] - held["now"]).dt.days
    late = held[(days > 0) & (held["step"].isin(["demolished", "delivered", "rehoused"]))]
    if len(late):
        worst = days[late.index].idxmax()
        row, (en, fr) = held.loc[worst], STEPS[str(held.at[worst, "step"])]
        driver = held.loc[row["driver"]]
        waits = STEPS[str(driver["step"])]
        yield (
            "warn",
            "late",
            (
                f"{counted(len(late), 'planned date', 'planned dates', language='en')} cannot be kept: "
                f"{row['operation']} “{en}” comes "
                f"{counted(int(days[worst]), 'day', 'days', language='en')} later, waiting for "
                f"{driver['operation']} “{waits[0]}”."
            ),
            (
                f"{counted(len(late), 'date prévue intenable', 'dates prévues intenables', language='fr')}"
                f" : {row['operation']} « {fr} » arrive "
                f"{counted(int(days[worst]), 'jour', 'jours', language='fr')} plus tard, en attente de "
                f"{driver['operation']} « {waits[1]} »."
            ),
            _joined(late["operation"]),
        )


def _slipped(dated: Calendar) -> Iterator[tuple[str, ...]]:
    held = dated.milestones
    moved = held[~held["happened"] & (held["slip_quarters"] >= _SLIPPED)]
    if len(moved):
        worst = moved["slip_quarters"].idxmax()
        row, (en, fr) = moved.loc[worst], STEPS[str(moved.at[worst, "step"])]
        far = float(row["slip_quarters"])
        yield (
            "warn",
            "slip",
            (
                f"{counted(len(moved), 'step', 'steps', language='en')} still to come slipped since the "
                f"last meeting; the most: {row['operation']} “{en}”, "
                f"{counted(far, 'quarter', 'quarters', language='en')}."
            ),
            (
                f"{counted(len(moved), 'étape à venir a', 'étapes à venir ont', language='fr')} glissé "
                f"depuis la dernière réunion ; le plus fort glissement : {row['operation']} « {fr} », "
                f"{counted(far, 'trimestre', 'trimestres', language='fr')}."
            ),
            _joined(moved["operation"]),
        )


def _widest(gap: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    own = gap[(gap["definition"] == "all_for_all") & (gap["dates"] == "expected")]
    if len(own) and own["gap"].max() > 0:
        row = own.loc[own["gap"].idxmax()]
        last = own.iloc[-1]
        yield (
            "warn",
            "gap",
            (
                f"At most {row['gap']:.0f} dwellings are demolished and not yet rebuilt "
                f"({_half(row['half_year'], 'en')}); {last['gap']:.0f} at the end "
                f"({_half(last['half_year'], 'en')})."
            ),
            (
                f"Au plus {row['gap']:.0f} logements sont démolis et pas encore reconstruits "
                f"({_half(row['half_year'], 'fr')}) ; {last['gap']:.0f} à la fin "
                f"({_half(last['half_year'], 'fr')})."
            ),
            str(row["half_year"]),
        )


def _quarter(name: str, language: str) -> str:
    year, number = name.split("-Q")
    return f"Q{number} {year}" if language == "en" else f"T{number} {year}"


def _half(name: str, language: str) -> str:
    year, number = name.split("-S")
    return f"half {number} of {year}" if language == "en" else f"S{number} {year}"


def _joined(values: pd.Series) -> str:
    return ", ".join(dict.fromkeys(map(str, values)))
