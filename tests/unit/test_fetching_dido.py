"""A set of files of the State's statistics: which file is taken, by title and vintage, and when none is.

Shape of DiDo's answer for a data set (`datafiles`, each with `rid`, `title` and `millesimes`), as public code
that reads Sitadel's set of four files tells it.
"""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from small_fetching import HERE, Time, asks, forget_environment, one
from small_server import Reply, as_json, serving

from renewal_gis.cli.fetching import _show_fetched
from renewal_gis.sources.fetching import Fetcher, read_manifest, write_manifest
from renewal_gis.sources.fetching_endpoints import read_endpoints

HOMES = "Liste des autorisations d’urbanisme créant des logements"
OTHERS = "Liste des autorisations d’urbanisme créant des locaux non résidentiels"
RAZED = "Liste des permis de démolir"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    forget_environment(monkeypatch)


@pytest.fixture
def fetcher(tmp_path):
    return Fetcher(data=tmp_path / "data", cache=tmp_path / "cache", client=Time().client())


def datafile(name, title, *vintages):
    return {"rid": name, "title": title, "millesimes": [{"millesime": v} for v in vintages]}


SET = (
    datafile("razed", RAZED, "2026-07", "2026-08"),
    datafile("homes", HOMES, "2026-08", "2026-06"),
    datafile("others", OTHERS, "2026-08"),
)


def fetched(fetcher, files=SET, **words):
    def answer(request):
        if "/datasets/" in request.path:
            return as_json({"datafiles": list(files)})
        return Reply(f"COMM;RID\n59112;{request.path.split('/')[-2]}\n".encode())

    with serving(answer) as (url, seen):
        held = asks(
            f"{url}/dido/api/v1/datasets/6513", kind="dido", latest=True, commune_column="COMM",
            page_size=60, file="s.csv", **words,
        )  # fmt: skip
        return one(fetcher.fetch(held, HERE)), [one.query.get("millesime") for one in seen]


@pytest.mark.parametrize("words", ["créant des logements", "CREANT DES LOGEMENTS", "logements"])
def test_the_file_is_found_by_words_of_its_title_wherever_it_stands(fetcher, words):
    told, asked = fetched(fetcher, datafile=words)
    assert told.fault == ""
    assert (told.vintage, told.part) == ("2026-08", HOMES)
    assert asked == [None, "2026-08"]
    assert (fetcher.data / "s.csv").read_text() == "COMM;RID\n59112;homes\n"


def test_straight_apostrophes_find_curly_ones(fetcher):
    told, _ = fetched(fetcher, datafile="d'urbanisme créant des locaux")
    assert told.part == OTHERS


def test_the_vintage_asked_for_is_taken(fetcher):
    told, asked = fetched(fetcher, datafile="créant des logements", vintage="2026-06")
    assert (told.vintage, asked) == ("2026-06", [None, "2026-06"])
    # One file alone has it: no title is needed.
    told, _ = fetched(fetcher, vintage="2026-07")
    assert told.part == RAZED


def test_a_file_older_than_its_neighbours_gives_its_own_latest(fetcher):
    files = (datafile("razed", RAZED, "2026-09"), datafile("homes", HOMES, "2026-07", "2026-08"))
    told, _ = fetched(fetcher, files, datafile="logements")
    assert (told.vintage, told.part) == ("2026-08", HOMES)
    # Without a title the one file of the latest vintage is meant.
    assert fetched(fetcher, files)[0].part == RAZED


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({}, "3 files of the data set could be meant, all of 2026-08. There are: 'Liste des permis de démolir'"),
        ({"datafile": "urbanisme"}, "2 files of the data set could be meant"),
        ({"datafile": "parkings"}, "no file of the data set has 'parkings' in its title. There are:"),
        ({"datafile": "logements", "vintage": "2024-01"}, "no vintage '2024-01'; it has 2026-06, 2026-08"),
    ],
)  # fmt: skip
def test_two_that_fit_equally_or_none_are_refused_and_listed(fetcher, words, told):
    found, asked = fetched(fetcher, **words)
    assert told in found.fault
    assert asked == [None]
    assert not (fetcher.data / "s.csv").exists()


@pytest.mark.parametrize("files", [(), ({"rid": "a"},), ({"rid": "a", "millesimes": []},), ("a",)])
def test_a_set_that_names_nothing(fetcher, files):
    assert "names no file and vintage where it should" in fetched(fetcher, files)[0].fault


def test_a_lone_file_without_a_title_needs_none(fetcher):
    files = ({"rid": "abc", "millesimes": [{"millesime": "2026-02"}]},)
    told, _ = fetched(fetcher, files)
    assert (told.fault, told.part) == ("", "abc")


def test_another_title_is_another_question(fetcher):
    fetched(fetcher, datafile="logements")
    assert fetched(fetcher, datafile="démolir")[0].part == RAZED


def test_what_was_taken_is_told_and_kept(fetcher, tmp_path):
    told, _ = fetched(fetcher, datafile="logements")
    write_manifest(tmp_path / "fetched.json", [told])
    assert read_manifest(tmp_path / "fetched.json") == (told,)
    # A list written before files of a set were named is still read.
    rows = json.loads((tmp_path / "fetched.json").read_text())
    del rows["fetched"][0]["part"]
    (tmp_path / "fetched.json").write_text(json.dumps(rows))
    assert read_manifest(tmp_path / "fetched.json")[0].part == ""
    import click

    shown = CliRunner().invoke(click.command()(lambda: _show_fetched([told])), terminal_width=200)
    assert "2026-08 ·" in shown.output


def test_sitadel_asks_for_the_permits_that_make_dwellings():
    (permits,) = [one for one in read_endpoints() if one.id == "permits"]
    assert permits.latest
    assert permits.datafile == "créant des logements"
