"""Authors typed or pasted as one text: a preview of the rows, and the rows themselves."""

from dataclasses import dataclass

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from profiles.content.publishing import changes_no_page
from profiles.models import Person
from publications.imports.comparable import normalised
from publications.imports.matching import People
from publications.models import Authorship, record
from publications.references.values.bylines import read_byline

TEXT_LIMIT = 200_000  # characters; a thousand names take about 30,000
NAME_LIMIT = 5_000


@dataclass(frozen=True)
class NameMatch:
    """A name in the text, with the person that it is (``certain``) or may be, and why."""

    printed: str
    parts: dict
    person: int | None = None
    person_name: str = ""
    reason: str = ""
    certain: bool = False


def match_names(text):
    """Return a NameMatch for each author in a text, in order."""
    people = People()
    matches = []
    for name in read_byline(text)[:NAME_LIMIT]:
        person, certain = people.find(name)
        printed = record.printed(name)
        known = people.names.get(person, "")
        if not person:
            reason = ""
        elif not certain:
            reason = "possible match"
        elif name.orcid and Person.objects.filter(pk=person, orcid=name.orcid).exists():
            reason = "by ORCID iD"
        else:
            reason = "by name" if normalised(known) == normalised(printed) else "by another spelling"
        matches.append(NameMatch(printed, record.parts_of(name), person, known, reason, certain))
    return matches


def authorships_from(text):
    """Return unsaved Authorships for the authors in a text, with a person where the match is certain."""
    return [
        Authorship(
            name="" if one.certain and one.person_name == one.printed else one.printed,
            parts=one.parts,
            person_id=one.person if one.certain else None,
        )
        for one in match_names(text)
    ]


class BylineField(forms.CharField):
    """The text box above the rows of authors."""

    def __init__(self):
        super().__init__(
            label="Add several authors",
            required=False,
            max_length=TEXT_LIMIT,
            strip=False,
            widget=forms.Textarea(
                attrs={"rows": 2, "class": "vLargeTextField", "placeholder": "Lovelace, Ada and Yao Fu; Luo Mai"}
            ),
            help_text=(
                "Type or paste names in any usual form, with or without ORCID iDs, such as “Lovelace, Ada and Yao Fu”. "
                "Names in People are recognised. The authors are added below the existing rows."
            ),
        )


@changes_no_page
@require_POST
@permission_required("publications.change_publication", raise_exception=True)
def read_authors(request):
    """Return the posted authors as JSON: a list of NameMatch fields."""
    text = request.POST.get("byline", "")[:TEXT_LIMIT].replace("\0", "")
    return JsonResponse({"authors": [vars(one) for one in match_names(text)]})
