"""Rules: the catalogue of both profiles, their verdicts, overrides, and rules of one's own."""

from __future__ import annotations

import re

import geopandas as gpd
import pandas as pd
import pytest
from demo_tables import demo
from shapely import Point, box

from renewal_gis.errors import CRSError, DataError, LayerReadError, UsageError
from renewal_gis.planning import (
    PROFILES,
    SEVERITIES,
    VERDICTS,
    Override,
    catalogue,
    evaluate,
    programme_facts,
    read_rules,
    with_rules,
)
from renewal_gis.scoring import constraint_shares
from renewal_gis.sources import read_rule_text

OWN = """
[fields.site.noise_db]
unit = "dB"
en = "Noise at the facade"
fr = "Bruit en façade"

[[rules]]
id = "OWN-01"
profiles = ["NPNRU"]
scope = "site"
en = "Quiet and large enough"
fr = "Calme et assez grand"
value = "noise_db"
test = "value < threshold and capacity >= 10"
threshold = 65
unit = "dB"
severity = "warning"
citation = "Steering committee of the site"
verified = true
"""


def one(rule, scope, facts, *, profile="NPNRU", **rest):
    """Return the verdicts of one rule over a table of facts, as dictionaries."""
    table = evaluate(catalogue(), {scope: pd.DataFrame(facts)}, profile=profile, **rest)
    return table[table["rule"] == rule].to_dict("records")


def test_the_catalogue_holds_every_rule_of_the_domain():
    families = {"-".join(rule.id.split("-")[:2]) for rule in catalogue().rules}
    assert families == {
        *(f"REC-0{n}" for n in range(1, 10)),
        *(f"REL-0{n}" for n in range(1, 5)),
        *(f"CAL-0{n}" for n in range(1, 4)),
        *(f"FIN-0{n}" for n in range(1, 4)),
        "DIV-01", "SRU-01", "HAZ-01", "HAZ-02", "HER-01", "PKG-01", "TCU-01",
    }  # fmt: skip


def test_each_rule_says_everything_about_itself():
    for rule in catalogue().rules:
        assert set(rule.profiles) <= set(PROFILES), rule.id
        assert rule.severity in SEVERITIES, rule.id
        assert rule.en, rule.id
        assert rule.fr, rule.id
        assert rule.citation, rule.id
        assert rule.citation_fr, rule.id
        # An address aside, nothing of it is English, and its signs are bound as in print.
        told = re.sub(r"https?://\S+", "", rule.citation_fr)
        assert not re.search(r"\b(?:the|of|and|use|read|no text|choice)\b", told), rule.id
        for text in (rule.fr, rule.citation_fr):
            assert not re.search(r" [;:?!»%]|« |[“”]", text), rule.id
    assert set(SEVERITIES.values()) <= set(VERDICTS)
    unread = {rule.id for rule in catalogue().rules if not rule.verified}
    # What the notes of the domain only know by hearsay must say so.
    assert {"REC-05", "REL-04-SMALL", "FIN-03", "SRU-01", "HER-01", "DIV-01"} <= unread


def test_the_two_profiles_ask_for_different_things():
    old, new = (
        {rule.id for rule in catalogue().rules if profile in rule.profiles} for profile in PROFILES
    )
    assert "REC-01" in old - new
    assert {"REC-02", "REC-03", "REC-04", "CAL-01"} <= new - old
    assert {"HAZ-01", "REL-01", "REC-06"} <= old & new


@pytest.mark.parametrize(
    ("plai", "plus", "verdict"), [(60, 40, "pass"), (59, 41, "derogation"), (0, 1, "derogation")]
)
def test_sixty_percent_plai(plai, plus, verdict):
    facts = {"plai": [plai], "plus": [plus]}
    (held,) = one("REC-04", "convention", facts)
    assert (held["verdict"], held["threshold"]) == (verdict, 0.6)
    assert held["value"] == pytest.approx(plai / (plai + plus))


def test_a_rule_says_nothing_of_subjects_it_is_not_about():
    assert one("REC-04", "convention", {"plai": [0], "plus": [0]}) == []


@pytest.mark.parametrize(("metres", "verdict"), [(499, "pass"), (500, "pass"), (501, "warn")])
def test_the_radius_of_a_station_is_a_straight_line(metres, verdict):
    site = gpd.GeoDataFrame(
        {"capacity": [10]}, geometry=[box(0, 0, 100, 100)], index=["S"], crs=2154
    )
    stops = gpd.GeoDataFrame(
        {"mode": ["tram", "bus"]}, geometry=[Point(100 + metres, 50), Point(110, 50)], crs=2154
    )
    facts = programme_facts(operations=LEDGER, sites=site, stops=stops)
    held = evaluate(catalogue(), facts, profile="NPNRU").query("rule == 'PKG-01'").iloc[0]
    assert (held["verdict"], held["value"]) == (verdict, metres)


LEDGER = pd.DataFrame(
    {
        "family": ["01", "02", "11"],
        "convention": ["K", "K", "K"],
        "commune": ["A", "B", None],
        "perimeter": ["Z", "Z", None],
        "dwellings": [100, 80, 0],
        "plai": [None, 50, None],
        "plus": [None, 30, None],
        "anru_eur": [None, None, 600.0],
        "base_eur": [None, None, 1000.0],
    },
    index=["OP1", "OP2", "OP3"],
)
MILESTONES = pd.DataFrame(
    [
        ("OP1", "engaged", "2025-01-01"),
        ("OP1", "rehoused", "2026-06-01"),
        ("OP1", "demolished", "2026-05-01"),
        ("OP2", "engaged", "2026-07-01"),
        ("OP2", "permit", "2026-08-01"),
        ("OP2", "works_ordered", "2026-08-01"),
        ("OP3", "engaged", "2025-01-01"),
    ],
    columns=["operation", "step", "planned_now"],
)


def judged(profile="NPNRU", *, overrides=(), **tables):
    facts = programme_facts(operations=LEDGER, milestones=MILESTONES, **tables)
    table = evaluate(catalogue(), facts, profile=profile, overrides=overrides)
    return table.set_index(["rule", "subject"])


def test_dates_out_of_order_are_found():
    held = judged()
    assert held.at[("REL-01", "OP1"), "verdict"] == "blocking"
    assert held.at[("CAL-02", "OP2"), "verdict"] == "pass"
    assert held.at[("CAL-02-END", "OP2"), "verdict"] == "cannot-be-evaluated"
    assert held.at[("CAL-02-END", "OP2"), "missing"] == "delivered"


def test_an_engagement_after_the_deadline_blocks_and_a_missing_one_is_said():
    assert judged().at[("CAL-01", "K"), "verdict"] == "blocking"
    assert judged().at[("CAL-01", "K"), "value"] == 20260701
    facts = programme_facts(operations=LEDGER, milestones=MILESTONES.iloc[:-1])
    held = evaluate(catalogue(), facts, profile="NPNRU").set_index(["rule", "subject"])
    assert held.at[("CAL-01", "K"), "verdict"] == "cannot-be-evaluated"
    assert held.at[("CAL-01", "K"), "missing"] == "last_engagement"


def test_engineering_is_paid_at_most_half():
    assert judged().at[("FIN-02", "OP3"), "verdict"] == "warn"
    assert judged().at[("FIN-02", "OP3"), "value"] == pytest.approx(0.6)


def test_the_law_and_the_practice_part_at_the_border():
    communes = pd.DataFrame({"epci": ["E1", "E2"]}, index=["A", "B"])
    held = judged(communes=communes, urban_unit=["A", "B"], epci="E1")
    assert held.at[("REC-06", "OP2"), "verdict"] == "pass"
    assert held.at[("REC-06-EPCI", "OP2"), "verdict"] == "warn"
    assert held.at[("REC-06-EPCI", "OP1"), "verdict"] == "pass"
    assert held.at[("REC-06-EPCI", "OP3"), "verdict"] == "cannot-be-evaluated"
    assert judged(urban_unit=["A"]).at[("REC-06", "OP2"), "verdict"] == "blocking"
    assert judged().at[("REC-06", "OP2"), "missing"] == "in_urban_unit"


def test_data_judged_by_the_rules_of_another_programme_are_labelled():
    perimeters = pd.DataFrame({"programme": ["PNRU"]}, index=["Z"])
    new, old = (judged(profile, perimeters=perimeters) for profile in ("NPNRU", "PNRU"))
    assert (
        new.at[("REC-02", "K"), "label_en"]
        == "Project of the PNRU judged by the rules of the NPNRU"
    )
    assert new.at[("REC-02", "K"), "label_fr"].startswith("Projet du PNRU")
    assert set(old["label_en"]) == {""}


def test_what_the_study_knows_besides_completes_the_facts():
    more = {
        "convention": pd.DataFrame({"agreed_rate": [0.8]}, index=["K"]),
        "commune": pd.DataFrame(
            {
                "social_dwellings": [40, 60],
                "main_residences": [100, 100],
                "social_target": [0.2, 0.2],
            },
            index=["A", "B"],
        ),
    }
    held = judged(more=more)
    assert held.at[("REC-02", "K"), "verdict"] == "pass"
    assert held.at[("REC-02", "K"), "value"] == pytest.approx(0.8)
    assert held.at[("REC-05", "B"), "verdict"] == "derogation"
    # A loses 100 dwellings, more than it holds; B gains 80: (60 + 80) of (100 + 80).
    assert held.at[("SRU-01", "B"), "value"] == pytest.approx(140 / 180)
    with pytest.raises(DataError, match="Q is in no table"):
        judged(more={"convention": pd.DataFrame({"agreed_rate": [1]}, index=["Q"])})
    with pytest.raises(UsageError, match="No scope 'town'"):
        judged(more={"town": pd.DataFrame()})


def test_zones_no_layer_draws_are_unknown_and_not_absent():
    site = gpd.GeoDataFrame({"capacity": [10]}, geometry=[box(0, 0, 10, 10)], index=["S"], crs=2154)
    zones = gpd.GeoDataFrame(
        {"kind": ["QPV", "mining"], "level": ["derogation", "veto"]},
        geometry=[box(0, 0, 1, 10), box(50, 0, 60, 10)],
        crs=2154,
    )
    held = judged(sites=site, constraints=zones, shares=constraint_shares(site, zones))
    assert held.at[("REC-03", "S"), "verdict"] == "derogation"
    assert held.at[("REC-03", "S"), "value"] == pytest.approx(0.1)
    assert held.at[("REC-03-NEAR", "S"), "value"] == 0
    assert held.at[("HAZ-01", "S"), "verdict"] == "pass"
    assert held.at[("HAZ-02", "S"), "missing"] == "flood_veto, pollution_veto"
    assert held.at[("HER-01", "S"), "verdict"] == "cannot-be-evaluated"
    with pytest.raises(CRSError, match="not in one CRS"):
        judged(sites=site, constraints=zones.set_crs(3857, allow_override=True))


def test_personal_data_in_the_ledger_block():
    assert judged().at[("REL-04", "programme"), "verdict"] == "pass"
    facts = programme_facts(operations=LEDGER.assign(Nom_locataire="x"))
    held = evaluate(catalogue(), facts, profile="NPNRU").set_index("rule")
    assert held.at["REL-04", "verdict"] == "blocking"


def test_a_scope_without_facts_is_said_and_not_skipped():
    table = evaluate(catalogue(), {}, profile="PNRU")
    assert set(table["verdict"]) == {"cannot-be-evaluated"}
    assert len(table) == sum("PNRU" in rule.profiles for rule in catalogue().rules)
    assert set(table["missing"].str.partition(":")[0]) == {"table of facts"}


def test_an_override_sets_a_verdict_aside_and_stays_in_the_report():
    override = Override(
        rule="REL-01", subject="OP1", reason="Building empty since 2020", author_role="préfet"
    )
    held = judged(overrides=[override]).loc[("REL-01", "OP1")]
    assert (held["verdict"], held["verdict_before"]) == ("pass", "blocking")
    assert (held["reason"], held["author_role"]) == ("Building empty since 2020", "préfet")


def test_overrides_must_say_why_who_and_of_what():
    with pytest.raises(DataError, match="has no reason"):
        Override(rule="REL-01", subject="OP1", reason=" ", author_role="préfet")
    with pytest.raises(DataError, match="has no author_role"):
        Override(rule="REL-01", subject="OP1", reason="empty", author_role="")
    good = Override(rule="REL-01", subject="OP1", reason="empty", author_role="préfet")
    with pytest.raises(DataError, match="REL-01 for 'OP1' is overridden twice"):
        judged(overrides=[good, good])
    stray = Override(rule="REL-99", subject="OP1", reason="empty", author_role="préfet")
    with pytest.raises(DataError, match="no verdict is given by REL-99 for 'OP1'"):
        judged(overrides=[stray])


def test_a_profile_nobody_has_is_said():
    with pytest.raises(UsageError, match="profile 'ANRU2'"):
        evaluate(catalogue(), {}, profile="ANRU2")


def test_the_demonstration_has_a_verdict_for_every_rule():
    sites, zones = demo("sites"), demo("constraints")
    facts = programme_facts(
        operations=demo("operations"),
        milestones=demo("milestones"),
        perimeters=demo("perimeters"),
        communes=demo("communes"),
        sites=sites,
        constraints=zones,
        shares=constraint_shares(sites, zones),
        urban_unit=list(demo("communes").index),
        epci="245901160",
    )
    for profile in PROFILES:
        table = evaluate(catalogue(), facts, profile=profile)
        asked = {rule.id for rule in catalogue().rules if profile in rule.profiles}
        about_nobody = {"FIN-02"}  # the demonstration has no engineering
        assert set(table["rule"]) == asked - about_nobody
        told = table["verdict"] == "cannot-be-evaluated"
        assert (table.loc[told, "missing"] != "").all()
        assert (table.loc[~told, "missing"] == "").all()
    escautpont = table[(table["rule"] == "REC-06-EPCI") & (table["verdict"] == "warn")]
    assert escautpont["subject"].tolist() == ["OP002", "OP014", "OP037"]


def test_rules_of_ones_own_join_the_catalogue():
    book = with_rules(catalogue(), OWN, file="own.toml")
    facts = {"site": pd.DataFrame({"noise_db": [60.0, 70.0, None], "capacity": [20, 20, 20]})}
    held = evaluate(book, facts, profile="NPNRU").query("rule == 'OWN-01'")
    assert held["verdict"].tolist() == ["pass", "warn", "cannot-be-evaluated"]
    assert held["missing"].tolist() == ["", "", "noise_db"]


def test_a_national_rule_is_replaced_only_on_purpose():
    text = OWN.replace("OWN-01", "PKG-01")
    with pytest.raises(DataError, match="already called PKG-01"):
        with_rules(catalogue(), text, file="own.toml")
    book = with_rules(catalogue(), text + "replaces = true\n", file="own.toml")
    assert book.rule("PKG-01").threshold == 65
    assert len(book.rules) == len(catalogue().rules)
    with pytest.raises(DataError, match="OWN-01 replaces no rule"):
        with_rules(catalogue(), OWN + "replaces = true\n", file="own.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"site"', '"sites"', "scope = 'sites' is not known. The nearest is 'site'"),
        ('"warning"', '"warn"', "severity = 'warn' is not known. The nearest is 'warning'"),
        ("threshold = 65", "treshold = 65", "unknown key 'treshold'. The nearest is 'threshold'"),
        ("threshold = 65", "threshold = nan", "threshold is not a finite number"),
        ("threshold = 65", "", "uses threshold, which the rule does not give"),
        ('value = "noise_db"', "", "uses value, which the rule does not give"),
        ("verified = true", "verified = 1", "verified must be true or false"),
        ("verified = true", "", "verified must be true or false"),
        ('profiles = ["NPNRU"]', "profiles = []", "profiles must list at least one"),
        ('fr = "Calme et assez grand"', 'fr = ""', "fr is missing, empty or not a text"),
        ("noise_db]", "value]", "'value' cannot name a field"),
        ("capacity", "capacite", "no field is called capacite"),
        ('unit = "dB"\nen', "en", "noise_db needs unit, en and fr"),
        ("[[rules]]", "[rules]", "must be written"),
        ("[[rules]]", "[[rules", "not a TOML file"),
        ("[[rules]]", "[[rule]]", "unknown key 'rule'. The nearest is 'rules'"),
    ],
)
def test_a_faulty_rule_file_gets_a_sentence(old, new, message):
    with pytest.raises(DataError, match=message) as caught:
        read_rules(OWN.replace(old, new, 1), file="own.toml", known=catalogue())
    assert "own.toml" in str(caught.value)


def test_all_faults_are_told_at_once():
    text = OWN.replace("65", '"65"').replace('"warning"', '"grave"')
    with pytest.raises(DataError, match="2 faults"):
        read_rules(text, file="own.toml", known=catalogue())


def test_two_rules_of_one_name_are_refused():
    rule = OWN[OWN.index("[[rules]]") :]
    with pytest.raises(DataError, match="OWN-01 is used by several rules"):
        read_rules(OWN + rule, file="own.toml", known=catalogue())


def test_rule_files_are_read_with_care(tmp_path):
    good = tmp_path / "own.toml"
    good.write_text(OWN, encoding="utf-8")
    assert read_rule_text(good) == OWN
    (tmp_path / "latin.toml").write_bytes("é".encode("latin-1"))
    (tmp_path / "large.toml").write_bytes(b"#" * 1_000_001)
    for name, message in (
        ("latin.toml", "UTF-8"),
        ("large.toml", "1000000 bytes"),
        ("absent.toml", "no such file"),
    ):
        with pytest.raises(LayerReadError, match=message):
            read_rule_text(tmp_path / name)
