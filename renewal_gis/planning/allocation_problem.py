"""What an allocation is asked: sites, dwellings by product, half-years, and the rules that hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from renewal_gis.errors import DataError, UsageError

__all__ = ["PRODUCTS", "RULES", "SOCIAL", "Problem", "Rules", "require_sound"]

PRODUCTS = ("plai", "plus", "pls", "intermediate", "free")
SOCIAL = ("plai", "plus", "pls")
# In the order in which a conflict is searched: what is easiest to change comes last.
RULES = (
    "total",
    "mix",
    "capacity",
    "available",
    "veto",
    "urban_unit",
    "outside_qpv",
    "social_ceiling",
    "plai_share",
    "sector_targets",
    "needed",
    "pace",
    "minimum_size",
    "operations_per_site",
    "sites_at_most",
    "access_at_least",
    "worst_at_least",
    "displacement_at_most",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Rules:
    """The rules an allocation keeps; None, or False, is a rule that is not asked for.

    Parameters
    ----------
    minimum_size
        Fewest dwellings of an operation (one site in one half-year); an operation is this large or
        is not.
    operations_per_site
        Most half-years in which one site delivers.
    sites_at_most
        Most sites used.
    plai_share
        Least share of PLAI in PLAI + PLUS, over the whole programme.
    social_ceiling
        Highest share of social dwellings (PLAI, PLUS, PLS) in a commune once all is delivered. A
        commune above it already takes no social dwelling, and may take others.
    outside_qpv
        No dwelling on a site whose `qpv` is true.
    urban_unit
        Codes of the communes of the urban unit: no dwelling elsewhere.
    veto
        No dwelling on a site whose `veto` is true.
    sector_targets
        By sector: `at_least` and `at_most`, in dwellings; NaN is no target.
    pace
        By half-year: most dwellings delivered in it.
    needed
        By half-year: fewest dwellings delivered by its end, since the first half-year.
    access_at_least
        Least mean score of the dwellings, in points.
    worst_at_least
        Least score of any site used, in points.
    displacement_at_most
        Highest mean journey from the place of origin, in the unit of the journeys.
    """

    minimum_size: int | None = None
    operations_per_site: int | None = 1
    sites_at_most: int | None = None
    plai_share: float | None = None
    social_ceiling: float | None = None
    outside_qpv: bool = False
    urban_unit: tuple[str, ...] | None = None
    veto: bool = True
    sector_targets: pd.DataFrame | None = None
    pace: pd.Series | None = None
    needed: pd.Series | None = None
    access_at_least: float | None = None
    worst_at_least: float | None = None
    displacement_at_most: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """What has to be placed, where it may go, and by which rules.

    Parameters
    ----------
    sites
        Indexed by site: `capacity` (dwellings) and `score` (points, 0 to 100); when a rule needs
        them, `commune`, `sector`, `qpv`, `veto`; when known, `available` (first half-year) and
        `minutes` (a walk the plans are told in; NaN is unknown).
    products
        Indexed by product (`plai`, `plus`, `pls`, `intermediate`, `free`): `low` and `high`, fewest
        and most dwellings; NaN is no limit. Equal limits fix the number.
    total
        Dwellings to place.
    half_years
        Names of the half-years, in order (`2027-S1`).
    rules
        The rules that hold.
    communes
        Indexed by commune: `residences` (main residences) and `social` (social dwellings among
        them), after the demolitions; for `social_ceiling`.
    origins
        Households to rehouse in these dwellings, by place of origin: counts only.
    journeys
        Places of origin × sites, in `journey_unit`; NaN where there is no way.
    journey_unit
        Unit of the journeys: `min` or `m`.
    relaxed
        Names of rules left out; see `without`.
    """

    sites: pd.DataFrame
    products: pd.DataFrame
    total: int
    half_years: tuple[str, ...]
    rules: Rules = field(default_factory=Rules)
    communes: pd.DataFrame | None = None
    origins: pd.Series | None = None
    journeys: pd.DataFrame | None = None
    journey_unit: str = "min"
    relaxed: frozenset[str] = frozenset()

    def without(self, *rules: str) -> Problem:
        """Return the same question without these rules.

        Raises
        ------
        UsageError
            When a rule has an unknown name.
        """
        unknown = sorted(set(rules) - set(RULES))
        if unknown:
            raise UsageError(f"No rule called {', '.join(unknown)}. Known: {', '.join(RULES)}.")
        return replace(self, relaxed=self.relaxed | set(rules))

    def asking(self, **rules: object) -> Problem:
        """Return the same question with these rules changed."""
        return replace(self, rules=replace(self.rules, **rules))  # type: ignore[arg-type]

    @property
    def active(self) -> tuple[str, ...]:
        """Names of the rules that hold, in the order of `RULES`."""
        asked = {"total", "mix", "capacity"}
        if "available" in self.sites.columns:
            asked.add("available")
        for name in RULES:
            value = getattr(self.rules, name, None)
            if value is not None and value is not False:
                asked.add(name)
        if "veto" not in self.sites.columns:
            asked.discard("veto")
        return tuple(name for name in RULES if name in asked - self.relaxed)

    @property
    def households(self) -> int:
        """Households that move into the new dwellings: no more than there are dwellings."""
        return 0 if self.origins is None else int(min(self.origins.sum(), self.total))

    def excluded(self, rule: str) -> pd.Series:
        """Return, for each site, whether this rule forbids it: `veto`, `urban_unit`, `outside_qpv`."""
        if rule == "urban_unit":
            inside = self.sites["commune"].isin(self.rules.urban_unit or ())
            return ~inside
        if rule == "worst_at_least":
            return self.sites["score"].astype(float) < float(self.rules.worst_at_least or 0) - 1e-9
        column = {"veto": "veto", "outside_qpv": "qpv"}[rule]
        return self.sites[column].astype(bool)


def require_sound(problem: Problem, *, displacement: bool = False) -> None:
    """Check a problem before it is solved.

    Raises
    ------
    DataError
        With every fault at once: a site twice, a missing score, an unknown product, a negative
        number, a rule without the column it needs.
    """
    faults = [
        *_site_faults(problem),
        *_product_faults(problem),
        *_calendar_faults(problem),
        *_rule_faults(problem),
        *_origin_faults(problem, needed=displacement),
    ]
    if faults:
        raise DataError("The allocation cannot be solved. " + " ".join(faults))


def _site_faults(problem: Problem) -> Iterator[str]:
    sites = problem.sites
    if not len(sites):
        yield "sites: the table is empty; add candidate sites."
    twice = sites.index[sites.index.duplicated()].unique()
    if len(twice):
        yield (
            f"sites: {_some(twice)} stands in more than one row; a site in two scenarios is solved "
            "once per scenario."
        )
    for name in ("capacity", "score"):
        if name not in sites.columns:
            yield f"sites: no column {name}; add it."
            continue
        values = pd.to_numeric(sites[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        wrong = sites.index[~(np.isfinite(values) & (values >= 0))]
        if len(wrong):
            yield (
                f"sites: {len(wrong)} of {len(sites)} have no usable {name} ({_some(wrong)}); give a "
                "number of 0 or more, or leave the sites out."
            )
    if "capacity" in sites.columns and _fractional(sites["capacity"]):
        yield "sites: capacity counts dwellings; give whole numbers."


def _product_faults(problem: Problem) -> Iterator[str]:
    products = problem.products
    unknown = [str(name) for name in products.index if name not in PRODUCTS]
    if unknown:
        yield f"products: unknown {', '.join(unknown)}. Known: {', '.join(PRODUCTS)}."
    if not len(products) or products.index.duplicated().any():
        yield "products: give each product one row."
    if not {"low", "high"} <= set(products.columns):
        yield "products: the columns low and high are needed."
        return
    limits = products[["low", "high"]].astype(float)
    if (limits < 0).any(axis=None) or problem.total < 0:
        yield "products: a number of dwellings is negative; give 0 or more."
    elif problem.total < 1:
        yield "total: there is no dwelling to place; give 1 or more."
    crossed = products.index[limits["low"] > limits["high"]]
    if len(crossed):
        yield f"products: low is above high for {_some(crossed)}."
    if _fractional(limits.to_numpy().ravel()) or problem.total != int(problem.total):
        yield "products: dwellings are whole numbers."


def _calendar_faults(problem: Problem) -> Iterator[str]:
    names = problem.half_years
    if not names or len(set(names)) < len(names):
        yield "half_years: give at least one, each once, in order."
    if "available" in problem.sites.columns:
        given = problem.sites["available"].dropna()
        unknown = sorted({str(name) for name in given} - set(names))
        if unknown:
            yield f"sites: available = {', '.join(unknown)} is none of the half-years."
    for rule in ("pace", "needed"):
        series = getattr(problem.rules, rule)
        if series is None:
            continue
        unknown = sorted({str(name) for name in series.index} - set(names))
        if unknown:
            yield f"{rule}: {', '.join(unknown)} is none of the half-years."
        if (series.dropna().astype(float) < 0).any():
            yield f"{rule}: a number of dwellings is negative."


_NEEDS = {
    "social_ceiling": "commune",
    "urban_unit": "commune",
    "outside_qpv": "qpv",
    "sector_targets": "sector",
}


def _rule_faults(problem: Problem) -> Iterator[str]:
    active = problem.active
    for rule, column in _NEEDS.items():
        if rule in active and column not in problem.sites.columns:
            yield f"{rule}: the sites have no column {column}; add it or drop the rule."
    for column in ("qpv", "veto"):
        if column in problem.sites.columns and problem.sites[column].isna().any():
            yield f"sites: {column} is missing for some; say true or false, missing is not false."
    for rule in ("plai_share", "social_ceiling"):
        share = getattr(problem.rules, rule)
        if share is not None and not 0 <= share <= 1:
            yield f"{rule} = {share} is no share; give a number from 0 to 1."
    for rule in ("minimum_size", "operations_per_site", "sites_at_most"):
        number = getattr(problem.rules, rule)
        if number is not None and (number < 0 or number != int(number)):
            yield f"{rule} = {number} is no whole number of 0 or more."
    yield from _commune_faults(problem)
    targets = problem.rules.sector_targets
    if targets is not None and not {"at_least", "at_most"} <= set(targets.columns):
        yield "sector_targets: the columns at_least and at_most are needed."


def _commune_faults(problem: Problem) -> Iterator[str]:
    if "social_ceiling" not in problem.active or "commune" not in problem.sites.columns:
        return
    communes = problem.communes
    if communes is None or not {"residences", "social"} <= set(communes.columns):
        yield "social_ceiling: give communes with their residences and social dwellings."
        return
    known = communes.dropna(subset=["residences", "social"]).index
    named = problem.sites["commune"].fillna("").astype(str)
    nowhere = problem.sites.index[named == ""]
    if len(nowhere):
        yield f"social_ceiling: no commune for {_some(nowhere)}; say in which commune each site is."
    absent = sorted({*named} - {str(code) for code in known} - {""})
    if absent:
        yield f"social_ceiling: no residences and social dwellings for {', '.join(absent)}."


def _origin_faults(problem: Problem, *, needed: bool) -> Iterator[str]:
    asked = needed or "displacement_at_most" in problem.active
    if problem.origins is None or problem.journeys is None:
        if asked:
            yield "displacement: give origins and journeys from each of them to each site."
        return
    origins, journeys = problem.origins, problem.journeys
    if not (set(origins.index) <= set(journeys.index)):
        yield "journeys: a place of origin has no row."
    if not (set(problem.sites.index) <= set(journeys.columns)):
        yield "journeys: a site has no column."
    if origins.isna().any() or (origins.dropna() < 0).any() or _fractional(origins.dropna()):
        yield "origins: households are whole numbers of 0 or more."
    elif asked and not origins.sum() > 0:
        yield "origins: no household is to be rehoused; there is no displacement to measure."
    if (journeys.fillna(0) < 0).any(axis=None):
        yield "journeys: a journey is negative."


def _fractional(values: object) -> bool:
    numbers = np.asarray(values, dtype=float)
    numbers = numbers[np.isfinite(numbers)]
    return bool((numbers != np.round(numbers)).any())


def _some(names: pd.Index, *, most: int = 5) -> str:
    shown = ", ".join(str(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown}… ({len(names)} in all)"
