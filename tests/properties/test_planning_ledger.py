"""What holds of every ledger: cuts agree, order does not matter, a delay never closes a gap."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from renewal_gis.planning import (
    CUTS,
    DEFINITIONS,
    cumulative_gap,
    definition,
    half_years_between,
    ledger_entries,
    ledger_totals,
    reconcile,
    reconstitution,
    reconstitution_flows,
)

PRODUCTS = ("plai", "plus", "pls", "intermediate", "free")
names = st.sampled_from(["A", "B", "C", None])
days = st.dates(
    min_value=pd.Timestamp(2005, 1, 1).date(), max_value=pd.Timestamp(2016, 12, 31).date()
)


@st.composite
def programmes(draw):
    rows, steps = [], []
    for place in range(draw(st.integers(1, 8))):
        family = draw(st.sampled_from(["01", "02", "08"]))
        row = {"family": family, "on_site": draw(st.sampled_from([True, False, None]))}
        for name in ("project", "convention", "commune", "perimeter", "site"):
            row[name] = draw(names)
        counted = draw(st.lists(st.integers(0, 60), min_size=5, max_size=5))
        row["dwellings"] = sum(counted)
        if family == "02":
            row |= dict(zip(PRODUCTS, counted, strict=True))
        if family == "01":
            row["mining"] = draw(st.integers(0, row["dwellings"]))
        rows.append(row)
        step = "demolished" if family == "01" else "delivered"
        if draw(st.booleans()):
            steps.append(
                {"operation": f"OP{place}", "step": step, "planned_now": draw(days).isoformat()}
            )
    columns = ["family", "project", "convention", "commune", "perimeter", "site", "dwellings"]
    columns += [*PRODUCTS, "mining", "on_site"]
    operations = pd.DataFrame(rows, columns=columns, index=[f"OP{n}" for n in range(len(rows))])
    return operations, pd.DataFrame(steps, columns=["operation", "step", "planned_now"])


@settings(max_examples=15, deadline=None)
@given(programmes())
def test_every_cut_agrees_and_every_number_is_the_sum_of_its_rows(programme):
    operations, milestones = programme
    assert reconcile(operations, milestones=milestones)["agrees"].all()
    entries = ledger_entries(operations, milestones)
    for cut in CUTS:
        totals = ledger_totals(entries, by=cut)
        for movement, family in (("demolished", "01"), ("rebuilt", "02")):
            own = operations.loc[operations["family"] == family, "dwellings"]
            assert totals[movement].sum() == own.sum()
            if cut == "product":
                continue  # a row may count under several products
            for number, rows in zip(totals[movement], totals[f"{movement}_rows"], strict=True):
                assert (
                    operations.loc[[one for one in rows.split(", ") if one], "dwellings"].sum()
                    == number
                )


@settings(max_examples=15, deadline=None)
@given(programmes(), st.integers(0, 500))
def test_dwellings_before_less_demolished_plus_rebuilt_are_those_after(programme, before):
    operations, _ = programme
    totals = ledger_totals(ledger_entries(operations), by=["commune", "product"])
    after = before + totals["net"]
    assert (after == before - totals["demolished"] + totals["rebuilt"]).all()


@settings(max_examples=6, deadline=None)
@given(programmes(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_number(programme, random):
    operations, milestones = programme
    order = list(operations.index)
    random.shuffle(order)
    held = [definition("social_for_social"), definition("social_off_site")]
    numbers = ["definition", "stage", "demolished", "rebuilt", "ratio", "gap"]
    one = reconstitution(operations, milestones, definitions=held)[numbers]
    other = reconstitution(operations.loc[order], milestones.iloc[::-1], definitions=held)[numbers]
    pd.testing.assert_frame_equal(one, other)


@settings(max_examples=15, deadline=None)
@given(programmes())
def test_definitions_that_count_more_give_no_lower_ratio(programme):
    operations, _ = programme
    held = reconstitution(operations).query("stage == 'programmed'").set_index("definition")
    if held.at["all_for_all", "demolished"]:
        ratio = held["ratio"]
        assert ratio["plai_plus_for_all"] <= ratio["social_for_all"]
        assert (
            ratio["social_for_all"] <= ratio["social_intermediate_for_all"] <= ratio["all_for_all"]
        )
        assert ratio["social_on_site"] + ratio["social_off_site"] <= ratio["social_for_all"] + 1e-9
    assert set(held.index) == {one.id for one in DEFINITIONS}


@settings(max_examples=15, deadline=None)
@given(programmes(), st.integers(1, 1000))
def test_a_later_delivery_never_closes_the_gap(programme, late):
    operations, milestones = programme
    everything = definition("all_for_all")
    slipped = milestones.copy()
    built = slipped["step"] == "delivered"
    moved = pd.to_datetime(slipped.loc[built, "planned_now"]) + pd.Timedelta(days=late)
    slipped.loc[built, "planned_now"] = moved.dt.strftime("%Y-%m-%d")
    before, after = (
        cumulative_gap(operations, one, held=everything).set_index("half_year")["gap"]
        for one in (milestones, slipped)
    )
    if not len(before):
        return
    span = half_years_between(
        min(before.index[0], after.index[0]), max(before.index[-1], after.index[-1])
    )
    # Before its first half-year a gap is 0; after its last it stays as it was.
    before, after = (one.reindex(span).ffill().fillna(0) for one in (before, after))
    assert (after >= before).all()


@settings(max_examples=15, deadline=None)
@given(programmes())
def test_flows_lose_no_dwelling(programme):
    operations, _ = programme
    flows = reconstitution_flows(operations)
    assert (
        flows["dwellings"].sum() == operations.loc[operations["family"] == "02", "dwellings"].sum()
    )
    assert not flows.duplicated(["origin", "to_kind", "to"]).any()
