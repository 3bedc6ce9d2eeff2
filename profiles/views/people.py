from django.db.models import Q
from django.views.generic import ListView

from profiles.members import Members, group_of
from profiles.models import Person, Relation
from profiles.views.base import VisibleDetailView


class PersonList(ListView):
    """The people with a page. On the site of a group, its members come first, and the others are collaborators."""

    model = Person
    paginate_by = 100

    def get_queryset(self):
        self.members = Members.visible_to(self.request.user) if group_of(self.request) else None
        # The same for editors: people without a page are names on papers, not drafts.
        people = Person.objects.published().order_by("-is_owner", "family", "name")
        return people.exclude(pk__in=[member.person_id for member in self.members or ()])

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        is_first = context["page_obj"].number == 1
        return context | {"members": self.members if is_first else None, "has_members": bool(self.members)}


class PersonDetail(VisibleDetailView):
    model = Person
    papers_shown = 50

    def get_queryset(self):
        return super().get_queryset().prefetch_related("links", "tags")

    def get_context_data(self, **kwargs):
        user, person = self.request.user, self.object
        works = person.publications.visible_to(user).works(user).with_authors_shown(user).distinct()
        papers = works.newest_first().only("issued", "slug", "title")[: self.papers_shown + 1]
        relations = Relation.objects.filter(Q(person=person) | Q(related=person)).select_related("person", "related")
        return super().get_context_data(
            emphasised=person,
            is_whole_site=person.is_owner and not self.request.site_settings.is_group,
            papers=papers[: self.papers_shown],
            has_more_papers=len(papers) > self.papers_shown,
            works=works.newest_first(),
            projects=person.projects.visible_to(user),
            posts=person.posts.visible_to(user).newest(),
            activities=person.activities.visible_to(user),
            affiliations=person.affiliations.all(),
            memberships=person.memberships.visible_to(user).for_listing(user).newest_first(),
            supervised=person.supervised_memberships.visible_to(user).for_listing(user).newest_first(),
            talks=person.talks.visible_to(user).newest_first().for_listing(),
            grants=person.grants.visible_to(user),
            courses=person.courses.visible_to(user).for_listing(),
            relations=[relation for relation in relations if not relation.is_former],
            former_relations=[relation for relation in relations if relation.is_former],
            **kwargs,
        )
