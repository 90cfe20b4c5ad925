"""The meanings of "one for one": each one a named record, with what counts on either side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError
from renewal_gis.planning.ledger import DEMOLITION, PRODUCTION, SOCIAL, counts, product_counts
from renewal_gis.schema import PRODUCTS

__all__ = ["DEFINITIONS", "Definition", "counted_under", "definition"]


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One meaning of "one for one".

    Parameters
    ----------
    id
        Stable name.
    en, fr
        What counts, in a sentence.
    rebuilt
        Products that count as rebuilt, among `plai`, `plus`, `pls`, `intermediate`, `free`.
    other
        Rebuilt dwellings of rows that state no product count too.
    mining
        Mining dwellings count among the demolished.
    place
        `any`; `on_site` or `off_site` counts only what is rebuilt there. A row that does not say
        where is on neither side.
    beds_per_dwelling
        Hostel beds that make one dwelling, on both sides; None when beds do not count.
    """

    id: str
    en: str
    fr: str
    rebuilt: tuple[str, ...]
    other: bool = False
    mining: bool = True
    place: Literal["any", "on_site", "off_site"] = "any"
    beds_per_dwelling: float | None = None

    def __post_init__(self) -> None:
        unknown = [name for name in self.rebuilt if name not in PRODUCTS]
        if unknown:
            raise UsageError(
                f"Definition {self.id!r}: no product {', '.join(unknown)}. "
                f"Allowed: {', '.join(PRODUCTS)}."
            )
        if self.place not in {"any", "on_site", "off_site"}:
            raise UsageError(f"Definition {self.id!r}: place is any, on_site or off_site.")
        if self.beds_per_dwelling is not None and not 0 < self.beds_per_dwelling < np.inf:
            raise UsageError(f"Definition {self.id!r}: beds_per_dwelling must be above 0.")


_ALL = tuple(PRODUCTS)

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        id="all_for_all",
        en="Every dwelling rebuilt for every dwelling demolished, mining estate included",
        fr="Tous les logements reconstruits pour tous les logements démolis, parc minier compris",
        rebuilt=_ALL,
        other=True,
    ),
    Definition(
        id="social_for_all",
        en="Social dwellings rebuilt (PLAI, PLUS, PLS) for every dwelling demolished",
        fr="Logements sociaux reconstruits (PLAI, PLUS, PLS) pour tous les logements démolis",
        rebuilt=SOCIAL,
    ),
    Definition(
        id="social_intermediate_for_all",
        en="Social and intermediate rental dwellings rebuilt for every dwelling demolished",
        fr="Logements sociaux et locatifs intermédiaires reconstruits pour tous les démolis",
        rebuilt=(*SOCIAL, "intermediate"),
    ),
    Definition(
        id="social_for_social",
        en="Social dwellings rebuilt for dwellings demolished outside the mining estate",
        fr="Logements sociaux reconstruits pour les logements démolis hors parc minier",
        rebuilt=SOCIAL,
        mining=False,
    ),
    Definition(
        id="plai_plus_for_all",
        en="PLAI and PLUS rebuilt for every dwelling demolished",
        fr="PLAI et PLUS reconstruits pour tous les logements démolis",
        rebuilt=("plai", "plus"),
    ),
    Definition(
        id="social_on_site",
        en="Social dwellings rebuilt on the site for every dwelling demolished",
        fr="Logements sociaux reconstruits sur site pour tous les logements démolis",
        rebuilt=SOCIAL,
        place="on_site",
    ),
    Definition(
        id="social_off_site",
        en="Social dwellings rebuilt off the site for every dwelling demolished",
        fr="Logements sociaux reconstruits hors site pour tous les logements démolis",
        rebuilt=SOCIAL,
        place="off_site",
    ),
    Definition(
        id="all_with_beds",
        en="Every dwelling rebuilt for every dwelling demolished, hostel beds counted as dwellings",
        fr="Tous les logements, les lits de foyer étant comptés comme des logements",
        rebuilt=_ALL,
        other=True,
        beds_per_dwelling=assumption("beds_per_dwelling").value,
    ),
)
_BY_ID = {held.id: held for held in DEFINITIONS}


def definition(id: str) -> Definition:
    """Return the definition of this name.

    Raises
    ------
    UsageError
        When there is none; the message lists those there are.

    Examples
    --------
    >>> definition("social_for_all").rebuilt
    ('plai', 'plus', 'pls')
    """
    if id not in _BY_ID:
        raise UsageError(f"No definition called {id!r}. There are: {', '.join(_BY_ID)}.")
    return _BY_ID[id]


def counted_under(operations: pd.DataFrame, held: Definition) -> pd.DataFrame:
    """Return what each operation counts for under a definition, in dwellings."""
    whole, products = counts(operations, "dwellings"), product_counts(operations)
    down = whole if held.mining else whole - counts(operations, "mining")
    up = products[list(held.rebuilt)].sum(axis=1)
    if held.other:
        up = up + (whole - products.sum(axis=1)).clip(lower=0)
    if held.beds_per_dwelling is not None:
        beds = counts(operations, "beds") / held.beds_per_dwelling
        down, up = down + beds, up + beds
    if held.place != "any":
        stated = operations.get("on_site", pd.Series(None, index=operations.index, dtype=object))
        up = up.where((stated == (held.place == "on_site")).fillna(False).astype(bool), 0)
    family = operations["family"]
    return pd.DataFrame(
        {
            "demolished": down.where(family == DEMOLITION, 0),
            "rebuilt": up.where(family == PRODUCTION, 0),
        }
    )
