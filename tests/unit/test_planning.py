"""The programme ledger: totals, ratios, reconciliation."""

from __future__ import annotations

import pandas as pd
import pytest

from renewal_gis.planning import ledger_findings, one_for_one, programme_totals


def ledger(*rows):
    columns = ["family", "convention", "dwellings", "plai", "plus", "intermediate", "mining"]
    return pd.DataFrame(rows, columns=columns, index=[f"OP{n}" for n in range(len(rows))])


BEUVRAGES = ledger(
    ("01", "Beuvrages", 450, None, None, None, 172),
    ("02", "Beuvrages", 291, 100, 191, None, None),
    ("02", "Beuvrages", 150, None, None, 150, None),
    ("08", "Beuvrages", 999, None, None, None, None),
)


def test_beuvrages_has_the_published_ratios():
    total = programme_totals(BEUVRAGES).loc["total"]
    assert (total["demolished"], total["of_which_mining"], total["rebuilt"]) == (450, 172, 441)
    assert total["ratio"] == pytest.approx(0.98)
    assert total["rebuilt_social"] / total["demolished"] == pytest.approx(0.647, abs=5e-4)


def test_the_territory_has_the_published_ratio():
    assert one_for_one(pd.Series([1265]), pd.Series([1400])).round(3).tolist() == [0.904]


def test_nothing_demolished_has_no_ratio():
    assert one_for_one(pd.Series([10]), pd.Series([0])).isna().all()


def test_totals_drill_down_to_conventions():
    two = pd.concat([BEUVRAGES, BEUVRAGES.assign(convention="Anzin")])
    table = programme_totals(two)
    assert table.index.tolist() == ["Anzin", "Beuvrages", "total"]
    assert table.loc["total", "demolished"] == table["demolished"].iloc[:-1].sum()


def test_products_that_do_not_add_up_are_told():
    assert ledger_findings(BEUVRAGES) == []
    wrong = BEUVRAGES.assign(plus=[None, 190, None, None])
    (found,) = ledger_findings(wrong)
    assert (found.row, found.code) == ("OP1", "products-do-not-add-up")
    assert "290" in found.message
    assert "291" in found.message
