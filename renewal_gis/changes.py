"""What changed between two runs, and because of which input: two studies, or two folders of results."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from renewal_gis.change_causes import causes, differing_inputs, differing_parameters
from renewal_gis.change_words import told_changes
from renewal_gis.edition import write_record, write_tables
from renewal_gis.errors import DataError
from renewal_gis.loading import Report
from renewal_gis.publishing.published import Published, read_published
from renewal_gis.study import run

__all__ = ["Changes", "compare_runs"]

_PLACES = 6  # tables hold ten digits; what differs beyond is the writing of a number
_FIGURES = ("demolished", "of_which_mining", "rebuilt", "rebuilt_social", "ratio")


@dataclass(frozen=True, kw_only=True, eq=False)
class Changes:
    """What changed from a first run to a second.

    Attributes
    ----------
    first, second
        How the two runs are called.
    inputs
        Layers that differ: `layer, change, first, second`; see `differing_inputs`.
    parameters
        Parameters that differ: `parameter, first, second`.
    sites
        One row per site of both runs whose score, its interval, its rank or its veto differs: `site, name,
        score_first, score_second, score_change, rank_first, rank_second, veto_first, veto_second,
        criterion` (the one that moved the score most) and `criterion_change` (points of score).
    only_first, only_second
        Sites of one run only.
    criteria
        Criteria whose part in the scores differs: `criterion, measure, label, libelle, sites` (how many),
        `mean_change` (points of score, over the sites of both), `because` (inputs and parameters that
        differ and that it rests on, joined by commas).
    sectors
        Medians that differ: `sector, measure, label, libelle, unit, first, second, change, because`.
    figures
        Totals and scenarios that differ: `table, item, figure, first, second, change`.
    sentences
        All of it told.
    """

    first: str
    second: str
    inputs: pd.DataFrame
    parameters: pd.DataFrame
    sites: pd.DataFrame
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    criteria: pd.DataFrame
    sectors: pd.DataFrame
    figures: pd.DataFrame
    sentences: tuple[str, ...]


def compare_runs(
    first: Path | str,
    second: Path | str,
    *,
    language: Literal["en", "fr"] | None = None,
    report: Report = lambda step: None,
) -> Changes:
    """Tell what changed from one run to another, and because of which input.

    Parameters
    ----------
    first, second
        Each a folder of results (with its `manifest.json`), or a study file or its folder, which is then
        run.
    language
        Language of the sentences; the first run's by default.
    report
        Called with the name of each step as it starts.

    Returns
    -------
    Changes

    Raises
    ------
    DataError
        When one of the two is neither, or cannot be read or run.

    Notes
    -----
    Inputs are compared by their hash, parameters one by one. What moved is put down to every input and
    parameter that differs *and* that the measure rests on: with several at once, which of them did how much
    is not told; change one at a time to know.
    """
    one, two = (_published(Path(path), report) for path in (first, second))
    inputs, parameters = differing_inputs(one, two), differing_parameters(one, two)
    slopes = _slopes(one, two)
    criteria = _criteria(one, two)
    criteria["because"] = [
        ", ".join(_criterion_causes(str(name), str(key), inputs, parameters, slopes=slopes))
        for name, key in zip(criteria["criterion"], criteria["measure"], strict=True)
    ]
    sectors = _sectors(one, two)
    sectors["because"] = [
        ", ".join(_sector_causes(str(key), inputs, parameters, slopes=slopes))
        for key in sectors["measure"]
    ]
    ids = [_sites(run_)["site"] for run_ in (one, two)]
    found = Changes(
        first=one.name,
        second=two.name,
        inputs=inputs,
        parameters=parameters,
        sites=_moved(one, two),
        only_first=tuple(ids[0][~ids[0].isin(ids[1])]),
        only_second=tuple(ids[1][~ids[1].isin(ids[0])]),
        criteria=criteria,
        sectors=sectors,
        figures=_figures(one, two),
        sentences=(),
    )
    spoken = language or ("en" if one.parameters.get("language") == "en" else "fr")
    told = told_changes(vars(found), one, two, language=spoken)
    return Changes(**{**vars(found), "sentences": tuple(told)})


def _published(path: Path, report: Report) -> Published:
    """Read a folder of results; run a study and read what it would publish."""
    if (path / "manifest.json").is_file():
        return read_published(path)
    if path.is_dir() and not (path / "study.toml").is_file():
        raise DataError(
            f"{path} holds neither manifest.json nor study.toml. Give a folder of results, a study file, "
            "or the folder of one."
        )
    results = run(path, report=report)
    # Written and read again: two runs are compared with the digits that are published.
    with tempfile.TemporaryDirectory(prefix="renewal-gis-") as folder:
        write_tables(results, Path(folder))
        write_record(results, Path(folder))
        return read_published(Path(folder), name=str(path))


def _sites(run_: Published) -> pd.DataFrame:
    held = run_.tables.get("sites", pd.DataFrame({"site": pd.Series(dtype=object)}))
    names = ["name", "score", "score_low", "score_high", "rank", "rank_best", "rank_worst", "veto"]
    # A run without a ranking has no scores: its columns are missing, not zero. A column of texts that is
    # empty everywhere was read as numbers.
    held = held.reindex(columns=["site", *names])
    texts = {
        name: held[name].astype(object).where(held[name].notna(), "") for name in ("name", "veto")
    }
    return held.assign(**texts)


def _moved(one: Published, two: Published) -> pd.DataFrame:
    both = _sites(one).merge(_sites(two), on="site", suffixes=("_first", "_second"))
    both["score_change"] = (both["score_second"] - both["score_first"]).astype(float).round(_PLACES)
    differs = pd.Series(False, index=both.index)
    for name in ("score_low", "score_high", "rank", "rank_best", "rank_worst"):
        differs |= _differ(both[f"{name}_first"], both[f"{name}_second"])
    differs |= both["veto_first"] != both["veto_second"]
    names = [
        "site", "name", "score_first", "score_second", "score_change", "rank_first", "rank_second",
        "veto_first", "veto_second",
    ]  # fmt: skip
    held = both.rename(columns={"name_second": "name"}).loc[differs, names]
    most = _most(one, two)
    held = held.merge(most, on="site", how="left") if len(most) else held.assign(
        criterion="", criterion_change=float("nan")
    )  # fmt: skip
    order = held["score_change"].abs().sort_values(ascending=False, kind="stable").index
    return held.loc[order].reset_index(drop=True)


def _parts(one: Published, two: Published) -> pd.DataFrame:
    """Return what each criterion brings to each site's score, in both runs; 0 where it is no criterion."""
    parts = []
    for run_ in (one, two):
        table = run_.tables.get("breakdown")
        if table is None:
            return pd.DataFrame()
        parts.append(table[["site", "criterion", "measure", "en", "fr", "contribution"]])
    both = parts[0].merge(
        parts[1], on=["site", "criterion"], how="outer", suffixes=("_first", "_second"), indicator=True
    )  # fmt: skip
    for name in ("measure", "en", "fr"):
        both[name] = both[f"{name}_second"].fillna(both[f"{name}_first"])
    shared = set(parts[0]["site"]) & set(parts[1]["site"])
    both = both[both["site"].isin(shared)]
    # Absent from a run's criteria it brings nothing; not measured, it is missing.
    absent = {"first": both["_merge"] == "right_only", "second": both["_merge"] == "left_only"}
    values = {
        side: both[f"contribution_{side}"].astype(float).where(~absent[side], 0.0)
        for side in absent
    }
    return both.assign(change=(values["second"] - values["first"]).round(_PLACES))


def _most(one: Published, two: Published) -> pd.DataFrame:
    """Return, for each site, the criterion that moved its score most."""
    parts = _parts(one, two)
    if not len(parts):
        return pd.DataFrame()
    parts = parts[parts["change"].abs() > 0]
    order = parts["change"].abs().sort_values(ascending=False, kind="stable").index
    held = parts.loc[order].drop_duplicates("site")
    return held[["site", "criterion", "change"]].rename(columns={"change": "criterion_change"})


def _criteria(one: Published, two: Published) -> pd.DataFrame:
    columns = ["criterion", "measure", "label", "libelle", "sites", "mean_change"]
    parts = _parts(one, two)
    rows = []
    for name, part in parts.groupby("criterion", sort=False) if len(parts) else ():
        moved = int((part["change"].abs() > 0).sum())
        if moved:
            held = part.iloc[0]
            mean = float(part["change"].mean())
            rows.append(
                [name, held["measure"], held["en"], held["fr"], moved, round(mean, _PLACES)]
            )
    table = pd.DataFrame(rows, columns=columns)
    order = table["mean_change"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _slopes(one: Published, two: Published) -> list[str]:
    """Return the grids whose slopes people walk on in one of the runs."""
    walks = [run_.parameters.get("walk") or {} for run_ in (one, two)]
    return sorted({str(walk["slope"]) for walk in walks if walk.get("slope")})


def _criterion_causes(
    name: str,
    measure: str,
    inputs: pd.DataFrame,
    parameters: pd.DataFrame,
    *,
    slopes: Collection[str],
) -> list[str]:
    """Return the causes of a criterion's change: its own anchors and weight, then its measure's."""
    own = [key for key in parameters["parameter"] if key.startswith(f"criteria.{name}.")]
    weights = [
        key
        for key in parameters["parameter"]
        if key.startswith("criteria.") and key.endswith(".weight") and key not in own
    ]
    return [*own, *weights, *causes(measure, inputs, parameters, slopes=slopes)]


def _sector_causes(
    measure: str, inputs: pd.DataFrame, parameters: pd.DataFrame, *, slopes: Collection[str]
) -> list[str]:
    """Return the causes of a median's change: the measure's, the homes', the lists of communes."""
    held = [
        cause for cause in causes(measure, inputs, parameters, slopes=slopes) if cause != "sites"
    ]
    layers = inputs.loc[~inputs["change"].isin(("said", "name")), "layer"]
    more = [name for name in layers if name in ("stock", "communes") and name not in held]
    lists = [key for key in parameters["parameter"] if key.startswith("sectors.")]
    return [*held, *more, *lists]


def _sectors(one: Published, two: Published) -> pd.DataFrame:
    columns = ["sector", "measure", "label", "libelle", "unit", "first", "second", "change"]
    held = [run_.tables.get("comparison") for run_ in (one, two)]
    if held[0] is None or held[1] is None:
        return pd.DataFrame(columns=columns)
    keys = ["sector", "measure"]
    both = held[0][[*keys, "p50"]].merge(
        held[1][[*keys, "label", "libelle", "unit", "p50"]], on=keys, suffixes=("_first", "_second")
    )
    both = both.rename(columns={"p50_first": "first", "p50_second": "second"})
    both["change"] = (both["second"] - both["first"]).round(_PLACES)
    return both.loc[_differ(both["first"], both["second"]), columns].reset_index(drop=True)


def _figures(one: Published, two: Published) -> pd.DataFrame:
    """Return the totals of the programme and the scenarios' changes that differ."""
    parts = [_longer(run_) for run_ in (one, two)]
    keys = ["table", "item", "figure"]
    both = parts[0].merge(parts[1], on=keys, how="outer", suffixes=("_first", "_second"))
    both = both.rename(columns={"value_first": "first", "value_second": "second"})
    both["change"] = (both["second"] - both["first"]).round(_PLACES)
    return both.loc[_differ(both["first"], both["second"])].reset_index(drop=True)


def _longer(run_: Published) -> pd.DataFrame:
    rows: list[tuple[str, str, str, float]] = []
    programme = run_.tables.get("programme")
    if programme is not None:
        rows += [
            ("programme", "total", name, float(total[name]))
            for _, total in programme[programme["convention"] == "total"].iterrows()
            for name in _FIGURES
            if name in programme.columns
        ]
    moves = run_.tables.get("scenario_rehousing")
    if moves is not None:
        everyone = moves[moves["perimeter"] == "all"]
        rows += [
            ("scenario_rehousing", str(row.scenario), f"change {row.measure}", float(row.change))
            for row in everyone.itertuples()
        ]
    table = pd.DataFrame(rows, columns=["table", "item", "figure", "value"])
    return table.astype({"value": float})


def _differ(one: pd.Series, two: pd.Series) -> pd.Series:
    """Tell where two numbers differ; missing on both sides is the same."""
    first, second = one.astype(float).round(_PLACES), two.astype(float).round(_PLACES)
    return (first != second) & ~(first.isna() & second.isna())
