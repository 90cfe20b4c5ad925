"""Each site's dossier holds the decisions that concern it, and says how many others are asked."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pypdf
import pytest
from browser.scenes import scene

from renewal_gis.publishing.pack import PackContent, PackOptions
from renewal_gis.publishing.pack.content import completed
from renewal_gis.publishing.pack.deciding import decisions_of
from renewal_gis.publishing.pack.dossier_parts import decisions_section
from renewal_gis.publishing.pack.dossier_words import tell
from renewal_gis.publishing.pack.typesetting import Dossier, typeset
from renewal_gis.publishing.pack.writing import described


def content(*decisions: str, language: str = "fr", **more) -> PackContent:
    held = scene()
    operations = pd.DataFrame(
        {
            "site": [None, "s1", "s3", "s9"],
            "perimeter": ["p1", "p1", "p2", None],
            "convention": ["Corridor minier 2008", "Corridor minier 2008", "Artres 2010", None],
        },
        index=["OP1", "OP2", "OP3", "OP4"],
    )
    sites = held.sites.rename(index={"s3": "north"})
    flows = pd.DataFrame({"origin": ["p3"], "to_kind": ["site"], "to": ["s2"]})
    layers = {**held.layers, "flows": flows}
    asked = {"sites": sites, "operations": operations, "layers": layers, "language": language}
    return completed(
        PackContent(map=replace(held, **(asked | more)), run="abc123", decisions=decisions)
    )


def concerned(sentence: str, **more) -> set[str]:
    (one,) = decisions_of(content(sentence, **more))
    return set(one.sites)


@pytest.mark.parametrize(
    ("sentence", "sites"),
    [
        ("Retenir S1 pour 40 logements.", {"s1"}),
        ("Retenir s10 pour 40 logements.", set()),
        ("Retenir la Friche du Hameau.", {"s1"}),
        ("Reporter l’opération OP2 d’un an.", {"s1"}),
        ("Solder OP1, dont rien ne revient sur un site.", set()),
        ("Solder OP4, d’un site qui n’est pas de l’étude.", set()),
        ("Reporter la démolition du périmètre P1.", {"s1"}),
        ("Reconstruire les logements de P3 où le registre le dit.", {"s2"}),
        ("Signer l’avenant à Corridor minier 2008.", {"s1"}),  # not the whole corridor
        ("Geler les permis du corridor minier.", {"s1", "s2"}),
        ("Choisir un aménageur à Artres.", {"north"}),
        ("Choisir un aménageur à Condé-sur-l’Escaut et à Artres.", {"s1", "s2", "north"}),
        ("AVIS DE CONDÉ-SUR-L’ESCAUT", {"s1", "s2"}),  # all in capitals
        ("AVIS DE CONDE-SUR-L'ESCAUT", {"s1", "s2"}),
        ("Avis de Conde\u0301-sur-l’Escaut.", {"s1", "s2"}),  # an accent of its own
        ("Avis de Condé\u2011sur\u2011l’Escaut.", {"s1", "s2"}),  # hyphens that break no line
        ("ÉCRIRE À ARTRES MÉTROPOLE.", set()),
        ("Écrire à Artres Métropole.", set()),  # the authority, not the town
        ("Keep the north of the town as it is.", set()),  # an identifier without a figure
        ("Aller chemin d’artres.", set()),  # names have their capitals
        ("Approuver la répartition des financements.", set()),
    ],
)
def test_a_decision_concerns_the_sites_its_words_name(sentence, sites):
    assert concerned(sentence) == sites


@pytest.mark.parametrize(
    ("sentence", "sites", "told"),
    [
        ("[north] Viser 30 logements.", {"north"}, "Viser 30 logements."),
        ("[s1, OP3] Signer.", {"s1"}, "Signer."),  # OP3 is of no site of the study
        ("[corridor] Voir S3.", {"s1", "s2"}, "Voir S3."),  # brackets decide alone
        ("[59019] Voir.", {"north"}, "Voir."),
        ("[tous] Adopter le calendrier.", {"s1", "s2", "north"}, "Adopter le calendrier."),
        ("[All] Adopt the calendar.", {"s1", "s2", "north"}, "Adopt the calendar."),
        ("[territoire] Payer S1.", set(), "Payer S1."),
        ("[pour avis] Retenir S1.", {"s1"}, "[pour avis] Retenir S1."),
        ("[s1", {"s1"}, "[s1"),
        ("[]", set(), "[]"),
        ("[s1]", {"s1"}, "[s1]"),
    ],
)
def test_places_in_brackets_decide_alone(sentence, sites, told):
    (one,) = decisions_of(content(sentence))
    assert (set(one.sites), one.told) == (sites, told)


def test_a_study_without_sites_or_operations_has_decisions_of_the_territory():
    assert concerned("Retenir S1 à Artres.", sites=None) == set()
    assert concerned("Retenir OP2 ou S2.", operations=None) == {"s2"}
    assert concerned("Retenir OP2.", operations=pd.DataFrame(index=["OP2"])) == set()


def blocks(section, kind: str) -> list[object]:
    return [
        block.get("items", block.get("text")) for block in section.blocks if block["kind"] == kind
    ]


def test_a_site_is_told_its_own_and_how_many_others_there_are():
    held = content("Payer.", "Retenir S2.", "[tous] Adopter.")
    whole = decisions_section(held)
    assert blocks(whole, "numbered") == [
        [
            [1, "Payer."],
            [2, "Retenir S2. Sites concernés\u202f: s2."],
            [3, "Adopter. Tous les sites sont concernés."],
        ]
    ]
    assert blocks(whole, "note") == []
    own = decisions_section(held, site="s2")
    assert blocks(own, "numbered") == [[[2, "Retenir S2."], [3, "Adopter."]]]
    assert blocks(own, "note") == [tell("decisions.others", "fr", count="1")]
    every = decisions_section(content("[tous] Adopter."), site="s2")
    assert blocks(every, "note") == []


def test_a_site_without_any_says_so():
    none = decisions_section(content("Payer."), site="s2")
    assert blocks(none, "note") == [
        f"{tell('decisions.noneHere', 'fr')} Autres décisions demandées, au dossier du territoire\u202f: 1."
    ]
    assert blocks(decisions_section(content(), site="s2"), "note") == [
        "Aucune décision n’a été soumise avec ce dossier."
    ]


def test_a_decision_keeps_its_number_on_paper(tmp_path):
    section = decisions_section(
        content("Payer.", "Retenir S2.", "Vendre.", "Revoir S2."), site="s2"
    )
    asked = Dossier(
        language="fr", title="Site", subtitle="", author="x", footer="", sections=[section]
    )
    (tmp_path / "made.pdf").write_bytes(typeset(asked, tmp_path))
    page = pypdf.PdfReader(tmp_path / "made.pdf").pages[0].extract_text()
    lines = [line.strip() for line in page.splitlines()]
    assert {"2. Retenir S2.", "4. Revoir S2."} <= set(lines)
    assert not any("Payer" in line for line in lines)


def test_the_manifest_keeps_what_was_asked_and_of_which_sites():
    known = described(content("[s1, s2] Signer.", "Payer."), PackOptions())
    assert known["decisions"] == ["[s1, s2] Signer.", "Payer."]
    assert known["decisions_about"] == [["s1", "s2"], []]
