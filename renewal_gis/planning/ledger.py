"""The programme ledger: dwellings demolished and rebuilt, and whether the rows add up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from renewal_gis.schema import Finding

__all__ = ["ledger_findings", "one_for_one", "programme_totals"]

DEMOLITION, PRODUCTION = "01", "02"
_PRODUCTS = ("plai", "plus", "pls", "intermediate", "free")


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
    amounts = pd.DataFrame(
        {
            "demolished": _dwellings(operations, "dwellings").where(family == DEMOLITION, 0),
            "of_which_mining": _dwellings(operations, "mining").where(family == DEMOLITION, 0),
            "rebuilt": _dwellings(operations, "dwellings").where(family == PRODUCTION, 0),
            "rebuilt_social": sum(_dwellings(operations, name) for name in _PRODUCTS[:3]).where(
                family == PRODUCTION, 0
            ),
        }
    )
    totals = amounts.groupby(pd.Series(key, index=operations.index, name=by), sort=True).sum()
    totals.loc["total"] = totals.sum()
    totals["ratio"] = one_for_one(totals["rebuilt"], totals["demolished"])
    return totals


def one_for_one(rebuilt: pd.Series, demolished: pd.Series) -> pd.Series:
    """Return dwellings rebuilt per dwelling demolished; NaN where none is demolished."""
    return (rebuilt / demolished.astype(float).replace(0, np.nan)).rename("ratio")


def ledger_findings(operations: pd.DataFrame) -> list[Finding]:
    """Return a finding for each production row whose products do not add up to its dwellings.

    A row that states no product at all is left alone: there is nothing to reconcile.
    """
    present = [name for name in _PRODUCTS if name in operations.columns]
    if not present:
        return []
    stated = operations[present].notna().any(axis=1) & (operations["family"] == PRODUCTION)
    total = sum(_dwellings(operations, name) for name in present)
    wrong = stated & (total != _dwellings(operations, "dwellings"))
    return [
        Finding(
            layer="operations",
            severity="note",
            code="products-do-not-add-up",
            message=(
                f"The products add up to {int(total[row])} dwellings, the row says "
                f"{int(operations.at[row, 'dwellings'])}. Correct one of them."
            ),
            row=str(row),
            column="dwellings",
        )
        for row in operations.index[wrong]
    ]


def _dwellings(operations: pd.DataFrame, name: str) -> pd.Series:
    if name not in operations.columns:
        return pd.Series(0, index=operations.index)
    return pd.to_numeric(operations[name]).fillna(0).astype("int64")
