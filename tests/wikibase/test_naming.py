"""Names that are made of what is said stay the same, in every version."""

from __future__ import annotations

from kgtool.rdf.timevalues import TimeValue
from kgtool.wikibase.mapping import Concepts
from kgtool.wikibase.model import ItemValue, Snak, Statement, StringValue
from kgtool.wikibase.naming import reference_iri, statement_id, statement_iri

WIKIDATA = Concepts("http://www.wikidata.org/")
ROME = WIKIDATA.iri("Q3831648")
CIRCA = Snak("P1480", "wikibase-item", ItemValue("Q5727902"))
DAY = Statement(Snak("P585", "time", TimeValue(1944, 6, 4)), (CIRCA,))


def test_names_that_were_given_before() -> None:
    """With another name, a second edit of a Wikibase would make each statement again."""
    assert statement_id(ROME, DAY) == "Q3831648$09a82970-40e1-5d4c-9a94-a6a40335c7e3"
    page = (Snak("P854", "url", StringValue("https://a.example/")),)
    name = "817e8e7d93b4b8e12ac69b10a50e2463b55ba8ce"
    assert reference_iri(page, WIKIDATA) == f"http://www.wikidata.org/reference/{name}"


def test_an_id_that_was_given_stays() -> None:
    known = Statement(DAY.main, id="Q3831648$AB-1")
    assert statement_iri(ROME, known, WIKIDATA) == WIKIDATA.statements + "Q3831648-AB-1"


def test_references_and_ranks_do_not_make_another_statement() -> None:
    cited = Statement(DAY.main, DAY.qualifiers, ((CIRCA,),))
    assert statement_id(ROME, cited) == statement_id(ROME, DAY)
    assert statement_id(ROME, Statement(DAY.main)) != statement_id(ROME, DAY)
