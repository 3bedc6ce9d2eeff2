"""Authors typed or pasted in one line: what they would become, and then the rows."""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from profiles.models import Person
from publications.matching import People, normalised
from publications.models import Authorship, record
from publications.references.bylines import read_byline

LONGEST = 200_000  # characters; a thousand names take some 30,000
MOST = 5_000


@dataclass(frozen=True)
class Recognised:
    """A name of the line, and the person that it is (``certain``) or may be, with the reason in words."""

    printed: str
    parts: dict
    person: int | None = None
    person_name: str = ""
    reason: str = ""
    certain: bool = False


def recognise(text):
    """[Recognised] of a line of authors, in its order."""
    people = People()
    found = []
    for name in read_byline(text)[:MOST]:
        person, certain = people.find(name)
        printed = record.printed(name)
        known = people.names.get(person, "")
        if not person:
            reason = ""
        elif not certain:
            reason = "perhaps"
        elif name.orcid and Person.objects.filter(pk=person, orcid=name.orcid).exists():
            reason = "by ORCID iD"
        else:
            reason = "by name" if normalised(known) == normalised(printed) else "by another spelling"
        found.append(Recognised(printed, record.parts_of(name), person, known, reason, certain))
    return found


def authorships_of(text):
    """Authorships (not saved, without publication and position) of a line; a person stands where that is certain."""
    return [
        Authorship(
            name="" if one.certain and one.person_name == one.printed else one.printed,
            parts=one.parts,
            person_id=one.person if one.certain else None,
        )
        for one in recognise(text)
    ]


class BylineField(forms.CharField):
    """The box above the rows of authors."""

    def __init__(self):
        super().__init__(
            label="Several authors at once",
            required=False,
            max_length=LONGEST,
            strip=False,
            widget=forms.Textarea(
                attrs={"rows": 2, "class": "vLargeTextField", "placeholder": "Lovelace, Ada and Yao Fu; Luo Mai"}
            ),
            help_text=(
                "In any usual form, with ORCID iDs or not. People of the site are recognised. Saved as they are, the "
                "names come after the rows below."
            ),
        )


@require_POST
def read_authors(request, model_admin):
    """What a line of authors would make, as JSON: ``authors``, each as Recognised."""
    if not (model_admin.has_add_permission(request) or model_admin.has_change_permission(request)):
        raise PermissionDenied
    text = request.POST.get("byline", "")[:LONGEST].replace("\0", "")
    return JsonResponse({"authors": [vars(one) for one in recognise(text)]})
