"""Which records are one work, may be one, or are two."""

import pytest

from publications.imports import RowKind, apply, plan
from publications.models import Publication
from publications.references import bibtex

pytestmark = pytest.mark.django_db

NEW, SAME, ASK, VERSION = "new", "same", "ask", "version"
KINDS = {RowKind.NEW: NEW, RowKind.POSSIBLE_DUPLICATE: ASK, RowKind.VERSION: VERSION}

EDITORIAL = "author={Edi, Tor}, title={Editorial}, journal={Journal of E}, year=2021"
LOOMS = "author={Edi, Tor}, title={On the weaving of looms}, journal={Journal of E}, year=2021"
REPORT = "institution={Society of Looms}, author={{Society of Looms}}, title={Annual report}"
BOOK = "author={Edi, Tor}, title={The weaving of looms}, publisher={Loom Press}"
TALK = "author={Edi, Tor}, title={On the weaving of looms}, year=2021"

PAIRS = [
    (NEW, f"@article{{a, {EDITORIAL}, volume=1, number=1}}", f"@article{{b, {EDITORIAL}, volume=1, number=2}}"),
    (NEW, f"@article{{a, {EDITORIAL}, pages={{1--2}}}}", f"@article{{b, {EDITORIAL}, pages={{101--102}}}}"),
    (NEW, f"@article{{a, {EDITORIAL}, doi={{10.1000/1}}}}", f"@article{{b, {EDITORIAL}, doi={{10.1000/2}}}}"),
    (NEW, f"@article{{a, {EDITORIAL}, pages={{e12}}}}", f"@article{{b, {EDITORIAL}, pages={{e13}}}}"),
    (NEW, f"@article{{, {EDITORIAL}, number=1}}", f"@article{{, {EDITORIAL}, number=2}}"),
    (NEW, f"@techreport{{a, {REPORT}, year=2020}}", f"@techreport{{b, {REPORT}, year=2021}}"),
    (NEW, f"@techreport{{a, {REPORT}, year=2020, number={{1}}}}", f"@techreport{{b, {REPORT}, year=2020, number={{2}}}}"),
    (ASK, f"@article{{a, {EDITORIAL}}}", f"@article{{b, {EDITORIAL}, volume=1, number=2, pages={{1--2}}}}"),
    (ASK, f"@article{{a, {EDITORIAL}}}", f"@article{{b, {EDITORIAL}, issn={{1234-5679}}}}"),
    (ASK, f"@article{{a, {EDITORIAL}, volume=1}}", f"@article{{b, {EDITORIAL.replace('Journal of E', 'E. J.')}, volume=1}}"),
    (ASK, f"@techreport{{a, {REPORT}, year=2020}}", f"@techreport{{b, {REPORT}, number=2}}"),
    (SAME, f"@article{{a, {EDITORIAL}, volume=1, pages={{1--2}}}}", f"@article{{b, {EDITORIAL}, volume=1, pages={{1–2}}}}"),
    (SAME, f"@article{{a, {EDITORIAL}, volume=1, pages={{91--92}}}}", f"@article{{b, {EDITORIAL}, volume=1, pages={{91}}}}"),
    (SAME, f"@article{{a, {LOOMS}}}", f"@article{{b, {LOOMS}, volume=1, number=2, pages={{1--2}}}}"),
    (SAME, f"@article{{a, {LOOMS}}}", f"@article{{b, {LOOMS}, issn={{1234-5679}}}}"),
    (SAME, f"@article{{a, {LOOMS}}}", f"@article{{b, {LOOMS.replace(', year=2021', '')}}}"),
    (SAME, f"@article{{a, {LOOMS}, pages={{1234--1245}}}}", f"@article{{b, {LOOMS}, pages={{pp. 1234-45}}}}"),
    (SAME, f"@article{{a, {LOOMS}, volume={{PP}}, number=99, pages={{1-1}}}}", f"@article{{b, {LOOMS}, volume=7, pages={{15}}}}"),
    (SAME, f"@article{{a, {LOOMS}, eid={{104512}}}}", f"@article{{b, {LOOMS}, pages={{1--12}}}}"),
    (SAME, f"@article{{a, {LOOMS}, doi={{10.1000/AbC}}}}", f"@article{{b, {LOOMS}, doi={{10.1000/aBc}}}}"),
    (SAME, f"@article{{a, {LOOMS}, pages={{1--9}}, volume=2}}",
     f"@article{{b, {LOOMS.replace('Journal of E', 'J. E.')}, pages={{1--9}}, volume=2}}"),
    (ASK, f"@article{{a, {LOOMS}, doi={{10.1000/1}}}}", f"@article{{b, {LOOMS}, doi={{10.1000/2}}}}"),
    (ASK, f"@article{{a, {LOOMS}, pages={{1--2}}}}", f"@article{{b, {LOOMS}, pages={{101--102}}}}"),
    (ASK, f"@inproceedings{{a, {TALK}, booktitle={{Looms 2021}}}}", f"@inproceedings{{b, {TALK}, booktitle={{Mills 2021}}}}"),
    (ASK, f"@book{{a, {BOOK}, year=2018, isbn={{978-0-306-40615-7}}}}", f"@book{{b, {BOOK}, year=2021, isbn={{978-1-4028-9462-6}}}}"),
    (NEW, f"@book{{a, {BOOK}, year=1998, isbn={{978-0-306-40615-7}}}}", f"@book{{b, {BOOK}, year=2021, isbn={{978-1-4028-9462-6}}}}"),
    (ASK, f"@book{{a, {BOOK}, year=2021, edition={{First}}}}", f"@book{{b, {BOOK}, year=2021, edition={{2nd}}}}"),
    (SAME, f"@book{{a, {BOOK}, year=2021, edition={{Second}}}}", f"@book{{b, {BOOK}, year=2021, edition={{2nd}}}}"),
    (SAME, f"@book{{a, {BOOK}, year=2021, isbn={{978-0-306-40615-7}}}}", f"@book{{b, {BOOK}, year=2021, isbn={{0-306-40615-2}}}}"),
    (ASK, f"@book{{a, {BOOK}, year=2021, language={{en}}}}", f"@book{{b, {BOOK}, year=2021, language={{de}}}}"),
    (NEW, "@incollection{a, author={Edi, Tor}, title={Introduction}, booktitle={Looms}, year=2021, pages={1--10}}",
     "@incollection{b, author={Edi, Tor}, title={Introduction}, booktitle={Looms}, year=2021, pages={101--110}}"),
    (ASK, "@incollection{a, author={Edi, Tor}, title={Introduction}, booktitle={Looms}, year=2021, pages={1--10}}",
     "@incollection{b, author={Edi, Tor}, title={Introduction}, booktitle={Mills}, year=2021, pages={1--10}}"),
    (ASK, "@incollection{a, author={Edi, Tor}, title={Of looms}, booktitle={Looms}, year=2021, doi={10.1000/book}}",
     "@incollection{b, author={Edi, Tor}, title={Of mills}, booktitle={Looms}, year=2021, doi={10.1000/book}}"),
    (NEW, f"@article{{a, {LOOMS}}}", f"@article{{b, {LOOMS.replace('On the', 'Erratum: On the')}}}"),
    (SAME, f"@misc{{a, {TALK}, howpublished={{bioRxiv}}, doi={{10.1101/2020.01.01.123456v1}}}}",
     f"@misc{{b, {TALK}, howpublished={{bioRxiv}}, doi={{10.1101/2020.01.01.123456v2}}}}"),
    (SAME, f"@misc{{a, {TALK}, eprint={{2101.00001v1}}, archiveprefix={{arXiv}}}}",
     f"@misc{{b, {TALK}, eprint={{2101.00001v2}}, archiveprefix={{arXiv}}}}"),
    (ASK, f"@misc{{a, {TALK}, eprint={{2101.00001}}, archiveprefix={{arXiv}}}}",
     f"@misc{{b, {TALK}, eprint={{2101.00002}}, archiveprefix={{arXiv}}}}"),
    (ASK, f"@dataset{{a, {TALK}, doi={{10.5281/zenodo.1}}}}", f"@dataset{{b, {TALK}, doi={{10.5281/zenodo.2}}}}"),
    (VERSION, f"@misc{{a, {TALK}, howpublished={{bioRxiv}}, doi={{10.1101/2020.01.01.123456v1}}}}",
     f"@article{{b, {LOOMS}, doi={{10.1000/2}}, pages={{1--9}}}}"),
    (VERSION, f"@inproceedings{{a, {TALK}, booktitle={{Looms 2021}}, pages={{1--9}}}}", f"@article{{b, {LOOMS}, pages={{101--109}}}}"),
]  # fmt: skip


CORRECTIONS = [
    (SAME, f"@article{{a, {LOOMS}, doi={{10.1000/1}}}}", f"@article{{a, {LOOMS}, doi={{10.1000/2}}}}"),
    (SAME, f"@article{{a, {LOOMS}, pages={{1--9}}}}", f"@article{{a, {LOOMS}, pages={{11--19}}}}"),
    (SAME, f"@article{{a, {LOOMS}}}", f"@article{{a, {LOOMS.replace('Tor', 'T.').replace('2021', '2022')}, volume=3}}"),
    (SAME, f"@article{{a, {LOOMS}}}", f"@article{{a, {LOOMS.replace('Journal of E', 'Annals of F')}}}"),
    (SAME, f"@article{{a, {LOOMS}}}", f"@article{{a, {LOOMS.replace('Edi', 'Eddi')}}}"),
    (SAME, f"@article{{a, {LOOMS}}}", f"@article{{a, {LOOMS.replace('weaving', 'weavign')}}}"),
    (SAME, f"@article{{a, {LOOMS}, volume=1}}", f"@article{{a, {LOOMS}, volume=2}}"),
    (SAME, f"@misc{{a, {LOOMS}, note={{in press}}}}", f"@article{{a, {LOOMS}, volume=2, doi={{10.1000/1}}}}"),
    (SAME, f"@article{{a, {EDITORIAL}}}", f"@article{{a, {EDITORIAL}, volume=1, number=2, pages={{1--2}}}}"),
    (SAME, f"@article{{a, {EDITORIAL}, volume=1, number=2, pages={{1--2}}}}",
     f"@article{{a, {EDITORIAL}, volume=1, number=2, pages={{1--3}}}}"),
    (SAME, f"@article{{, {LOOMS}, volume=1}}", f"@article{{, {LOOMS}, volume=2}}"),
    (SAME, f"@article{{, {LOOMS}, pages={{1}}, doi={{10.1000/1}}}}", f"@article{{, {LOOMS}, pages={{1}}, doi={{10.1000/2}}}}"),
    # The same key in the files of two people.
    (NEW, f"@article{{edi2021, {LOOMS}, doi={{10.1000/1}}}}", "@article{edi2021, author={Edi, Ann}, title={Mills}, year=2021}"),
    (NEW, "@article{edi2021, author={Edi, Tor}, title={Looms}, journal={J. E.}, year=2021}",
     "@article{edi2021, author={Edi, Ann}, title={Looms and mills}, journal={J. F.}, year=2021}"),
    (NEW, "@article{edi2021, author={Edi, Tor}, title={The art of looms, part I}, year=2021}",
     "@article{edi2021, author={Edi, Tor}, title={The art of looms, part II}, year=2021}"),
    (NEW, f"@article{{a, {EDITORIAL}, volume=1, number=1, pages={{1--2}}}}",
     f"@article{{a, {EDITORIAL}, volume=1, number=2, pages={{101--102}}}}"),
    (NEW, f"@article{{a, {EDITORIAL}, doi={{10.1000/1}}}}", f"@article{{a, {EDITORIAL}, doi={{10.1000/2}}}}"),
    (ASK, f"@article{{a, {EDITORIAL}}}", f"@article{{a, {EDITORIAL.replace('Journal of E', 'Annals of F')}}}"),
    (ASK, f"@article{{a, {LOOMS}, doi={{10.1000/1}}, pages={{1--9}}}}", f"@article{{a, {LOOMS}, doi={{10.1000/2}}, pages={{11--19}}}}"),
    (ASK, f"@article{{a, {LOOMS}, doi={{10.1000/1}}}}",
     f"@article{{a, {LOOMS.replace('Journal of E', 'Annals of F')}, doi={{10.1000/2}}}}"),
    (VERSION, f"@inproceedings{{a, {TALK}, booktitle={{Looms 2021}}}}", f"@article{{a, {LOOMS}}}"),
]  # fmt: skip


def kinds(references):
    return {row.kind for row in plan(references, "bib").rows}


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize(("expected", "first", "second"), PAIRS)
def test_contradictions_mean_two_works_and_the_same_place_one(expected, first, second, is_reversed):
    references = bibtex.loads("\n".join([first, second])).references
    one, other = reversed(references) if is_reversed else references
    in_one_file = plan([one, other], "bib").rows[1]

    apply(plan([one], "bib"))
    later = plan([other], "bib")
    apply(later)

    assert KINDS.get(in_one_file.kind, SAME) == expected
    assert KINDS.get(later.rows[0].kind, SAME) == expected
    assert Publication.objects.count() == (1 if expected == SAME else 2)


@pytest.mark.parametrize(("expected", "first", "second"), CORRECTIONS)
def test_a_source_corrects_one_fact_of_a_work_but_does_not_replace_it(expected, first, second):
    apply(plan(bibtex.loads(first).references, "bib"))

    again = plan(bibtex.loads(second).references, "bib")

    assert KINDS.get(again.rows[0].kind, SAME) == expected


def test_a_file_with_all_of_these_changes_nothing_when_it_is_imported_again():
    references = bibtex.loads("\n".join(text for _, *texts in (*PAIRS, *CORRECTIONS) for text in texts)).references

    added = apply(plan(references, "bib")).added

    assert len(added) > 30
    assert kinds(references) == {RowKind.UNCHANGED, RowKind.DUPLICATE}
    result = apply(plan(references, "bib"))
    assert (result.added, result.changed) == ([], [])
    assert kinds(references) == {RowKind.UNCHANGED, RowKind.DUPLICATE}
