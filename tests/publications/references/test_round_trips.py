"""A reference that is written and read again is equal, in each format and across formats."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publications.references import Reference, bibtex, csl, ris
from publications.references.formats import loads
from publications.references.tex import from_tex, to_tex
from publications.references.values.markup import from_markdown, to_markdown
from tests.publications.references import strategies

quick = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
lists = st.lists(strategies.references(), min_size=1, max_size=2)


@quick
@given(lists)
def test_csl_json_comes_back_equal(references):
    assert csl.loads(csl.dumps(references)).references == references


@quick
@given(lists, st.booleans())
def test_bibtex_comes_back_equal(references, unicode):
    assert bibtex.loads(bibtex.dumps(references, unicode=unicode)).references == references


@quick
@given(lists)
def test_ris_comes_back_equal(references):
    assert loads(ris.dumps(references), "ris").references == references


@quick
@given(strategies.references())
def test_a_reference_survives_all_formats(reference):
    found = bibtex.loads(bibtex.dumps([reference])).references
    found = loads(ris.dumps(found), "ris").references
    found = csl.loads(csl.dumps(found)).references

    assert found == [reference]


@quick
@given(strategies.rich, st.booleans())
def test_tex_comes_back_equal(text, unicode):
    assert from_tex(to_tex(text, unicode=unicode)).replace('<span class="nocase">', "").replace("</span>", "") == text


@quick
@given(strategies.lines)
def test_a_plain_title_comes_back_from_markdown(text):
    if "<" not in text:
        assert from_markdown(to_markdown(text)) == text


@quick
@given(st.text(max_size=200))
@pytest.mark.parametrize("module", [bibtex, ris, csl])
def test_no_text_breaks_a_reader(module, text):
    loaded = module.loads(text)

    assert all(isinstance(reference, Reference) for reference in loaded.references)


@quick
@given(st.text('@{}(),="#%\\ \nabctitle{articleTY  - ER[]:', max_size=120))
@pytest.mark.parametrize("module", [bibtex, ris, csl])
def test_no_scrambled_entry_breaks_a_reader(module, text):
    loaded = module.loads(text)

    assert loaded.entries >= len(loaded.references)
