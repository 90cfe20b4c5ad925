"""The data doctor: what each layer of a study holds, its holes, and what each does to the results."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import scipy.sparse
import scipy.sparse.csgraph
import shapely

from renewal_gis.loading import Study
from renewal_gis.schema import table

__all__ = ["Symptom", "diagnosed", "layers_held"]

Weight = Literal["serious", "look", "fine"]
_YEAR = re.compile(r"(?<!\d)(19|20)\d{2}(?!\d)")
_YEARS_APART = 5
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Symptom:
    """One thing the doctor looked at.

    Parameters
    ----------
    layer
        Layer of the study; empty: all of them.
    check
        Short stable name of what was looked at.
    weight
        `serious` (a result may be false), `look` (worth a look), `fine` (nothing found).
    count
        Rows concerned.
    found
        A sentence.
    effect
        What it does to which result; empty when nothing was found.
    """

    layer: str
    check: str
    weight: Weight
    count: int
    found: str
    effect: str


def diagnosed(study: Study) -> pd.DataFrame:
    """Look at every layer of a loaded study.

    Parameters
    ----------
    study
        As `load` gives it.

    Returns
    -------
    DataFrame
        One row per `Symptom`, the serious first, in the order the checks are made.

    Notes
    -----
    What was dropped or repaired while loading stands in the findings; the doctor looks at what is left.
    """
    checks: tuple[Callable[[Study], Iterator[Symptom]], ...] = (
        _absent, _vintages, _coverage, _estimates, _twins, _strays, _unserved, _islands,
        _on_constraints, _gaps,
    )  # fmt: skip
    order = {"serious": 0, "look": 1, "fine": 2}
    found = [symptom for check in checks for symptom in check(study)]
    found.sort(key=lambda one: order[one.weight])
    names = [field.name for field in fields(Symptom)]
    return pd.DataFrame([asdict(one) for one in found], columns=names)


def layers_held(study: Study) -> pd.DataFrame:
    """Return what each layer holds: file, rows, nature, vintage, licence, columns filled.

    `filled` tells, for each declared column that is there, the share of rows with a value.
    """
    rows = []
    for one in study.provenance:
        held = study.tables.get(one.layer)
        filled = ""
        if held is not None and len(held):
            shares = held.drop(columns="geometry", errors="ignore").notna().mean()
            filled = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
        rows.append(
            {"layer": one.layer, "file": one.file, "rows_in": one.rows_in, "rows_kept": one.rows_kept,
             "nature": one.nature, "vintage": one.vintage, "licence": one.licence, "filled": filled}
        )  # fmt: skip
    names = ["layer", "file", "rows_in", "rows_kept", "nature", "vintage", "licence", "filled"]
    return pd.DataFrame(rows, columns=names)


def _told(
    layer: str, check: str, weight: Weight, count: int, found: str, effect: str = ""
) -> Symptom:
    return Symptom(layer=layer, check=check, weight=weight, count=count, found=found, effect=effect)


def _some(index: pd.Index) -> str:
    shown = ", ".join(str(one) for one in index[:_SHOWN])
    return f"{shown}, …" if len(index) > _SHOWN else shown


def _absent(study: Study) -> Iterator[Symptom]:
    for found in study.findings:
        if found.code == "layer-absent":
            loss = found.message.partition(": ")[2]
            yield _told(found.layer, "absent", "look", 1, "The study has no such layer, or an empty one.",
                        loss[:1].upper() + loss[1:])  # fmt: skip


def _vintages(study: Study) -> Iterator[Symptom]:
    held: dict[str, int] = {}
    bare: list[str] = []
    for one in study.provenance:
        years = [int(match.group()) for match in _YEAR.finditer(one.vintage)]
        if years:
            held[one.layer] = max(years)
        elif one.nature == "real" and one.rows_kept:
            bare.append(f"{one.layer}: {one.file}")
    if bare:
        told = f"{len(bare)} real layers tell no year ({_some(pd.Index(bare))})."
        effect = "Nobody can tell whether they fit the others: write their vintage in the study."
        yield _told("", "vintage", "look", len(bare), told, effect)
    if not held:
        return
    first, last = min(held, key=lambda one: held[one]), max(held, key=lambda one: held[one])
    apart = held[last] - held[first]
    told = f"The oldest layer is {first} ({held[first]}), the latest {last} ({held[last]})."
    if apart > _YEARS_APART:
        yield _told("", "vintages-apart", "serious", apart, told,
                    f"{apart} years lie between: a walk would lead from homes of one time to "
                    "services of another.")  # fmt: skip
    else:
        yield _told("", "vintages-apart", "fine", 0, told)


def _coverage(study: Study) -> Iterator[Symptom]:
    communes = study.geo("communes")
    if communes is None:
        return
    effects = {
        "stock": "its homes count in no median of the sectors",
        "services": "its people seem to have nothing near, or it has none",
        "streets": "nobody can walk there: every measure is missing",
        "stops": "its service is none, or its network is in no feed of the study",
    }
    tree = shapely.STRtree(communes.geometry.to_numpy())
    for name, effect in effects.items():
        held = study.geo(name)
        if held is None or not isinstance(held, gpd.GeoDataFrame):
            continue
        _, hit = tree.query(held.geometry.to_numpy(), predicate="intersects")
        bare = communes.index.difference(communes.index[np.unique(hit)], sort=False)
        if len(bare):
            weight: Weight = "serious" if name in {"stock", "streets"} else "look"
            yield _told(name, "coverage", weight, len(bare),
                        f"{len(bare)} of {len(communes)} communes hold none ({_some(bare)}).",
                        f"For each of them, {effect}.")  # fmt: skip
        else:
            yield _told(name, "coverage", "fine", 0, "Every commune holds some.")


def _estimates(study: Study) -> Iterator[Symptom]:
    """Tell how many dwellings nobody counted, and what is known of the error."""
    stock = study.tables.get("stock")
    if stock is None or "dwellings_method" not in stock:
        return
    guessed = (stock["dwellings_method"] == "estimated").fillna(False).astype(bool)
    if not guessed.any():
        return
    share = stock.loc[guessed, "dwellings"].sum() / max(1, stock["dwellings"].sum())
    known = " ".join(
        found.message.partition(". ")[2]
        for found in study.findings
        if found.code == "dwellings-estimated"
    )
    told = f"The dwellings of {int(guessed.sum())} buildings, {share:.0%} of all, are estimated. {known}"
    effect = (
        "Totals, and medians weighted by dwellings, rest on them: give commune_dwellings to settle them, "
        "or a stock that counts."
    )
    yield _told("stock", "estimated", "look", int(guessed.sum()), told.strip(), effect)


def _twins(study: Study) -> Iterator[Symptom]:
    effects = {
        "stock": "their dwellings count twice in every total and median",
        "sites": "the same land is ranked twice",
        "services": "counts of services are too high; the nearest is not changed",
    }
    for name, effect in effects.items():
        held = study.geo(name)
        if held is None or not isinstance(held, gpd.GeoDataFrame):
            continue
        # To the decimetre: copies of one outline differ by their rounding.
        rounded = shapely.normalize(shapely.set_precision(held.geometry.to_numpy(), 0.1))
        keys = pd.DataFrame({"shape": shapely.to_wkb(rounded)}, index=held.index)
        if name == "services":
            keys["group"] = held["group"]
        again = held.index[keys.duplicated().to_numpy()]
        if len(again):
            yield _told(name, "duplicates", "serious" if name != "services" else "look", len(again),
                        f"{len(again)} rows repeat the shape of another ({_some(again)}).",
                        f"So {effect}.")  # fmt: skip
        else:
            yield _told(name, "duplicates", "fine", 0, "No shape is there twice.")


def _strays(study: Study) -> Iterator[Symptom]:
    communes = study.geo("communes")
    if communes is None:
        return
    margin = study.settings.walk.margin_m
    around = communes.geometry.union_all().buffer(margin)
    shapely.prepare(around)
    for name in ("stock", "sites", "services", "stops", "destinations"):
        held = study.geo(name)
        if held is None or not isinstance(held, gpd.GeoDataFrame):
            continue
        far = held.index[~shapely.intersects(around, held.geometry.to_numpy())]
        if len(far):
            weight: Weight = "serious" if name in {"stock", "sites"} else "look"
            yield _told(name, "far", weight, len(far),
                        f"{len(far)} rows lie more than {margin:g} m beyond the communes ({_some(far)}).",
                        "No street leads there in this study: their measures are missing, and nobody "
                        "walks to them.")  # fmt: skip


def _unserved(study: Study) -> Iterator[Symptom]:
    """Tell the stops nobody departs from on the day, and those no trip of any day calls at."""
    if study.schedule is None:
        return
    effect = "They are no stop of a walk to transit; look at another day, or at another feed."
    for one in study.findings:
        if one.code == "no-departure":
            yield _told("stops", "no-service", "look", one.count, one.message, effect)
    stops, communes = study.schedule.stops, study.geo("communes")
    called = np.isin(np.arange(len(stops)), study.schedule.stop)
    idle = stops[~called & (stops["kind"] == "stop").to_numpy()]
    if communes is not None:
        idle = idle[idle.intersects(communes.geometry.union_all())]
    if len(idle):
        yield _told("stops", "never-served", "look", len(idle),
                    f"No trip of any day calls at {len(idle)} stops of the communes "
                    f"({_some(idle.index)}).", effect)  # fmt: skip
    else:
        yield _told("stops", "never-served", "fine", 0, "A trip calls at every stop, some day.")


def _islands(study: Study) -> Iterator[Symptom]:
    streets = study.geo("streets")
    if streets is None or not len(streets):
        return
    if "walkable" in streets:
        streets = streets[streets["walkable"].fillna(True).astype(bool)]
    length = streets.geometry.length.to_numpy()
    nodes = _ends(streets)
    codes, _ = pd.factorize(nodes.ravel())
    u, v = codes.reshape(-1, 2).T
    size = int(codes.max()) + 1 if len(codes) else 0
    graph = scipy.sparse.coo_matrix((np.ones(len(u)), (u, v)), shape=(size, size))
    count, part = scipy.sparse.csgraph.connected_components(graph, directed=False)
    lengths = np.bincount(part[u], weights=length, minlength=count)
    away = 1 - lengths.max() / lengths.sum() if lengths.sum() > 0 else 0.0
    pieces = f"{count} pieces" if count > 1 else "one piece"
    told = f"The streets fall into {pieces}; {away:.1%} of their length lies off the largest."
    if away > 0.02:
        yield _told("streets", "disconnected", "serious" if away > 0.1 else "look", count - 1, told,
                    "Who joins a piece reaches only what lies on it: look whether bridges or footways "
                    "are missing.")  # fmt: skip
    else:
        yield _told("streets", "disconnected", "fine", count - 1, told)


def _ends(streets: gpd.GeoDataFrame) -> np.ndarray:
    """Return the two nodes of each street: its own names, else its ends to the decimetre."""
    if {"u", "v"} <= set(streets.columns) and streets[["u", "v"]].notna().all(axis=None):
        return np.asarray(streets[["u", "v"]].to_numpy(dtype=object))
    ends = [shapely.get_point(streets.geometry.to_numpy(), at) for at in (0, -1)]
    return np.column_stack([shapely.to_wkb(shapely.set_precision(one, 0.1)) for one in ends])


def _on_constraints(study: Study) -> Iterator[Symptom]:
    sites, zones = study.geo("sites"), study.geo("constraints")
    if sites is None or zones is None:
        return
    effects = {
        "veto": "They carry a veto, beside their rank and never inside it.",
        "derogation": "Each needs a derogation.",
        "information": "For information; give the zones a level once the regulation was read.",
    }
    site, zone = shapely.STRtree(zones.geometry.to_numpy()).query(
        sites.geometry.to_numpy(), predicate="intersects"
    )
    for level, effect in effects.items():
        hit = site[(zones["level"] == level).to_numpy()[zone]]
        touched = sites.index[np.unique(hit)]
        if len(touched):
            yield _told("sites", f"on-{level}", "look", len(touched),
                        f"{len(touched)} of {len(sites)} sites touch a zone of level {level} "
                        f"({_some(touched)}).", effect)  # fmt: skip


def _gaps(study: Study) -> Iterator[Symptom]:
    """Tell the optional columns whose values are missing and that a result asks for."""
    asked = {
        "stock": {
            "tenure": "dwellings cannot be told apart by tenure",
            "built_year": "the age of buildings is not known",
            "commune": "a building is placed by its shape alone",
        },
        "sites": {"commune": "a site is placed by its shape alone"},
        "communes": {"population": "nothing can be told per resident"},
        "services": {"capacity": "places per child or patient cannot be told (floating:…)"},
        "constraints": {"vintage": "nobody can tell whether a zone still stands"},
    }
    for name, columns in asked.items():
        held = study.tables.get(name)
        if held is None or not len(held):
            continue
        for column, effect in columns.items():
            missing = held[column].isna() if column in held else pd.Series(True, index=held.index)
            count = int(missing.sum())
            if count:
                meaning = table(name).column(column).en
                yield _told(name, "gaps", "look", count,
                            f"{count} of {len(held)} rows have no {column} ({meaning}).",
                            f"For them, {effect}.")  # fmt: skip
