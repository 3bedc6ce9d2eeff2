from django.views.generic import TemplateView

from profiles.models import Activity, Person, Section
from projects.models import Project
from publications.models import Publication


class Home(TemplateView):
    """The owner of the site, with the blocks that the look of the site names."""

    template_name = "config/home.html"
    papers_shown = 5

    def get_context_data(self, **kwargs):
        user = self.request.user
        self.request.site_owner = owner = Person.objects.prefetch_related("links", "tags").owner()
        if owner is None or not (owner.is_public_page or user.is_staff):
            return super().get_context_data(owner=None, **kwargs)
        activities = owner.activities.visible_to(user)
        travel = activities.filter(kind=Activity.Kind.TRAVEL)
        relations = owner.relations.select_related("related")
        return super().get_context_data(
            owner=owner,
            relations=[relation for relation in relations if not relation.is_former],
            former_relations=[relation for relation in relations if relation.is_former],
            papers=selected_papers(user, self.papers_shown),
            projects=Project.objects.visible_to(user).filter(featured=True).for_listing(),
            timeline=activities.newest_of_each(self.request.look.timeline),
            places=travel.exclude(city="", country=""),
            located=activities.located(),
            sections=Section.objects.visible_to(user),
            blocks=[f"config/home/{block}.html" for block in self.request.look.blocks],
            # A block need not have a template as Markdown; the base template alone is empty.
            markdown_blocks=[[f"config/home/{block}.md", "base.md"] for block in self.request.look.blocks],
            **kwargs,
        )


def selected_papers(user, limit):
    """Return the newest work and the selected ones, or the newest ones if none is selected."""
    works = Publication.objects.visible_to(user).works(user).with_authors_shown(user).newest_first()
    works = works.only("issued", "slug", "title")
    newest = list(works[:limit])
    selected = list(works.filter(featured=True)[:limit])
    return list(dict.fromkeys([*newest[:1], *selected]))[:limit] if selected else newest
