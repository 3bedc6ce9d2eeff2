"""Which publications, and which authors' names, a user may see.

``published()`` and ``visible_to(user)`` come from PublishableQuerySet. Publications have two more rules: a work with
several versions is listed once, and blind review hides the authors of all versions.
"""

import re

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Value, When
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from profiles.content.publishing import PublishableQuerySet, is_public
from profiles.content.slugs import SluggedQuerySet
from profiles.models.tag import Tag
from profiles.search.queries import Query, SearchableQuerySet
from publications.numbering import GROUPS, to_millisecond


def _model(name):
    return apps.get_model("publications", name)


def has_hidden_authors(path=""):
    """Return the condition that blind review hides the authors of a publication, or of the one at ``path``.

    Authors are hidden if the work or any version of it asks for it.
    """
    work = Coalesce("version_of", "pk", output_field=models.BigIntegerField())
    blind = _model("Publication").objects.blind().order_by().values(work=work)
    prefix = f"{path}__" if path else ""
    return Q(**{f"{path or 'pk'}__in": blind}) | Q(
        **{f"{prefix}version_of__isnull": False, f"{prefix}version_of__in": blind}
    )


def is_embargoed(path=""):
    """Return the condition that visitors do not see a resource yet, or the one at ``path``."""
    return Q(**{f"{path}__visible_from__gt" if path else "visible_from__gt": Now()})


class PublicationQuerySet(PublishableQuerySet, SluggedQuerySet, SearchableQuerySet):
    def works(self, user):
        """Filter each work once: leave out versions of a work that the user can see too.

        A preprint stays in the lists while the journal article that it belongs to is a draft.
        """
        is_work = Q(version_of__isnull=True)
        return self.filter(is_work if user.is_staff else is_work | ~is_public("version_of"))

    def with_versions_in(self, publications):
        """Filter works that are among publications themselves, or a version of which is."""
        keys = publications.order_by().values("pk")
        return self.filter(Q(pk__in=keys) | Q(versions__in=keys)).distinct()

    def of_the_same_work(self, publication):
        """Filter the other versions of a publication, including the main version."""
        work = publication.version_of_id or publication.pk
        return self.filter(Q(pk=work) | Q(version_of=work)).exclude(pk=publication.pk).newest_first()

    def newest_first(self, *before):
        """Sort by date, after what stands ``before``. Works that have not appeared come first, undated ones last."""
        return self.order_by(*before, "-sort_date", "-pk")

    def by_type(self, *before):
        """Sort by the groups of types, such as "Journal articles", and then by date, after what stands ``before``."""
        places = enumerate(types for _, _, types in GROUPS)
        place = Case(*(When(type__in=types, then=place) for place, types in places if types), default=len(GROUPS))
        return self.order_by(*before, place, "-sort_date", "-pk")

    def with_tag(self, slug):
        """Filter publications with a tag. A subquery: with joins, PostgreSQL would multiply the rows for many tags."""
        tagged = _model("TaggedPublication").objects.filter(tag__slug=slug)
        return self.filter(pk__in=tagged.values("content_object"))

    def naming(self, slugs, user):
        """Filter publications that name one of the people with these slugs, where the user may see the names."""
        names = _model("Authorship").objects.filter(person__slug__in=slugs)
        return self.filter(pk__in=names.values("publication")).with_authors_shown(user)

    def selected(self):
        """Filter the selected publications, in the order of the owner; those without a place come last."""
        place = F("featured_position").asc(nulls_last=True)
        return self.filter(featured=True).order_by(place, "-sort_date", "-pk")

    def select(self):
        """Select all rows for the home page, and return their number."""
        return self.update(featured=True, updated_at=timezone.now())

    def publish(self, moment=None):
        """Publish all rows and return their number. Those of one ``moment`` are numbered in the order of the list."""
        moment = moment or timezone.now()
        rows = list(self.only("status", "issued", "publish_at", "hides_authors", "authors_from", "numbered_at"))
        for row in rows:
            row.state, row.publish_at = row.State.PUBLISHED, row.publish_at or moment
            row.count_from(moment)
        published = super().publish(moment)
        self.model.objects.bulk_update(rows, ["numbered_at", "numbered_date"], batch_size=100)
        return published

    def unpublish(self):
        """Turn all rows into drafts and return their number. Those that were only scheduled have no number yet."""
        self.filter(numbered_at__gt=timezone.now()).update(numbered_at=None, numbered_date="")
        return super().unpublish()

    def renumber(self, moment):
        """Number all rows that have been public by a moment in the order of the list."""
        moment = to_millisecond(moment)
        return self.filter(numbered_at__lte=moment).update(numbered_at=moment, numbered_date=F("sort_date"))

    def by(self, person):
        """Filter publications that name a person, as author, editor or in another role."""
        return self.filter(pk__in=_model("Authorship").objects.filter(person=person).values("publication"))

    def blind(self):
        """Filter publications that are set to hide their authors at this moment."""
        return self.filter(Q(authors_from__isnull=True) | Q(authors_from__gt=Now()), hides_authors=True)

    def in_cv(self, owner, user):
        """Filter the works of the owner's CV that the user may see.

        Until one of these names the owner, all works of the site count as theirs.
        """
        works = self.visible_to(user).works(user).with_authors_shown(user)
        own = works.filter(authorships__person=owner).distinct()
        return own if own.exists() else works

    def for_cvs(self):
        """Leave out the works that an editor keeps out of every CV: they have no number there, either."""
        return self.filter(not_in_cvs=False)

    def for_numbers(self):
        """Load only the title and what ``numbers_of`` reads."""
        return self.only("title", "type", "status", "issued", "publish_at", "numbered_at", "numbered_date")

    def with_authors_shown(self, user):
        """Leave out publications whose authors the user may not see, for lists by author."""
        return self if user.is_staff else self.exclude(has_hidden_authors())

    def with_authors(self, user):
        """Prefetch notices and the names that the user may see, and add ``is_blind``: whether names are hidden."""
        names = _model("Authorship").objects.visible_to(user).select_related("person")
        is_blind = Case(When(has_hidden_authors(), then=Value(True)), default=Value(False))
        return self.annotate(is_blind=is_blind).prefetch_related(
            Prefetch("authorships", names.defer("person__headline", "person__bio", "person__photo")), "notices"
        )

    def anonymous(self):
        """Remove all names, as for visitors during blind review."""
        nobody = _model("Authorship").objects.none()
        return self.annotate(is_blind=Value(True)).prefetch_related(Prefetch("authorships", nobody), "notices")

    def for_cards(self, user):
        """Prefetch what a card in a list shows."""
        versions = self.model.objects.visible_to(user).only("version_of", "slug", "type")
        return self.with_authors(user).with_resources(user).prefetch_related("tags", Prefetch("versions", versions))

    def with_references(self, user):
        """Prefetch what ``as_reference()`` reads and the user may see."""
        return self.with_authors(user).with_resources(user).prefetch_related("tags")

    def with_resources(self, user):
        """Prefetch the files and links that the user may see. Public code reads them no other way."""
        return self.prefetch_related(Prefetch("resources", _model("Resource").objects.visible_to(user)))

    def search(self, query, user):
        """Filter publications that match a search, given as text or as a Query.

        A visitor does not find a work by what blind review hides, its authors' names and its files, nor by the texts of
        its files while one of them is under an embargo.
        """
        query = query if isinstance(query, Query) else Query.parse(query)
        found = self.matching(query).with_facts(query)
        if user.is_staff or not query.terms:
            return found
        embargoed = _model("FullText").objects.filter(is_embargoed("resource")).values("resource__publication")
        found = found.exclude(Q(pk__in=embargoed) & ~Q(self.matches(query, parts=("title", "names", "facts"))))
        return found.exclude(has_hidden_authors() & ~Q(self.matches(query, parts=("title", "facts"))))

    def without_found_versions(self):
        """Leave out versions of a work that is itself in this queryset, for the results of a search."""
        return self.exclude(Q(version_of__isnull=False) & Exists(self.order_by().filter(pk=OuterRef("version_of"))))

    def with_facts(self, query):
        """Filter by the year ("2020" or "2020-2023"), the tag and the type that a Query names."""
        found, facts = self, query.facts
        if "year" in facts:
            years = re.fullmatch(r"(\d{4})(?:\s*(?:-|–|\.\.)\s*(\d{4}))?", facts["year"], re.ASCII)
            found = found.filter(year__range=(years[1], years[2] or years[1])) if years else found.none()
        if "tag" in facts:
            tag = Tag.objects.spelt(facts["tag"])
            found = found.filter(taggedpublication__tag=tag) if tag else found.none()
        if "type" in facts:
            found = found.filter(type__in=self.model.types_called(facts["type"]))
        return found

    def related_to(self, publication, user):
        """Return other works that share tags, those with the most in common first.

        Only the 200 with the most in common are considered, so that a tag on half of the works costs little.
        """
        tags = [tag.pk for tag in publication.tags.all()]
        others = self.visible_to(user).works(user).exclude(pk__in=[publication.pk, publication.version_of_id or 0])
        shared = _model("TaggedPublication").objects.filter(tag__in=tags, content_object__in=others.values("pk"))
        counted = shared.order_by().values("content_object").annotate(count=Count("tag"))
        nearest = counted.order_by("-count", "-content_object")[:200]
        return (
            others.filter(pk__in=nearest.values("content_object"), taggedpublication__tag__in=tags)
            .annotate(tags_shared=Count("taggedpublication"))
            .order_by("-tags_shared", "-sort_date", "-pk")
            .only("title", "slug", "issued", "year", "language", "status", "extra")
        )


class ResourceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Filter files and links that the user may see: for a visitor, none under an embargo."""
        return self.all() if user.is_staff else self.filter(~is_embargoed())


class AuthorshipQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Filter names that the user may see: for a visitor, none on a work under blind review."""
        return self.all() if user.is_staff else self.exclude(has_hidden_authors("publication"))


class FullTextQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Filter texts that the user may search: for a visitor, none under blind review or an embargo."""
        shown = self.filter(~is_embargoed("resource"))
        return self.all() if user.is_staff else shown.exclude(has_hidden_authors("resource__publication"))
