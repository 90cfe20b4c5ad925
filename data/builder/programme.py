"""The programme ledger: operations and milestones whose totals hold."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from builder.zones import PERIMETERS

__all__ = ["REBUILT", "write_programme"]

REBUILT = 1265
_COLUMNS = ("id", "family", "name", "project", "convention", "contracting_authority", "commune",
            "perimeter", "site", "dwellings", "plai", "plus", "pls", "intermediate", "free",
            "mining", "beds", "on_site")  # fmt: skip
_START = {"Beuvrages 2006": 2006.5, "Anzin 2008": 2008.0, "Corridor minier 2008": 2008.5,
          "Marly 2009": 2009.0}  # fmt: skip
# A ledger is read at a date: what has not happened by then has no actual date.
_READ_ON = date(2013, 6, 30)

# Perimeter, commune, name, plai, plus, pls, intermediate, free, on site. The totals of Beuvrages
# (291 social and 150 intermediate) and of Anzin (168 PLUS, 5 dwellings of résidence sociale
# carried as PLAI, 31 free-market) are real; the other rows are invented so that all sum to 1 265.
_Production = tuple[str, str, str, int, int, int, int, int, bool]
_PRODUCTIONS: tuple[_Production, ...] = (
    ("P06", "59079", "Château-Mallet, première tranche", 24, 72, 0, 0, 0, True),
    ("P06", "59079", "Centre, îlot de la mairie", 10, 48, 12, 0, 0, True),
    ("P06", "59079", "Centre, locatif intermédiaire", 0, 0, 0, 90, 0, True),
    ("P07", "59079", "Ruissard, maisons de ville", 18, 52, 0, 0, 0, True),
    ("P07", "59079", "Fénelon, hors site", 12, 43, 0, 0, 0, False),
    ("P07", "59079", "Fénelon, locatif intermédiaire", 0, 0, 0, 60, 0, True),
    ("P08", "59014", "Carpeaux, première tranche", 0, 96, 0, 0, 0, True),
    ("P08", "59014", "Carpeaux, hors site", 0, 72, 0, 0, 0, False),
    ("P08", "59014", "Résidences sociales", 5, 0, 0, 0, 0, False),
    ("P08", "59014", "Carpeaux, accession libre", 0, 0, 0, 0, 31, True),
    ("P09", "59383", "La Briquette, petits collectifs", 18, 42, 0, 0, 0, True),
    ("P01", "59112", "Thiers, reconstruction sur site", 24, 66, 0, 0, 0, True),
    ("P01", "59112", "Bruay, premier site", 16, 44, 0, 0, 0, False),
    ("P01", "59207", "Escautpont, premier site", 14, 36, 0, 0, 0, False),
    ("P02", "59153", "Macou, reconstruction sur site", 12, 28, 0, 0, 0, True),
    ("P02", "59153", "Condé, premier site", 14, 41, 5, 0, 0, False),
    ("P03", "59160", "Crespin, premier site", 12, 28, 0, 0, 0, False),
    ("P03", "59484", "Quiévrechain, premier site", 14, 36, 0, 0, 0, False),
    ("P04", "59253", "Soult, reconstruction sur site", 12, 33, 0, 0, 0, True),
    ("P04", "59253", "Fresnes, premier site", 14, 41, 0, 0, 0, False),
    ("P05", "59616", "Solitude, reconstruction sur site", 10, 30, 0, 0, 0, True),
    ("P05", "59616", "Vieux-Condé, premier site", 10, 20, 0, 0, 0, False),
)
_PUBLIC: tuple[tuple[str, str, str, str], ...] = (
    ("P06", "59079", "08", "Espaces publics du centre"),
    ("P07", "59079", "09", "Groupe scolaire Fénelon"),
    ("P08", "59014", "08", "Voirie et parc Carpeaux"),
    ("P08", "59014", "09", "Maison de quartier"),
    ("P01", "59112", "08", "Rues du quartier Thiers"),
    ("P03", "59484", "08", "Place de Blanc-Misseron"),
    ("P04", "59253", "09", "Centre social Soult"),
    ("P05", "59616", "10", "Commerces de la Solitude"),
    ("P09", "59383", "08", "Mail de la Briquette"),
)
_FRONTED = {"P01": 360, "P02": 100, "P03": 150, "P04": 130, "P05": 120, "P06": 130, "P07": 140,
            "P08": 120, "P09": 50}  # fmt: skip
_LANDLORDS = {"Beuvrages 2006": "A", "Anzin 2008": "B", "Corridor minier 2008": "C",
              "Marly 2009": "A"}  # fmt: skip

Row = dict[str, object]


def _blank(perimeter: str, commune: str, family: str, name: str) -> Row:
    _, project, convention = PERIMETERS[perimeter]
    landlord = f"bailleur social {_LANDLORDS[convention]} (synthétique)"
    if family in ("08", "09", "10"):
        landlord = "commune (synthétique)"
    row: Row = dict.fromkeys(_COLUMNS, "")
    row.update(family=family, name=name, project=project, convention=convention,
               contracting_authority=landlord, commune=commune, perimeter=perimeter,
               dwellings=0)  # fmt: skip
    return row


def _from_stock(stock: gpd.GeoDataFrame) -> list[Row]:
    """Demolitions and rehabilitations, counted on the buildings themselves."""
    rows: list[Row] = []
    for fate, family, verb in (("demolish", "01", "Démolition"), ("rehabilitate", "04",
                               "Réhabilitation")):  # fmt: skip
        mine = stock[stock["fate"] == fate]
        split = mine["tenure"].eq("mining") & (fate == "demolish")
        sums = mine.groupby(["perimeter", "commune", split.rename("mine")])["dwellings"].sum()
        for (perimeter, commune, mining), count in sums.items():
            what = "logements miniers" if mining else "logements"
            row = _blank(perimeter, commune, family,
                         f"{verb} de {what}, {PERIMETERS[perimeter][0]}")  # fmt: skip
            row["dwellings"] = int(count)
            if fate == "demolish":
                row["mining"] = int(count) if mining else 0
            row["on_site"] = "true"
            rows.append(row)
    return rows


def _productions(sites: gpd.GeoDataFrame) -> list[Row]:
    rows: list[Row] = []
    free = {c: list(sites.loc[(sites["commune"] == c) & (sites["scenario"] == "corridor"), "id"])
            for c in sites["commune"].unique()}  # fmt: skip
    for perimeter, commune, name, plai, plus, pls, intermediate, market, here in _PRODUCTIONS:
        row = _blank(perimeter, commune, "02", f"Construction, {name}")
        row.update(plai=plai, plus=plus, pls=pls, intermediate=intermediate, free=market,
                   dwellings=plai + plus + pls + intermediate + market,
                   on_site="true" if here else "false")  # fmt: skip
        if not here and free.get(commune):
            row["site"] = free[commune].pop(0)
        rows.append(row)
    total = sum(int(str(row["dwellings"])) for row in rows)
    if total != REBUILT:
        raise SystemExit(f"the programme rebuilds {total} dwellings, not {REBUILT}")
    return rows


def _others() -> list[Row]:
    hostel = _blank("P08", "59014", "01", "Démolition du foyer de 214 lits")
    hostel.update(beds=214, on_site="true")
    rows = [hostel]
    for perimeter, count in _FRONTED.items():
        commune = {
            "P01": "59112",
            "P02": "59153",
            "P03": "59484",
            "P04": "59253",
            "P05": "59616",
            "P06": "59079",
            "P07": "59079",
            "P08": "59014",
            "P09": "59383",
        }[perimeter]
        row = _blank(perimeter, commune, "05", f"Résidentialisation, {PERIMETERS[perimeter][0]}")
        row.update(dwellings=count, on_site="true")
        rows.append(row)
    rows += [_blank(p, c, family, name) for p, c, family, name in _PUBLIC]
    return rows


_STEPS: dict[str, tuple[tuple[str, int], ...]] = {
    "01": (("decided", 0), ("engaged", 1), ("rehoused", 4), ("permit", 4), ("demolished", 6),
           ("closed", 8)),
    "02": (("decided", 0), ("engaged", 1), ("permit", 3), ("works_ordered", 4), ("delivered", 7),
           ("closed", 9)),
}  # fmt: skip
_OTHER_STEPS = (("decided", 0), ("engaged", 1), ("works_ordered", 3), ("delivered", 5))


def _half_year_end(half: int) -> date:
    """Return the last day of a half-year counted from the first of year 0."""
    year, second = divmod(half, 2)
    return date(year, 12, 31) if second else date(year, 6, 30)


def _milestones(operations: list[Row], rng: np.random.Generator) -> list[Row]:
    rows: list[Row] = []
    for operation in operations:
        begin = int(_START[str(operation["convention"])] * 2) + int(rng.integers(0, 4))
        slip = 0
        late = 0
        for step, offset in _STEPS.get(str(operation["family"]), _OTHER_STEPS):
            # Works slip more than decisions do, and a slip is never caught up.
            slip += int(rng.random() < (0.15 if offset < 3 else 0.4))
            late = max(late, slip + int(rng.random() < 0.2))
            before = _half_year_end(min(begin + offset, 2016 * 2))
            now = _half_year_end(min(begin + offset + slip, 2016 * 2 + 1))
            reached = _half_year_end(min(begin + offset + late, 2016 * 2 + 1))
            happened = date.fromordinal(reached.toordinal() - int(rng.integers(20, 40)))
            rows.append(
                {
                    "operation": operation["id"],
                    "step": step,
                    "planned_before": before.isoformat(),
                    "planned_now": now.isoformat(),
                    "actual": happened.isoformat() if happened <= _READ_ON else "",
                }
            )
    for index, row in enumerate(rows):
        row["id"] = f"M{index + 1:04d}"
    return rows


def _write(path: Path, columns: tuple[str, ...], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


_SECTION = """\
# Comment le programme de démonstration est jugé, daté et placé. Tout y est synthétique.
profile = "PNRU"
epci = "245901160"
as_of = {read_on}

# Les totaux publiés, que le programme doit retrouver.
[published]
demolished = 1400
of_which_mining = 172
rebuilt = 1265

[deadlines]
# Un exemple d'échéance.
delivered = 2014-12-31

[[overrides]]
rule = "REC-01"
subject = "Corridor minier 2008"
reason = "Exemple : le PLH prévoit de reconstituer le reste en diffus"
author_role = "délégué territorial (exemple)"

# Un exemple de programmation sur les sites de l'étude ; les bornes sont à discuter.
[allocation]
half_years = ["2027-S1", "2029-S2"]
total = 1265
minimum_size = 20
plai_share = 0.6
social_ceiling = 0.5
outside_qpv = true
pace = 260
objective = "access"
against = "displacement"
plans = 20

[allocation.products]
plai = {{ low = 0.4 }}
plus = {{ low = 0.2 }}
pls = {{ high = 0.1 }}

[allocation.sector_targets]
corridor = {{ at_least = 600 }}
south = {{ at_least = 200, at_most = 500 }}

# Ménages à reloger par démolition et par produit : des nombres seulement.
[needs]
{needs}
"""
# Share of the dwellings that are lived in, and of their households who need a PLAI.
_LIVED_IN, _NEED_PLAI = 0.92, 0.55
_VACATED = {"plai": 22, "plus": 18}  # a quarter, in the rest of the stock
_VACATED_FROM, _VACATED_UNTIL = (2009, 3), (2014, 4)


def _needs(operations: list[Row]) -> str:
    lines = []
    for row in operations:
        if row["family"] == "01" and row["dwellings"]:
            households = round(int(str(row["dwellings"])) * _LIVED_IN)
            plai = round(households * _NEED_PLAI)
            lines.append(f"{row['id']} = {{ plai = {plai}, plus = {households - plai} }}")
    return "\n".join(lines)


def _vacated() -> str:
    year, quarter = _VACATED_FROM
    told = "\n# Logements libérés dans le reste du parc et gardés pour les relogements.\n"
    while (year, quarter) <= _VACATED_UNTIL:
        for product, count in _VACATED.items():
            told += f'[[vacated]]\nquarter = "{year}-Q{quarter}"\nproduct = "{product}"\n'
            told += f"dwellings = {count}\n"
        year, quarter = (year, quarter + 1) if quarter < 4 else (year + 1, 1)
    return told


def _dependencies(operations: list[Row], milestones: list[Row]) -> str:
    """On its perimeter a building waits for the ground; elsewhere it houses those who leave."""
    days = {(row["operation"], row["step"]): row for row in milestones}
    told = "\n# Sur site, on démolit avant de construire ; hors site, on livre avant de reloger.\n"
    gone = [row for row in operations if row["family"] == "01" and row["dwellings"]]
    for built in (row for row in operations if row["family"] == "02"):
        for lost in (row for row in gone if row["perimeter"] == built["perimeter"]):
            here = built["on_site"] == "true"
            before, after = (lost, built) if here else (built, lost)
            steps = ("demolished", "works_ordered") if here else ("delivered", "rehoused")
            first, last = (
                days[one["id"], step] for one, step in zip((before, after), steps, strict=True)
            )
            # What has happened the other way round did not wait.
            if last["actual"] and not (first["actual"] and first["actual"] <= last["actual"]):
                continue
            told += f'[[dependencies]]\nbefore = "{before["id"]}"\nbefore_step = "{steps[0]}"\n'
            told += f'after = "{after["id"]}"\nafter_step = "{steps[1]}"\n'
            break
    return told


def write_programme(
    folder: Path, stock: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Write the ledger, its milestones and how it is read; return the operations."""
    operations = [*_from_stock(stock), *_productions(sites), *_others()]
    for index, row in enumerate(operations):
        row["id"] = f"OP{index + 1:03d}"
    _write(folder / "operations.csv", _COLUMNS, operations)
    columns = ("id", "operation", "step", "planned_before", "planned_now", "actual")
    milestones = _milestones(operations, rng)
    _write(folder / "milestones.csv", columns, milestones)
    section = _SECTION.format(read_on=_READ_ON.isoformat(), needs=_needs(operations))
    section += _vacated() + _dependencies(operations, milestones)
    (folder / "programme.toml").write_text(section, encoding="utf-8")
    return pd.DataFrame(operations)
