"""The tables of a run as they are published: one name each, every measure with its label and its unit."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from renewal_gis import scoring, territories
from renewal_gis.programme import programme_tables
from renewal_gis.schema import measure
from renewal_gis.study import Results

__all__ = ["labelled", "scenarios_page", "tables"]

Tables = dict[str, pd.DataFrame]


def tables(results: Results) -> Tables:
    """Return every table that rests on data, by the name of its file.

    Parameters
    ----------
    results
        What `run` returned; a table it does not hold is left out.
    """
    held: dict[str, pd.DataFrame | None] = {
        "inventory": results.inventory,
        "constraints_on_sites": results.constraint_shares,
        "comparison": labelled(results.comparison),
        "distribution": labelled(results.distribution),
        "programme": results.programme,
        **({} if results.programme_report is None else programme_tables(results.programme_report)),
        **results.timetables,
        "transit_changes": results.transit_changes,
        "sites": results.sites,
        "two_axes": None if results.axes is None else _on(results.axes, "site"),
        "percentiles": _percentiles(results.percentiles),
        **_ranking(results),
        **_territory(results.territory),
        **_scenarios(results.scenarios),
    }
    return {name: table for name, table in held.items() if table is not None and len(table.columns)}


def labelled(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of measures with the label and the unit of each."""
    if "measure" not in table.columns:
        return table
    names = table["measure"].unique()
    held = {name: measure(name) for name in names}
    return table.assign(
        label=table["measure"].map({name: found.en for name, found in held.items()}),
        libelle=table["measure"].map({name: found.fr for name, found in held.items()}),
        unit=table["measure"].map({name: found.unit for name, found in held.items()}),
    )


def scenarios_page(results: Results) -> str:
    """Return the page that tells the scenarios in ten lines, as Markdown; empty without scenarios.

    The study's language comes first.
    """
    first = results.study.settings.language
    languages: tuple[Literal["en", "fr"], ...] = ("fr", "en") if first == "fr" else ("en", "fr")
    parts = [f"# {results.study.settings.name}"]
    for language in languages:
        told = results.ten_lines(language=language)
        if not told:
            return ""
        for title, lines in told:
            parts.append(f"## {title}")
            parts.append("\n".join(f"{place}. {line}" for place, line in enumerate(lines, start=1)))
        parts.append("*" + " ".join(results.ground(language=language)) + "*")
    return "\n\n".join(parts) + "\n"


def _on(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a table whose index is written as a column of this name."""
    return table.rename_axis(name)


def _percentiles(table: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return one row per site and measure."""
    if table is None or not len(table.columns):
        return None
    long = (
        _on(table, "site").reset_index().melt("site", var_name="measure", value_name="percentile")
    )
    return labelled(long.sort_values(["site", "measure"], kind="stable", ignore_index=True))


def _ranking(results: Results) -> dict[str, pd.DataFrame | None]:
    """Return the ranking taken apart, and put to the test."""
    ranking, test = results.ranking, results.robustness
    if ranking is None or test is None or results.opinions is None:
        return {}
    subtotals = ranking.subtotals()
    names = subtotals["group"].map(lambda group: scoring.GROUPS.get(group, ("", "")))
    found = test.acceptability
    sentences = found.shares.assign(
        sentence=test.sentences(language="en"), phrase=test.sentences(language="fr")
    )
    return {
        "breakdown": ranking.breakdown(),
        "subtotals": subtotals.assign(label=names.str[0], libelle=names.str[1]),
        "second_opinions": _on(results.opinions, "site"),
        "agreement": results.agreement,
        "robustness": _on(sentences, "site").assign(
            draws=found.draws, seed=found.seed, top=found.top
        ),
        "rank_acceptability": _acceptability(found),
        "central_weights": _long(found.central, "criterion", "weight"),
        "pairwise_wins": _long(found.pairwise, "other_site", "share"),
        "weight_intervals": _criteria_named(test.weights, test),
        "anchor_changes": _criteria_named(test.anchors, test),
        "leave_one_out": _criteria_named(test.left_out, test),
    }


def _acceptability(found: scoring.Acceptability) -> pd.DataFrame:
    """Return one row per site and rank: how often, missing measures at their worst and at their best."""
    worst = _long(found.ranks, "rank", "share")
    return worst.assign(share_best_case=_long(found.ranks_best, "rank", "share")["share"])


def _long(table: pd.DataFrame, column: str, value: str) -> pd.DataFrame:
    """Return one row per site and column, in their order."""
    plain = table.rename_axis(index="site", columns=None)
    return plain.stack(future_stack=True).rename(value).rename_axis(["site", column]).reset_index()


def _criteria_named(table: pd.DataFrame, test: scoring.Robustness) -> pd.DataFrame:
    """Return a table of criteria with the label of each; all of them together have none."""
    names = table["criterion"].map(lambda name: test.labels.get(name, ("", "")))
    return table.assign(label=names.str[0], libelle=names.str[1])


def _territory(found: territories.Comparison | None) -> dict[str, pd.DataFrame | None]:
    if found is None:
        return {}
    effects = found.effects
    told = effects["effect"].map(territories.EFFECTS)
    caution = effects["caution"].map(territories.CAUTIONS)
    return {
        "territory": labelled(found.figures),
        "access_bands": labelled(found.bands),
        "within_reach": labelled(found.reach),
        "transit_classes": found.classes,
        "effects": labelled(
            effects.assign(
                effect_label=told.str[0], effet=told.str[1],
                caution_label=caution.str[0], prudence=caution.str[1],
            )
        ),
        "inequality": labelled(found.inequality),
    }  # fmt: skip


def _scenarios(found: territories.ScenarioFigures | None) -> dict[str, pd.DataFrame | None]:
    """Return what the scenarios do; each table names the scenario as the study file does."""
    if found is None:
        return {}
    rows = [
        {
            "scenario": held.name, "label": held.label("en"), "libelle": held.label("fr"),
            "site": site, "dwellings": dwellings,
        }
        for held in found.scenarios
        for site, dwellings in held.dwellings.items()
    ]  # fmt: skip
    return {
        "scenarios": pd.DataFrame(rows),
        "scenario_access": labelled(found.access),
        "scenario_rehousing": labelled(found.rehousing),
        "scenario_exposure": found.exposure,
        "scenario_social_housing": found.social,
        "scenario_capacity": found.capacity,
        "scenario_differences": labelled(found.differences),
    }
