"""The programme ledger: dwellings demolished and rebuilt, row by row, and totals that agree."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from renewal_gis.errors import UsageError
from renewal_gis.planning.half_years import Dates, half_year, milestone_dates
from renewal_gis.schema import PRODUCTS

__all__ = [
    "CUTS",
    "ledger_entries",
    "ledger_totals",
    "one_for_one",
    "programme_totals",
]

DEMOLITION, PRODUCTION = "01", "02"
SOCIAL = ("plai", "plus", "pls")
CUTS = ("project", "convention", "commune", "product", "half_year")
MOVEMENTS = {DEMOLITION: "demolished", PRODUCTION: "rebuilt"}
_PLACES = ("project", "convention", "commune", "perimeter", "site", "on_site")


def programme_totals(operations: pd.DataFrame, *, by: str = "convention") -> pd.DataFrame:
    """Dwellings demolished and rebuilt, by convention or another column, with the total.

    Parameters
    ----------
    operations
        Table `operations`.
    by
        Column to group by; rows where it is missing are grouped under an empty name.

    Returns
    -------
    DataFrame
        Indexed by the values of `by`, last row `total`: `demolished`, `of_which_mining`, `rebuilt`,
        `rebuilt_social` (PLAI, PLUS and PLS), `ratio` (rebuilt per dwelling demolished; NaN where
        none is).

    Examples
    --------
    >>> ledger = pd.DataFrame({"family": ["01", "02"], "dwellings": [1400, 1265],
    ...                        "convention": ["all", "all"]})
    >>> programme_totals(ledger).at["total", "ratio"].round(3)
    np.float64(0.904)
    """
    key = operations[by].astype(object).fillna("") if by in operations.columns else ""
    family = operations["family"]
    products = product_counts(operations)
    amounts = pd.DataFrame(
        {
            "demolished": counts(operations, "dwellings").where(family == DEMOLITION, 0),
            "of_which_mining": counts(operations, "mining").where(family == DEMOLITION, 0),
            "rebuilt": counts(operations, "dwellings").where(family == PRODUCTION, 0),
            "rebuilt_social": products[list(SOCIAL)].sum(axis=1).where(family == PRODUCTION, 0),
        }
    )
    totals = amounts.groupby(pd.Series(key, index=operations.index, name=by), sort=True).sum()
    totals.loc["total"] = totals.sum()
    totals["ratio"] = one_for_one(totals["rebuilt"], totals["demolished"])
    return totals


def one_for_one(rebuilt: pd.Series, demolished: pd.Series) -> pd.Series:
    """Return dwellings rebuilt per dwelling demolished; NaN where none is demolished."""
    return (rebuilt / demolished.astype(float).replace(0, np.nan)).rename("ratio")


def ledger_entries(
    operations: pd.DataFrame, milestones: pd.DataFrame | None = None, *, dates: Dates = "expected"
) -> pd.DataFrame:
    """Return the ledger in its long form: one row per operation and product.

    Parameters
    ----------
    operations
        Table `operations`; families other than demolition and production are left aside.
    milestones
        Table `milestones`, for the half-year; without it every half-year is empty.
    dates
        Which date of the step `demolished` or `delivered` places a row in its half-year.

    Returns
    -------
    DataFrame
        Columns `operation, movement` (`demolished` or `rebuilt`)`, product, dwellings, project,
        convention, commune, perimeter, site, on_site, half_year`, in the order of the ledger. What
        is not known is an empty text. `product` is `mining` for the mining dwellings of a row that
        states no product, and empty for the others of that row.

    Examples
    --------
    >>> ledger = pd.DataFrame({"family": ["02"], "dwellings": [12], "plai": [7], "plus": [5]},
    ...                       index=["OP1"])
    >>> ledger_entries(ledger)[["operation", "movement", "product", "dwellings"]]
      operation movement product  dwellings
    0       OP1  rebuilt    plai          7
    1       OP1  rebuilt    plus          5
    """
    moving = operations[operations["family"].isin(list(MOVEMENTS))]
    pieces = _pieces(moving)
    pieces["movement"] = moving["family"].map(MOVEMENTS)
    for name in _PLACES:
        pieces[name] = texts(moving, name)
    days = milestone_dates(moving.index, milestones, "delivered", dates=dates).where(
        moving["family"] == PRODUCTION,
        milestone_dates(moving.index, milestones, "demolished", dates=dates),
    )
    pieces["half_year"] = half_year(days)
    pieces["operation"] = moving.index.astype(str)
    fixed = ["operation", "movement", *_PLACES, "half_year"]
    long = pieces.melt(
        id_vars=fixed, var_name="product", value_name="dwellings", ignore_index=False
    )
    long["place"] = pd.Series(range(len(moving)), index=moving.index).reindex(long.index)
    long = long[long["dwellings"] != 0].sort_values("place", kind="stable", ignore_index=True)
    long["product"] = long["product"].astype(object)
    return long[["operation", "movement", "product", "dwellings", *_PLACES, "half_year"]]


def ledger_totals(entries: pd.DataFrame, *, by: str | Sequence[str]) -> pd.DataFrame:
    """Add up entries by one or several columns, with the rows behind each number.

    Parameters
    ----------
    entries
        Result of `ledger_entries`.
    by
        Among `project`, `convention`, `commune`, `perimeter`, `product`, `half_year`.

    Returns
    -------
    DataFrame
        Indexed by the values of `by`, sorted, the unknown ones under an empty text: `demolished`,
        `rebuilt`, `net` (rebuilt less demolished), `demolished_rows` and `rebuilt_rows`
        (identifiers of the operations, in the order of the ledger, joined by commas).

    Raises
    ------
    UsageError
        A column of `by` is not one of the entries.
    """
    names = [by] if isinstance(by, str) else list(by)
    unknown = [name for name in names if name not in entries.columns]
    if unknown or not names:
        raise UsageError(
            f"No cut of the ledger by {', '.join(unknown) or 'nothing'}. "
            f"Cut by: {', '.join(CUTS)}, perimeter, site."
        )
    grouped = entries.groupby([*names, "movement"], sort=True)
    table = pd.DataFrame(index=_keys(entries, names))
    sums = grouped["dwellings"].sum().unstack("movement", fill_value=0)
    rows = grouped["operation"].agg(listed).unstack("movement", fill_value="")
    for movement in ("demolished", "rebuilt"):
        held = sums.get(movement, 0)
        table[movement] = pd.Series(held, index=table.index).fillna(0).astype("int64")
    table["net"] = table["rebuilt"] - table["demolished"]
    for movement in ("demolished", "rebuilt"):
        held = rows.get(movement, "")
        table[f"{movement}_rows"] = pd.Series(held, index=table.index, dtype=object).fillna("")
    return table


def counts(operations: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of counts as whole numbers, 0 where it is missing or not there."""
    if name not in operations.columns:
        return pd.Series(0, index=operations.index)
    return pd.to_numeric(operations[name]).fillna(0).astype("int64")


def texts(operations: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of text, empty where it is missing or not there."""
    if name not in operations.columns:
        return pd.Series("", index=operations.index, dtype=object)
    held = operations[name].astype(object)
    return held.where(held.notna(), "")


def product_counts(operations: pd.DataFrame) -> pd.DataFrame:
    """Return the dwellings of each product on the index of the operations.

    A row that states no count but names its `product` counts all its dwellings under it.
    """
    table = pd.DataFrame({name: counts(operations, name) for name in PRODUCTS})
    if "product" in operations.columns:
        silent = ~states_products(operations)
        for name in PRODUCTS:
            whole = silent & (operations["product"] == name).fillna(False).astype(bool)
            table[name] = table[name].where(~whole, counts(operations, "dwellings"))
    return table


def states_products(operations: pd.DataFrame) -> pd.Series:
    """Tell which operations count their dwellings by product.

    Zeros in every product say nothing of a demolition, whose products are seldom known; of a
    production they are a statement, and a false one when it has dwellings.
    """
    present = [name for name in PRODUCTS if name in operations.columns]
    stated = operations[present].notna().any(axis=1) & (operations["family"] == PRODUCTION)
    counted = pd.DataFrame({name: counts(operations, name) for name in PRODUCTS})
    return stated | counted.ne(0).any(axis=1)


def _pieces(moving: pd.DataFrame) -> pd.DataFrame:
    """Split the dwellings of each row: by product where one is stated, else mining and the rest."""
    pieces = product_counts(moving)
    silent = ~states_products(moving) & pieces.eq(0).all(axis=1)
    whole, mining = counts(moving, "dwellings"), counts(moving, "mining")
    pieces["mining"] = mining.where(silent, 0)
    pieces[""] = (whole - mining).where(silent, 0)
    return pieces


def _keys(entries: pd.DataFrame, names: list[str]) -> pd.Index:
    if len(names) == 1:
        return pd.Index(sorted(entries[names[0]].unique(), key=str), name=names[0], dtype=object)
    rows = sorted(set(entries[names].itertuples(index=False, name=None)), key=str)
    return pd.MultiIndex.from_tuples(rows, names=names)


def listed(values: pd.Series) -> str:
    """Return texts joined by commas, each once, in their order."""
    return ", ".join(dict.fromkeys(values))
