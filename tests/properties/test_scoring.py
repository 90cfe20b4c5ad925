"""What must hold of points, rankings and their tests whatever the sites."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renewal_gis.scoring import (
    Criterion,
    draw_weightings,
    pareto,
    points,
    rank,
    second_opinions,
    smaa,
    weight_intervals,
)

# Few different values, so that ties happen; and some that are missing.
values = st.one_of(st.integers(0, 30).map(float), st.floats(0, 30, width=32), st.just(np.nan))
known = st.one_of(st.integers(0, 30).map(float), st.floats(0, 30, width=32))


@st.composite
def anchors(draw):
    """Draw anchors a criterion takes."""
    at = draw(st.lists(st.integers(0, 40), min_size=2, max_size=5, unique=True))
    worth = draw(
        st.lists(st.integers(0, 100), min_size=len(at), max_size=len(at)).filter(
            lambda held: len(set(held)) > 1
        )
    )
    rising = draw(st.booleans())
    return tuple(zip(sorted(at), sorted(worth, reverse=not rising), strict=True))


@st.composite
def studies(draw, cells=values, least=2):
    """Draw measures of sites, and the criteria that judge them."""
    criteria = draw(st.integers(1, 4))
    sites = draw(st.integers(least, 7))
    names = [f"c{place}" for place in range(criteria)]
    rows = draw(
        st.lists(
            st.lists(cells, min_size=criteria, max_size=criteria), min_size=sites, max_size=sites
        )
    )
    weights = draw(st.lists(st.integers(0, 4), min_size=criteria, max_size=criteria).filter(any))
    held = [
        Criterion(
            name=name, measure=name, weight=float(weight), anchors=draw(anchors()),
            group=draw(st.sampled_from(["", "services", "transit"])),
        )
        for name, weight in zip(names, weights, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=names, index=[f"S{n}" for n in range(sites)]), held


examples = settings(deadline=None, max_examples=25)


@given(st.lists(values, min_size=1, max_size=9), anchors())
@examples
def test_points_lie_between_those_of_the_anchors_and_follow_their_direction(held, curve):
    found = points(pd.Series(held), anchors=curve)
    assert (found.isna() == pd.Series(held).isna()).all()
    worth = [points for _, points in curve]
    assert found.dropna().between(min(worth), max(worth)).all()
    falling = Criterion(name="x", measure="m", anchors=curve).low_is_good
    ordered = points(pd.Series(sorted(v for v in held if not np.isnan(v))), anchors=curve)
    assert (ordered.diff().dropna() * (-1 if falling else 1) >= -1e-12).all()


@given(studies(), st.data())
@examples
def test_withdrawing_a_site_changes_no_score_and_no_order(study, data):
    table, criteria = study
    gone = data.draw(st.sampled_from(list(table.index)))
    whole = rank(table, criteria).summary.drop(index=gone)
    rest = rank(table.drop(index=gone), criteria).summary
    scores = ["score", "score_low", "score_high", "score_geometric"]
    pd.testing.assert_frame_equal(rest[scores], whole[scores], check_exact=True)
    order = whole["score"].rank(method="min", ascending=False).astype("Int64")
    assert rest["rank"].equals(order.rename("rank"))
    topsis = [
        second_opinions(rank(held, criteria))["topsis"] for held in (table, table.drop(index=gone))
    ]
    pd.testing.assert_series_equal(topsis[0].drop(index=gone), topsis[1], check_exact=True)


@given(studies())
@examples
def test_doubling_all_weights_changes_nothing(study):
    table, criteria = study
    doubled = [replace(criterion, weight=2 * criterion.weight) for criterion in criteria]
    one, two = rank(table, criteria), rank(table, doubled)
    pd.testing.assert_frame_equal(one.summary, two.summary, check_exact=True)
    for told in (second_opinions, weight_intervals, pareto):
        pd.testing.assert_frame_equal(told(one), told(two), check_exact=True)
    pd.testing.assert_frame_equal(
        smaa(one, draws=40).ranks, smaa(two, draws=40).ranks, check_exact=True
    )


@given(studies(), st.randoms(use_true_random=False))
@examples
def test_permuting_rows_permutes_results(study, chance):
    table, criteria = study
    turned = list(table.index)
    chance.shuffle(turned)
    one, two = rank(table, criteria), rank(table.loc[turned], criteria)
    pd.testing.assert_frame_equal(one.summary.loc[turned], two.summary, check_exact=True)
    first, second = smaa(one, draws=40), smaa(two, draws=40)
    for name in ("ranks", "ranks_best", "central", "shares"):
        pd.testing.assert_frame_equal(
            getattr(first, name).loc[turned], getattr(second, name), check_exact=True
        )
    pd.testing.assert_frame_equal(
        first.pairwise.loc[turned, turned], second.pairwise, check_exact=True
    )
    opinions = second_opinions(one).loc[turned]
    pd.testing.assert_frame_equal(opinions, second_opinions(two))
    assert pareto(one)["pareto"].loc[turned].equals(pareto(two)["pareto"])


@given(studies())
@examples
def test_rank_acceptabilities_add_up_and_stand_in_order(study):
    table, criteria = study
    found = smaa(rank(table, criteria), draws=60, top=2)
    for ranks in (found.ranks, found.ranks_best):
        assert ranks.sum(axis=1).to_numpy() == pytest.approx(1)
    # Whatever the rank asked, the better end of an interval reaches it at least as often.
    ahead = found.ranks_best.cumsum(axis=1) - found.ranks.cumsum(axis=1)
    assert (ahead.to_numpy() >= -1e-12).all()
    assert (found.shares["first"] <= found.shares["first_possible"]).all()
    assert (found.shares["first"] <= found.shares["among_first"]).all()
    both = found.pairwise.to_numpy() + found.pairwise.to_numpy().T
    assert (both <= 1 + 1e-12).all()


@given(studies(cells=known))
@examples
def test_a_dominated_site_is_never_first_where_the_other_is_not(study):
    table, criteria = study
    ranking = rank(table, criteria)
    found, beaten = smaa(ranking, draws=60), pareto(ranking)
    for site, told in beaten["dominated_by"].items():
        for better in filter(None, told.split(", ")):
            assert found.pairwise.at[site, better] == 0
            assert ranking.summary.at[better, "rank"] <= ranking.summary.at[site, "rank"]
    assert beaten["pareto"].any()


@given(studies())
@examples
def test_a_missing_value_filled_in_stays_within_its_interval(study):
    table, criteria = study
    filled = table.fillna(17.0)
    before, after = rank(table, criteria).summary, rank(filled, criteria).summary
    assert (after["score"] >= before["score_low"] - 1e-8).all()
    assert (after["score"] <= before["score_high"] + 1e-8).all()
    opened, closed = second_opinions(rank(table, criteria)), second_opinions(rank(filled, criteria))
    for name in ("geometric", "topsis"):
        assert (closed[name] >= opened[f"{name}_low"] - 1e-8).all()
        assert (closed[name] <= opened[f"{name}_high"] + 1e-8).all()
    draws = [smaa(rank(held, criteria), draws=40).shares for held in (table, filled)]
    assert (draws[1]["first"] >= draws[0]["first"]).all()
    assert (draws[1]["first"] <= draws[0]["first_possible"]).all()


@given(studies(cells=known))
@examples
def test_groups_add_up_to_the_score(study):
    table, criteria = study
    ranking = rank(table, criteria)
    parts = ranking.subtotals()
    assert parts.groupby("site")["weight"].sum().to_numpy() == pytest.approx(1)
    total = parts.groupby("site")["contribution"].sum()
    assert total[table.index].to_numpy() == pytest.approx(
        ranking.summary["score"].to_numpy(), abs=1e-7
    )


@given(st.data())
@examples
def test_weightings_keep_whatever_is_stated_without_a_circle(data):
    size = data.draw(st.integers(2, 7))
    names = [f"c{place}" for place in range(size)]
    row = data.draw(st.permutations(names))
    pairs = [(row[one], row[other]) for one in range(size) for other in range(one + 1, size)]
    said = data.draw(st.lists(st.sampled_from(pairs), max_size=6))
    drawn = draw_weightings(names, statements=said, draws=50)
    assert (drawn >= 0).all()
    assert drawn.sum(axis=1) == pytest.approx(1)
    for more, less in said:
        assert (drawn[:, names.index(more)] >= drawn[:, names.index(less)]).all()


@given(st.data())
@examples
def test_weightings_keep_statements_on_groups(data):
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    first = np.cumsum([0, *sizes])
    groups = {f"g{g}": list(range(first[g], first[g + 1])) for g in range(len(sizes))}
    names = [f"c{place}" for place in range(first[-1])]
    row = data.draw(st.permutations(list(groups)))
    pairs = [
        (row[one], row[other]) for one in range(len(row)) for other in range(one + 1, len(row))
    ]
    said = data.draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=4))
    drawn = draw_weightings(names, groups=groups, statements=said, draws=50)
    assert drawn.sum(axis=1) == pytest.approx(1)
    for more, less in said:
        above, below = (drawn[:, groups[name]].sum(axis=1) for name in (more, less))
        assert (above >= below - 1e-12).all()
