"""What became of communes, by INSEE's table of events: mergers, changes of code, splits, chains.

Shape of `v_mvt_commune_2025.csv` (INSEE, Code officiel géographique: commas, UTF-8, fourteen columns, days as
2019-01-01), as insee.fr describes it and as public code that imports it reads it; some rows come twice there.
The events are real but for those of department 99.
"""

from __future__ import annotations

import datetime as dt
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box
from small_study import write_small_study

from renewal_gis.config import read_study_file
from renewal_gis.errors import DataError, LayerReadError, StudyFileError
from renewal_gis.loading import load
from renewal_gis.schema import code_of_today
from renewal_gis.sources.known.commune_events import read_commune_events
from renewal_gis.territories import Succession, day_of_vintage, with_codes_of_today, with_old_codes

HEAD = (
    "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,"
    "TYPECOM_AP,COM_AP,TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP\n"
)
ROWS = """\
32,2019-01-01,COM,01033,0,BELLEGARDE SUR VALSERINE,Bellegarde-sur-Valserine,Bellegarde-sur-Valserine,COM,01033,0,VALSERHONE,Valserhône,Valserhône
32,2019-01-01,COM,01033,0,BELLEGARDE SUR VALSERINE,Bellegarde-sur-Valserine,Bellegarde-sur-Valserine,COMD,01033,0,BELLEGARDE SUR VALSERINE,Bellegarde-sur-Valserine,Bellegarde-sur-Valserine
32,2019-01-01,COM,01091,0,CHATILLON EN MICHAILLE,Châtillon-en-Michaille,Châtillon-en-Michaille,COM,01033,0,VALSERHONE,Valserhône,Valserhône
32,2019-01-01,COM,01091,0,CHATILLON EN MICHAILLE,Châtillon-en-Michaille,Châtillon-en-Michaille,COMD,01091,0,CHATILLON EN MICHAILLE,Châtillon-en-Michaille,Châtillon-en-Michaille
41,2018-01-01,COM,49144,0,FREIGNE,Freigné,Freigné,COM,44225,0,FREIGNE,Freigné,Freigné
32,2018-01-01,COM,44225,0,FREIGNE,Freigné,Freigné,COM,44180,3,VALLONS DE L ERDRE,Vallons-de-l'Erdre,Vallons-de-l'Erdre
32,2018-01-01,COM,44180,0,SAINT MARS LA JAILLE,Saint-Mars-la-Jaille,Saint-Mars-la-Jaille,COM,44180,3,VALLONS DE L ERDRE,Vallons-de-l'Erdre,Vallons-de-l'Erdre
32,2016-01-01,COM,85084,5,ESSARTS,Essarts,Les Essarts,COM,85084,1,ESSARTS EN BOCAGE,Essarts-en-Bocage,Essarts-en-Bocage
32,2016-01-01,COM,85165,1,OIE,Oie,L'Oie,COM,85084,1,ESSARTS EN BOCAGE,Essarts-en-Bocage,Essarts-en-Bocage
21,2024-01-01,COM,85084,1,ESSARTS EN BOCAGE,Essarts-en-Bocage,Essarts-en-Bocage,COM,85084,1,ESSARTS EN BOCAGE,Essarts-en-Bocage,Essarts-en-Bocage
21,2024-01-01,COMD,85165,1,OIE,Oie,L'Oie,COM,85165,1,OIE,Oie,L'Oie
21,2024-01-01,COM,60054,4,HAUTS TALICAN,Hauts-Talican,Les Hauts-Talican,COM,60054,0,BEAUMONT LES NONAINS,Beaumont-les-Nonains,Beaumont-les-Nonains
50,2024-01-01,COM,60054,4,HAUTS TALICAN,Hauts-Talican,Les Hauts-Talican,COM,60694,4,HAUTS TALICAN,Hauts-Talican,Les Hauts-Talican
31,1973-01-01,COM,99001,0,A,A,A,COM,99002,0,B,B,B
31,1973-01-01,COM,99002,0,B,B,B,COM,99002,0,B,B,B
33,1990-07-01,COM,99002,0,B,B,B,COM,99003,0,C,C,C
33,1990-07-01,COM,99002,0,B,B,B,COMA,99002,0,B,B,B
34,1999-01-01,COMA,99002,0,B,B,B,COM,99003,0,C,C,C
50,2015-06-01,COM,99003,0,C,C,C,COM,99004,0,C,C,C
50,2015-06-01,COM,99003,0,C,C,C,COM,99004,0,C,C,C
30,1950-05-02,COM,99010,0,X,X,X,COM,99011,0,Y,Y,Y
30,1950-05-02,COM,99010,0,X,X,X,COM,99012,0,Z,Z,Z
10,2001-03-01,COM,99012,0,Z,Z,Z,COM,99012,0,ZZ,Zz,Zz
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "v_mvt_commune_2025.csv"
    path.write_text(HEAD + ROWS, encoding="utf-8")
    return path


@pytest.fixture
def events(table):
    return read_commune_events(table).table


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("code", "since", "now"),
    [
        ("01091", "2018-01-01", ["01033"]),  # 32
        ("01033", "2018-01-01", ["01033"]),
        ("01091", None, ["01033"]),
        # A file of 2023 that still writes a code of 2018.
        ("01091", "2023-01-01", ["01033"]),
        # 41, then 32 on the same day.
        ("49144", "2015-01-01", ["44180"]),
        ("44225", None, ["44180"]),
        # 31, 33, 34, 50 over 42 years, and from the middle of the chain.
        ("99001", "1970-01-01", ["99004"]),
        ("99001", None, ["99004"]),
        ("99003", "2000-01-01", ["99004"]),
        # 21 and 50: what Les Hauts-Talican was is two communes now; the code alone means one of them.
        ("60054", "2023-01-01", ["60054", "60694"]),
        ("60054", "2024-01-01", ["60054"]),
        ("60054", None, ["60054"]),
        # 21 told by the delegated commune only.
        ("85084", "2020-01-01", ["85084", "85165"]),
        ("85084", "2024-06-01", ["85084"]),
        ("85165", "2024-06-01", ["85165"]),
        ("85165", None, ["85165"]),
        # L'Oie before it merged: its territory went into one that was split; nothing says which part.
        ("85165", "2015-01-01", ["85084", "85165"]),
        # 30: divided between two.
        ("99010", None, ["99011", "99012"]),
        ("99012", "2000-01-01", ["99012"]),  # 10: only the name
        ("59014", "1950-01-01", ["59014"]),
    ],
)
def test_codes_followed_to_today(events, code, since, now):
    found = Succession(events).codes_of(code, since=day(since) if since else None)
    assert list(found) == now


def test_what_has_not_happened_yet_for_the_outlines_is_not_followed(events):
    of_2018 = Succession(events, until=day("2018-06-01"))
    assert of_2018.codes_of("01091", since=day("2015-01-01")) == ("01091",)
    assert of_2018.codes_of("85084", since=day("2017-01-01")) == ("85084",)
    assert of_2018.codes_of("85165", since=day("2015-01-01")) == ("85084",)
    # An event of the day of the outlines has happened: INSEE's codes are those of 1 January.
    assert Succession(events, until=day("2019-01-01")).codes_of("01091") == ("01033",)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_code_ends_in_codes_nothing_happens_to_any_more(data):
    """Random mergers and changes of code, at random days: the end is alive, and found from any day before."""
    codes = [f"990{n:02d}" for n in range(8)]
    alive, rows, born = set(codes), [], {}
    days = sorted(data.draw(st.lists(st.integers(0, 3000), min_size=1, max_size=6, unique=True)))
    parent = {}
    for number, offset in enumerate(days):
        if len(alive) < 2:
            break
        gone = data.draw(st.sampled_from(sorted(alive)))
        merged = data.draw(st.booleans())
        into = data.draw(st.sampled_from(sorted(alive - {gone}))) if merged else f"991{number:02d}"
        rows.append(
            (
                31 if merged else 50,
                day("2000-01-01") + dt.timedelta(offset),
                "COM",
                gone,
                "COM",
                into,
            )
        )
        born[into] = offset
        alive = alive - {gone} | {into}
        parent[gone] = into
    events = pd.DataFrame(
        rows, columns=["kind", "date", "kind_before", "before", "kind_after", "after"]
    )
    succession = Succession(events)
    for code in codes:
        end = code
        while end in parent:  # an oracle without days: each code ends once
            end = parent[end]
        assert succession.codes_of(code) == (end,)
        assert succession.codes_of(code, since=day("1999-01-01")) == (end,)
        assert succession.codes_of(code, since=day("2020-01-01")) == (end,)
        assert end in alive


NAMES = ["kind", "date", "kind_before", "before", "kind_after", "after"]


def succession_of(*rows):
    return Succession(pd.DataFrame(list(rows), columns=NAMES))


def test_a_part_that_is_whole_again_leaves_the_commune_that_holds_it_now():
    """99021 is associated to 99022, which merges into 99023 and takes it along: that one is split."""
    first, then, last = day("1972-01-01"), day("1980-01-01"), day("1990-01-01")
    held = succession_of(
        (33, first, "COM", "99021", "COM", "99022"),
        (33, first, "COM", "99021", "COMA", "99021"),
        (33, then, "COM", "99022", "COM", "99023"),
        (33, then, "COM", "99022", "COMA", "99022"),
        (21, last, "COM", "99023", "COM", "99023"),
        (21, last, "COMA", "99021", "COM", "99021"),
    )
    assert held.codes_of("99021") == ("99021",)
    assert held.codes_of("99023", since=day("1985-01-01")) == ("99021", "99023")
    assert held.codes_of("99022", since=day("1975-01-01")) == ("99021", "99023")
    assert held.codes_of("99022") == ("99021", "99023")
    # What merges into a commune that is whole again follows that one, and no longer what held it.
    again = succession_of(
        (33, first, "COM", "99021", "COM", "99022"),
        (21, then, "COMA", "99021", "COM", "99021"),
        (33, last, "COM", "99024", "COM", "99021"),
        (21, day("2000-01-01"), "COMA", "99024", "COM", "99024"),
    )
    assert again.codes_of("99021", since=day("1995-01-01")) == ("99021", "99024")
    assert again.codes_of("99022", since=day("1995-01-01")) == ("99022",)


def test_what_is_left_of_a_commune_keeps_its_code_when_another_is_made_of_it():
    made = succession_of((20, day("2001-01-01"), "COM", "99031", "COM", "99032"))
    assert made.codes_of("99031") == ("99031",)
    assert made.codes_of("99031", since=day("2000-01-01")) == ("99031", "99032")


def test_communes_that_exchange_their_codes_are_not_followed_in_circles():
    swap = succession_of(
        (50, day("2000-01-01"), "COM", "99041", "COM", "99042"),
        (50, day("2000-01-01"), "COM", "99042", "COM", "99041"),
    )
    assert swap.codes_of("99041", since=day("1999-01-01")) == ("99042",)
    assert swap.codes_of("99042", since=day("1999-01-01")) == ("99041",)


_ANY = st.tuples(
    st.sampled_from([10, 20, 21, 30, 31, 32, 33, 34, 41, 50]),
    st.sampled_from([dt.date(2000, 1, 1), dt.date(2001, 1, 1), dt.date(2002, 1, 1)]),
    st.sampled_from(["COM", "COMA"]), st.sampled_from("ABCDE"),
    st.sampled_from(["COM", "COMA"]), st.sampled_from("ABCDE"),
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(st.lists(_ANY, max_size=12), st.sampled_from([None, 1999, 2000, 2001, 2003]))
def test_whatever_the_rows_say_following_them_ends(rows, year):
    held = succession_of(*rows)
    since = None if year is None else dt.date(year, 6, 1)
    for code in "ABCDE":
        after = held.codes_of(code, since=since)
        assert after
        assert set(after) <= set("ABCDE")


def outlines(*codes):
    shapes = [box(n, 0, n + 1, 1) for n in range(len(codes))]
    return gpd.GeoDataFrame({"name": list(codes)}, index=list(codes), geometry=shapes, crs=2154)


def test_the_communes_list_the_codes_that_went_into_them(events):
    communes = outlines("01033", "44180", "59014").assign(old_codes=["01091 01205", None, None])
    held = with_old_codes(communes, Succession(events))
    assert held["old_codes"].fillna("").tolist() == ["01091 01205", "44225 49144", ""]
    assert code_of_today("49144", held) == "44180"
    assert "old_codes" not in with_old_codes(outlines("59014"), Succession(events))


def test_tables_take_the_codes_of_today_and_splits_are_told(events):
    tables = {
        "communes": outlines("01033", "60054", "60694"),
        "stock": pd.DataFrame({"commune": ["01091", "01033", "60054", None, "75056"]}, index=list("abcde")),
        "commune_dwellings": pd.DataFrame(
            {"dwellings": [100.0, 40.5, 7.0]}, index=pd.Index(["01033", "01091", "60694"], name="INSEE code")
        ),
    }  # fmt: skip
    before = {name: table.copy() for name, table in tables.items()}
    days = {"stock": day("2018-01-01"), "commune_dwellings": None}
    now, found = with_codes_of_today(tables, Succession(events), days=days)
    assert now["stock"]["commune"].fillna("").tolist() == ["01033", "01033", "60054", "", "75056"]
    assert now["commune_dwellings"]["dwellings"].to_dict() == {"01033": 140.5, "60694": 7.0}
    told = {(one.layer, one.code): one.message for one in found}
    assert (
        told["stock", "code-followed"]
        == "01091 is 01033 since 2019-01-01: one row is read as 01033."
    )
    assert told["stock", "commune-split"].startswith(
        "The territory 60054 meant is now in 60054, 60694 (event of 2024-01-01): one row kept the code"
    )
    assert len(found) == 3
    for name, table in tables.items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(before[name]))


@pytest.mark.parametrize(
    ("text", "first"),
    [("2019", "2019-01-01"), ("BPE 2023", "2023-01-01"), ("2025-01", "2025-01-01"),
     ("2026-01-04", "2026-01-04"), ("", None), ("2015 à 2020", None), ("v20199", None),
     ("2026-02.a", "2026-02-01"), ("2026-13", "2026-01-01")],
)  # fmt: skip
def test_the_day_of_a_vintage(text, first):
    assert day_of_vintage(text) == (day(first) if first else None)


# ---- The file --------------------------------------------------------------------------------------------


def test_the_file_is_read_with_its_repetitions_and_its_credit(table):
    loaded = read_commune_events(table)
    (origin,) = loaded.provenance
    assert (origin.rows_in, origin.rows_kept) == (23, 22)
    assert origin.attribution == "INSEE – Code officiel géographique"
    assert origin.vintage == "2024-01-01"
    assert loaded.table["before"].tolist()[0] == "01033"
    (note,) = loaded.findings
    assert (note.code, note.count) == ("repeated-event", 1)


def test_it_is_found_in_the_zip_of_all_codes(tmp_path, table):
    path = tmp_path / "cog_ensemble_2025_csv.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("v_commune_2025.csv", "TYPECOM,COM\nCOM,01033\n")
        archive.writestr("v_mvt_commune_2025.csv", table.read_text(encoding="utf-8"))
    assert read_commune_events(path).table.equals(read_commune_events(table).table)
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("v_commune_2025.csv", "v_region_2025.csv"):
            archive.writestr(name, "TYPECOM,COM\nCOM,01033\n")
    with pytest.raises(LayerReadError, match="holds 2 files that could be meant"):
        read_commune_events(path)


def test_the_names_of_2019_and_a_kind_nobody_knows(tmp_path):
    path = tmp_path / "mvtcommune-01012019.csv"
    more = "88,2019-01-01,COM,01091,0,A,A,A,COM,01033,0,B,B,B\n"
    held = ROWS.replace("2019-01-01", "01/01/2019") + more
    path.write_text(HEAD.lower() + held, encoding="utf-8")
    loaded = read_commune_events(path)
    assert Succession(loaded.table).codes_of("01091") == ("01033",)
    counts = {one.code: one.count for one in loaded.findings}
    assert counts == {"unknown-event": 1, "repeated-event": 1}
    assert "MOD 88" in loaded.findings[0].message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("COM,LIBELLE\n01033,Valserhône\n", "lacks MOD, DATE_EFF"),
        (HEAD + ROWS.replace("2018-01-01", "01/01/18"), "DATE_EFF = '01/01/18' is no day"),
        ("<html><body>404</body></html>", "web page"),
    ],
)
def test_another_file_is_refused(tmp_path, text, told):
    path = tmp_path / "v_mvt_commune_2025.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LayerReadError, match=told):
        read_commune_events(path)


# ---- A study ---------------------------------------------------------------------------------------------


@pytest.fixture
def study(tmp_path, table):
    """Give the small study communes of real codes, and services of an older year."""
    path = write_small_study(tmp_path)
    communes = gpd.read_file(tmp_path / "communes.gpkg")
    communes.assign(id=["01033", "60054"]).to_file(tmp_path / "communes.gpkg")
    sites = gpd.read_file(tmp_path / "sites.geojson")
    sites = sites.assign(
        commune=["01091", "60054"][: len(sites)] + ["01033"] * max(0, len(sites) - 2)
    )
    sites.to_file(tmp_path / "sites.geojson")
    text = path.read_text().replace('["N"]', '["01033"]').replace('["S"]', '["60054"]')
    text = text.replace(
        'sites = "sites.geojson"', 'sites = { path = "sites.geojson", vintage = "2018" }'
    )
    path.write_text(text + '\n[communes]\nevents = "v_mvt_commune_2025.csv"\n')
    return path


def test_a_study_names_the_table_as_it_is_published(study):
    held = load(study)
    assert held.tables["communes"].loc["01033", "old_codes"] == "01091"
    assert "01091" not in set(held.tables["sites"]["commune"])
    told = {one.code: one.message for one in held.findings if one.layer == "sites"}
    assert "01091 is 01033 since 2019-01-01" in told["code-followed"]
    assert "60054, 60694" in told["commune-split"]
    assert not [one for one in held.findings if one.code == "unknown-reference"]
    assert [one.file for one in held.consulted if one.layer == "commune_events"] == [
        "v_mvt_commune_2025.csv"
    ]


def test_a_sector_that_lists_an_old_code_says_which_to_write(study):
    study.write_text(study.read_text().replace('corridor = ["01033"]', 'corridor = ["01091"]'))
    with pytest.raises(DataError, match=r"sectors.corridor: 01091 merged into 01033: write 01033"):
        load(study)


def test_a_table_that_is_not_there_and_a_wrong_key(study):
    text = study.read_text()
    study.write_text(text.replace("v_mvt_commune_2025", "v_mvt_commune_2024"))
    with pytest.raises(DataError, match=r"no such file.*v_mvt_commune_2025.csv") as fault:
        load(study)
    assert str(fault.value).count("no such file") == 1
    study.write_text(text.replace("v_mvt", "https://sig:s3cret@base.example/v_mvt"))
    with pytest.raises(
        StudyFileError, match=r"communes.events: is no file but .* an address"
    ) as told:
        load(study)
    assert "s3cret" not in str(told.value)
    study.write_text(text.replace("events =", "event ="))
    with pytest.raises(StudyFileError, match=r"communes.event: unknown key; did you mean 'events'"):
        read_study_file(study)
    study.write_text(text.replace('events = "v_mvt_commune_2025.csv"', "events = 3"))
    with pytest.raises(StudyFileError, match=r"communes.events: must be text"):
        read_study_file(study)
