"""What a ledger says that cannot be, or that a reader should know before trusting its totals."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import pandas as pd
import shapely

from renewal_gis.planning.ledger import (
    DEMOLITION,
    PRODUCTION,
    counts,
    product_counts,
    states_products,
)
from renewal_gis.schema import PRODUCTS, Finding

__all__ = ["ledger_findings", "programme_findings"]

_COUNTED = ("dwellings", *PRODUCTS, "mining", "beds")
_SEPARATORS = r"[,;|/+]"
# Two outlines of one site, drawn by two hands, cover one another at least this much.
_SAME_SITE = 0.5


def ledger_findings(operations: pd.DataFrame) -> list[Finding]:
    """Return a finding for each production row whose products do not add up to its dwellings.

    A row that states no product at all is left alone: there is nothing to reconcile. The same for a
    demolition that holds more mining dwellings than dwellings.
    """
    whole, total = counts(operations, "dwellings"), product_counts(operations).sum(axis=1)
    moving = operations["family"].isin([DEMOLITION, PRODUCTION])
    wrong = states_products(operations) & moving & (total != whole)
    found = [
        Finding(
            layer="operations",
            severity="note",
            code="products-do-not-add-up",
            message=(
                f"The products add up to {int(total[row])} dwellings, the row says "
                f"{int(whole[row])}. Correct one of them."
            ),
            row=str(row),
            column="dwellings",
        )
        for row in operations.index[wrong]
    ]
    mining = counts(operations, "mining")
    over = (operations["family"] == DEMOLITION) & (mining > whole)
    return found + [
        Finding(
            layer="operations",
            severity="note",
            code="more-mining-than-dwellings",
            message=f"{mining[row]} mining dwellings are more than the {whole[row]} dwellings of "
            "the row. Correct one of them.",
            row=str(row),
            column="mining",
        )
        for row in operations.index[over]
    ]


def programme_findings(
    operations: pd.DataFrame,
    *,
    communes: pd.DataFrame | None = None,
    sites: pd.DataFrame | None = None,
    epci: str | None = None,
) -> list[Finding]:
    """Look at a programme across its tables.

    Parameters
    ----------
    operations
        Table `operations`.
    communes
        Table `communes`, with its column `epci`.
    sites
        Table `sites`; with outlines, two that cover one another are one site.
    epci
        The body that carries the programme; without it, each project's own is the one most of its
        communes belong to (the first in order where two share them).

    Returns
    -------
    list of Finding
        Severity `error` for what makes totals or comparisons false: a negative count, an unknown
        product, a site in two scenarios. Severity `note` for what stays true but must be known: an
        operation without a place, a project that crosses the border of its EPCI, products that do
        not add up.

    Examples
    --------
    >>> ledger = pd.DataFrame({"family": ["02"], "dwellings": [-3]}, index=["OP1"])
    >>> [(found.code, found.severity) for found in programme_findings(ledger)]
    [('negative-count', 'error'), ('no-place', 'note')]
    """
    found = [*_negative(operations), *_unknown_products(operations)]
    found += _placeless(operations)
    found += ledger_findings(operations)
    if communes is not None:
        found += _across_the_border(operations, communes, epci)
    if sites is not None:
        found += [*_two_scenarios(sites), *_drawn_twice(sites)]
    return found


def _negative(operations: pd.DataFrame) -> Iterator[Finding]:
    for name in _COUNTED:
        values = counts(operations, name)
        for row in operations.index[values < 0]:
            yield Finding(
                layer="operations",
                severity="error",
                code="negative-count",
                message=f"{name} = {values[row]}: a count cannot be below zero. Write what is "
                "demolished as family 01 and what is produced as family 02, both as positive counts.",
                row=str(row),
                column=name,
            )


def _unknown_products(operations: pd.DataFrame) -> Iterator[Finding]:
    if "product" not in operations.columns:
        return
    values = operations["product"]
    for row in operations.index[values.notna() & ~values.isin(list(PRODUCTS))]:
        yield Finding(
            layer="operations",
            severity="error",
            code="unknown-product",
            message=f"The product {values[row]!r} is not known. Allowed: {', '.join(PRODUCTS)}.",
            row=str(row),
            column="product",
        )


def _placeless(operations: pd.DataFrame) -> Iterator[Finding]:
    placed = pd.Series(False, index=operations.index)
    for name in ("commune", "perimeter", "site"):
        if name in operations.columns:
            placed |= operations[name].notna() & (operations[name] != "").fillna(False).astype(bool)
    moving = operations["family"].isin([DEMOLITION, PRODUCTION])
    for row in operations.index[moving & ~placed]:
        yield Finding(
            layer="operations",
            severity="note",
            code="no-place",
            message="The operation has no commune, no perimeter and no site: it counts in the "
            "totals of its project and convention, and stands on no map. Give it one.",
            row=str(row),
        )


def _across_the_border(
    operations: pd.DataFrame, communes: pd.DataFrame, epci: str | None
) -> Iterator[Finding]:
    if not {"project", "commune"} <= set(operations.columns) or "epci" not in communes.columns:
        return
    held = operations[operations["project"].notna() & operations["commune"].isin(communes.index)]
    pairs = held[["project", "commune"]].drop_duplicates()
    pairs = pairs.assign(epci=pairs["commune"].map(communes["epci"]))
    pairs = pairs[pairs["epci"].notna()]
    for project, part in pairs.groupby("project", sort=True):
        tally = part["epci"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        own = epci if epci is not None else tally.index[0]
        for commune, other in sorted(
            zip(part["commune"], part["epci"], strict=True), key=lambda pair: str(pair[0])
        ):
            if other == own:
                continue
            name = communes.at[commune, "name"] if "name" in communes.columns else commune
            rows = held.index[(held["project"] == project) & (held["commune"] == commune)]
            yield Finding(
                layer="operations",
                severity="note",
                code="project-crosses-epci",
                message=f"The project {project!r} crosses the border of the EPCI {own}: {name} "
                f"({commune}) belongs to {other}. Its operations ({', '.join(map(str, rows))}) are "
                "counted; say in the convention who carries them.",
                row=str(rows[0]),
                column="commune",
                count=len(rows),
            )


def _two_scenarios(sites: pd.DataFrame) -> Iterator[Finding]:
    if "scenario" not in sites.columns:
        return
    for row, text in sites["scenario"].dropna().astype(str).items():
        named = [part.strip() for part in pd.Series([text]).str.split(_SEPARATORS, regex=True)[0]]
        named = [part for part in named if part]
        if len(named) > 1:
            yield Finding(
                layer="sites",
                severity="error",
                code="site-in-two-scenarios",
                message=f"The site is in {len(named)} scenarios ({', '.join(named)}): comparing them "
                "would count its dwellings twice. Keep one, or make a site of each with its capacity.",
                row=str(row),
                column="scenario",
            )


def _drawn_twice(sites: pd.DataFrame) -> Iterator[Finding]:
    if not isinstance(sites, gpd.GeoDataFrame) or "scenario" not in sites.columns:
        return
    shapes = sites.geometry.to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for one, other in sorted(zip(first.tolist(), second.tolist(), strict=True)):
        here, there = sites["scenario"].iloc[one], sites["scenario"].iloc[other]
        if one >= other or pd.isna(here) or pd.isna(there) or here == there:
            continue
        shared = shapely.area(shapely.intersection(shapes[one], shapes[other]))
        smaller = min(shapely.area(shapes[one]), shapely.area(shapes[other]))
        if smaller and shared / smaller >= _SAME_SITE:
            yield Finding(
                layer="sites",
                severity="error",
                code="site-in-two-scenarios",
                message=f"The outline of {sites.index[one]} ({here}) and that of "
                f"{sites.index[other]} ({there}) share {100 * shared / smaller:.0f} % of the smaller "
                "one: the same ground is in two scenarios. Keep one, or share the ground out.",
                row=str(sites.index[other]),
                column="scenario",
            )
