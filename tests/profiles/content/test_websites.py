"""Links to other websites: recognised from their addresses, with icon, ``rel="me"`` and ``sameAs`` for profiles."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError

from profiles.content.identifiers import read_orcid
from profiles.content.websites import WEBSITES
from profiles.models import Link, Person
from tests import make
from tests.profiles.test_admin import person_form

pytestmark = pytest.mark.django_db
ADD, KIND = "/admin/profiles/person/add/", "/admin/kind/"
ORCID = "0000-0002-1825-0097"

# What an editor types, the kind, and whether it is a page of that person.
ADDRESSES = """
github.com/ada                                                      github           profile
https://github.com/ada/engine                                       github           -
https://gist.github.com/ada/123                                     github           -
gitlab.com/ada                                                      gitlab           profile
https://gitlab.inria.fr/ada/engine                                  gitlab           -
codeberg.org/ada                                                    codeberg         profile
https://bitbucket.org/ada/engine                                    bitbucket        -
https://git.sr.ht/~ada/engine                                       sourcehut        -
https://stackoverflow.com/users/12/ada                              stackoverflow    profile
https://scholar.google.co.uk/citations?hl=en&user=AbC-1_2           scholar          profile
https://scholar.google.com/scholar?q=engines                        scholar          -
https://orcid.org/0000-0002-1825-0097                               orcid            profile
https://dblp.org/pid/65/9612.html                                   dblp             profile
https://dblp.org/rec/conf/engines/Lovelace43                        dblp             -
https://www.semanticscholar.org/author/Ada-Lovelace/12345           semanticscholar  profile
https://openalex.org/A5023888391                                    openalex         profile
https://arxiv.org/a/lovelace_a_1                                    arxiv            profile
https://arxiv.org/abs/2412.07067                                    arxiv            -
https://openreview.net/profile?id=~Ada_Lovelace1                    openreview       profile
https://openreview.net/forum?id=engine                              openreview       -
https://www.researchgate.net/profile/Ada-Lovelace                   researchgate     profile
https://www.researchgate.net/publication/123_Engines                researchgate     -
https://london.academia.edu/AdaLovelace                             academia         profile
https://www.academia.edu/123/Engines                                academia         -
https://cv.hal.science/ada-lovelace                                 hal              profile
https://hal.science/hal-012345                                      hal              -
https://zenodo.org/records/123                                      zenodo           -
https://osf.io/abcde                                                osf              -
https://figshare.com/authors/Ada_Lovelace/12                        figshare         profile
https://huggingface.co/ada                                          huggingface      profile
https://huggingface.co/ada/engine                                   huggingface      -
https://www.kaggle.com/ada                                          kaggle           profile
https://www.kaggle.com/datasets/ada/engines                         kaggle           -
https://uk.linkedin.com/in/ada-lovelace/                            linkedin         profile
https://www.linkedin.com/company/engines                            linkedin         -
https://bsky.app/profile/ada.example                                bluesky          profile
https://bsky.app/profile/ada.example/post/1                         bluesky          -
@ada@mathstodon.xyz                                                 mastodon         profile
https://social.example/@ada                                         mastodon         profile
https://mastodon.social/@ada/123                                    mastodon         -
https://twitter.com/ada                                             x                profile
https://x.com/ada/status/1                                          x                -
https://www.threads.net/@ada                                        threads          profile
https://www.facebook.com/ada.lovelace                               facebook         profile
https://www.instagram.com/ada/                                      instagram        profile
https://medium.com/@ada                                             medium           profile
https://ada.substack.com/                                           substack         profile
https://www.youtube.com/@ada                                        youtube          profile
https://www.youtube.com/watch?v=1                                   youtube          -
https://vimeo.com/ada                                               vimeo            profile
https://vimeo.com/123456                                            vimeo            -
https://speakerdeck.com/ada                                         speakerdeck      profile
https://www.slideshare.net/ada/engines                              slideshare       -
https://www.scopus.com/authid/detail.uri?authorId=123               scopus           profile
https://www.webofscience.com/wos/author/record/A-1234-2020          wos              profile
https://dl.acm.org/profile/81100                                    acm              profile
https://dl.acm.org/doi/10.1145/1                                    acm              -
https://ieeexplore.ieee.org/author/370                              ieee             profile
https://inspirehep.net/authors/1000                                 inspire          profile
https://ui.adsabs.harvard.edu/abs/1843engines                       ads              -
https://www.ncbi.nlm.nih.gov/myncbi/ada.lovelace.1/bibliography/public/  pubmed      profile
https://pubmed.ncbi.nlm.nih.gov/123/                                pubmed           -
https://papers.ssrn.com/sol3/cf_dev/AbsByAuth.cfm?per_id=12         ssrn             profile
https://philpeople.org/profiles/ada-lovelace                        philpapers       profile
https://mathscinet.ams.org/mathscinet/author?authorId=12            mathscinet       profile
https://zbmath.org/authors/lovelace.ada                             zbmath           profile
https://ideas.repec.org/e/plo12.html                                repec            profile
https://example.org/ada/cv.pdf                                      cv               -
ada@example.org                                                     email            -
example.org/ada                                                     other            -
"""
CASES = [line.split() for line in ADDRESSES.strip().splitlines()]


@pytest.mark.parametrize(("typed", "kind", "profile"), CASES)
def test_the_kind_of_a_link_follows_from_its_address(typed, kind, profile):
    link = Link(person=make.owner(), url=typed)
    link.full_clean()
    link.save()

    assert link.url.startswith(("https://", "mailto:"))
    assert (link.kind, link.rel) == (kind, "me" if profile == "profile" else "")


def test_every_website_has_an_icon_of_the_sprite_and_an_example_above(client):
    icons = set(re.findall('<symbol id="(.*?)"', Path(finders.find("img/icons.svg")).read_text(encoding="utf-8")))

    assert {site.icon or site.key for site in WEBSITES.values()} <= icons
    assert WEBSITES.keys() - {kind for _, kind, _ in CASES} == {"wikidata", "wikipedia"}  # below


def test_profiles_are_me_and_the_same_as_and_other_addresses_are_links(client):
    owner = make.owner()
    for url in ("https://dblp.org/pid/65/9612", "https://github.com/ada/engine", "https://www.wikidata.org/wiki/Q7259"):
        owner.links.create(url=url)

    page = client.get("/").content.decode()

    same_as = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])
    assert '<a href="https://dblp.org/pid/65/9612" rel="me noopener">' in page
    assert '<a href="https://github.com/ada/engine" rel="noopener">' in page
    assert '<a href="https://www.wikidata.org/wiki/Q7259" rel="noopener">' in page
    assert re.findall(r'<link rel="me" href="(.*?)">', page) == ["https://dblp.org/pid/65/9612"]
    assert '"sameAs": ["https://dblp.org/pid/65/9612", "https://www.wikidata.org/wiki/Q7259"]' in json.dumps(same_as)


def test_the_kind_follows_the_address_until_an_editor_chooses_another(editor_client):
    editor_client.post(ADD, person_form(links=[{"url": "github.com/ada"}]))
    person, link = Person.objects.get(), Link.objects.get()
    change = f"/admin/profiles/person/{person.pk}/change/"

    def saved(**fields):
        row = {"id": link.pk, "person": person.pk, "position": 1, "url": link.url, "kind": link.kind} | fields
        data = person_form(links=[row]) | {"links-INITIAL_FORMS": 1}
        assert editor_client.post(change, data).status_code == 302
        link.refresh_from_db()
        return link.url, link.kind

    assert (link.url, link.kind) == ("https://github.com/ada", "github")
    assert saved(url="https://gitlab.com/ada") == ("https://gitlab.com/ada", "gitlab")
    assert saved(kind="other") == ("https://gitlab.com/ada", "other")
    assert saved(url="https://github.com/ada") == ("https://github.com/ada", "other")
    assert saved(kind="") == ("https://github.com/ada", "github")


@pytest.mark.parametrize(
    ("of", "text", "expected"),
    [
        ("link", " @ada@mastodon.social ", {"address": "https://mastodon.social/@ada", "kind": "mastodon"}),
        ("resource", "zenodo.org/records/1", {"address": "https://zenodo.org/records/1", "kind": "data"}),
        ("link", "hello", {"address": "", "kind": ""}),
    ],
)
def test_the_form_asks_for_the_kind_while_an_address_is_typed(editor_client, client, of, text, expected):
    assert editor_client.get(KIND, {"of": of, "text": text}).json() == expected
    assert client.get(KIND, {"of": of, "text": text}).status_code == 302


@pytest.mark.parametrize(
    "typed",
    [ORCID, f"https://orcid.org/{ORCID}", f" orcid.org/{ORCID}/ ", "0000000218250097", "0000 0002 1825 0097"],
)
def test_an_orcid_id_can_be_pasted_as_an_address(editor_client, typed):
    editor_client.post(ADD, person_form(orcid=typed))

    assert Person.objects.get().orcid == ORCID


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("https://orcid.org/0000-0002-1825-0098", "The check digit of this ORCID iD does not match."),
        ("https://orcid.org/my-orcid", "Write the ORCID iD as 0000-0002-1825-0097"),
    ],
)
def test_a_wrong_orcid_id_is_explained_at_the_field(editor_client, typed, sentence):
    errors = editor_client.post(ADD, person_form(orcid=typed)).context["adminform"].form.errors

    assert len(errors["orcid"]) == 1
    assert errors["orcid"][0].startswith(sentence)
    with pytest.raises(ValidationError):
        Person(name="Ada", orcid=read_orcid(typed)).full_clean()
