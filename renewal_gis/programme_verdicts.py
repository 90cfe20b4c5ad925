"""The programme judged: what a study tells the rules, and the verdicts of the profile of each convention."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from renewal_gis import planning, sources, territories
from renewal_gis.config.programme import Programme
from renewal_gis.errors import DataError
from renewal_gis.loading import Study

__all__ = ["rule_book", "social_stock", "verdicts"]

_COUNTED_ON = "counted on the buildings of the study"


def rule_book(asked: Programme) -> planning.RuleBook:
    """Return the packaged rules, with the study's own when it has some.

    Raises
    ------
    DataError
        When the file of rules is missing or at fault.
    """
    book = planning.catalogue()
    if asked.rules is None:
        return book
    text = sources.read_rule_text(asked.rules)
    return planning.with_rules(book, text, file=asked.rules.name)


def verdicts(
    study: Study,
    asked: Programme,
    *,
    shares: pd.DataFrame | None = None,
    scores: pd.Series | None = None,
    balance: planning.Balance | None = None,
    smallest_shown: float | None = None,
) -> pd.DataFrame:
    """Judge the programme of a study.

    Parameters
    ----------
    study
        With a ledger.
    asked
        Profiles, own rules, overrides.
    shares
        Share of each site under each kind and level of constraint.
    scores
        Access score of the sites, 0 to 100 points; NaN where not known.
    balance
        The stock balance.
    smallest_shown
        Smallest count of households in what is published; None when none is.

    Returns
    -------
    DataFrame
        As `planning.evaluate`, one profile after the other. A convention and its operations are judged
        by its own profile; communes, sites and the whole programme by each profile in use.

    Raises
    ------
    DataError
        A convention the study file names is not in the ledger, an override names no verdict, or the
        rules are at fault.
    """
    book = rule_book(asked)
    facts = _facts(
        study,
        asked,
        shares=shares,
        scores=scores,
        more=_more(study, balance, smallest_shown),
    )
    profiles = _profiles(study, asked)
    parts = {profile: _only(study, facts, conventions) for profile, conventions in profiles.items()}
    judged = {
        profile: planning.evaluate(book, held, profile=profile) for profile, held in parts.items()
    }
    if asked.overrides:
        mine = _shared_out(asked, judged)
        judged = {
            profile: planning.evaluate(book, held, profile=profile, overrides=mine[profile])
            for profile, held in parts.items()
        }
    return pd.concat(judged.values(), ignore_index=True)


def social_stock(study: Study) -> pd.DataFrame | None:
    """Count main residences and social dwellings by commune, on the buildings of the study.

    Returns
    -------
    DataFrame or None
        Indexed by commune: `residences` (dwellings less the vacant ones), `social` (those of tenure
        `social`); None without stock or tenures. It stands for the SRU inventory, which no layer holds.
    """
    stock = study.geo("stock")
    if stock is None or "tenure" not in stock.columns:
        return None
    communes = study.geo("communes")
    assert communes is not None  # every study has its communes
    known = "commune" in stock.columns
    commune = stock["commune"] if known else territories.commune_of(stock, communes)
    dwellings = pd.to_numeric(stock["dwellings"]).fillna(0).astype("int64")
    vacant = stock["vacant"] if "vacant" in stock.columns else pd.Series(0, index=stock.index)
    lived_in = dwellings - pd.to_numeric(vacant).fillna(0).astype("int64")
    social = dwellings.where((stock["tenure"] == "social").fillna(False).astype(bool), 0)
    counted = pd.DataFrame({"residences": lived_in, "social": social}).groupby(commune).sum()
    return counted.reindex(communes.index).fillna(0).astype("int64")


def _facts(
    study: Study,
    asked: Programme,
    *,
    shares: pd.DataFrame | None,
    scores: pd.Series | None,
    more: Mapping[str, pd.DataFrame],
) -> dict[str, pd.DataFrame]:
    return planning.programme_facts(
        operations=study.tables["operations"],
        milestones=study.tables.get("milestones"),
        perimeters=study.tables.get("perimeters"),
        communes=study.tables["communes"],
        sites=study.geo("sites"),
        constraints=study.geo("constraints"),
        shares=shares,
        scores=scores,
        stops=study.geo("stops"),
        urban_unit=asked.urban_unit,
        epci=asked.epci or None,
        more=more,
    )


def _more(
    study: Study, balance: planning.Balance | None, smallest_shown: float | None
) -> dict[str, pd.DataFrame]:
    more = {}
    counted = social_stock(study)
    if counted is not None:
        named = {"residences": "main_residences", "social": "social_dwellings"}
        more["commune"] = counted.rename(columns=named).assign(vintage=_COUNTED_ON)
    told: dict[str, object] = {}
    if balance is not None and len(balance.table):
        table = balance.table
        # While some households wait for nobody knows which product, the lowest balance is not known.
        known = table["verdict"] != "cannot be evaluated"
        if known.all() or (table["verdict"] == "short").any():
            told["smallest_stock_balance"] = float(table.loc[known, "balance"].min())
    if smallest_shown is not None:
        told["smallest_published_count"] = smallest_shown
    if told:
        more["programme"] = pd.DataFrame([told], index=["programme"])
    return more


def _profiles(study: Study, asked: Programme) -> dict[str, list[str]]:
    """Return the conventions judged by each profile, the usual profile first."""
    operations = study.tables["operations"]
    held = (
        operations["convention"] if "convention" in operations.columns else pd.Series(dtype=object)
    )
    named = [str(name) for name in sorted(held.dropna().unique())]
    stray = [name for name in asked.profiles if name not in named]
    if stray:
        raise DataError(
            f"programme.profiles: no convention is called {', '.join(stray)}. "
            f"There are: {', '.join(named) or 'none'}."
        )
    profiles: dict[str, list[str]] = {asked.profile: []}
    for name in named:
        profiles.setdefault(asked.profiles.get(name, asked.profile), []).append(name)
    if not profiles[asked.profile] and len(profiles) > 1:
        del profiles[asked.profile]
    return profiles


def _only(
    study: Study, facts: Mapping[str, pd.DataFrame], conventions: list[str]
) -> dict[str, pd.DataFrame]:
    """Keep the conventions of one profile, their operations, and those of no convention."""
    operations = study.tables["operations"]
    kept = dict(facts)
    kept["convention"] = facts["convention"][facts["convention"].index.isin(conventions)]
    if "convention" in operations.columns:
        own = operations["convention"]
        mine = own.isna() | own.isin([*conventions, ""])
        kept["operation"] = facts["operation"][np.asarray(mine, dtype=bool)]
    return kept


def _shared_out(
    asked: Programme, judged: Mapping[str, pd.DataFrame]
) -> dict[str, list[planning.Override]]:
    """Give each override to the profiles that have its verdict; a stray one to the first, which tells."""
    mine: dict[str, list[planning.Override]] = {profile: [] for profile in judged}
    for one in asked.overrides:
        takers = [
            profile
            for profile, table in judged.items()
            if ((table["rule"] == one.rule) & (table["subject"] == one.subject)).any()
        ]
        for profile in takers or list(judged)[:1]:
            mine[profile].append(one)
    return mine
