from django.views.generic import TemplateView

from profiles.models import Activity, Block, Person, Section
from projects.models import Project
from publications.models import Publication

NEWEST_SHOWN = 5  # works, while none are selected


class Home(TemplateView):
    """The owner of the site, with the blocks that the look of the site names."""

    template_name = "config/home.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        self.request.site_owner = owner = Person.objects.prefetch_related("links", "tags").owner()
        if owner is None or not (owner.is_public_page or user.is_staff):
            return super().get_context_data(owner=None, **kwargs)
        activities = owner.activities.visible_to(user)
        blocks = self.request.look.blocks
        selected = selected_papers(user) if Block.PUBLICATIONS in blocks else []
        travel = activities.filter(kind=Activity.Kind.TRAVEL)
        relations = owner.relations.select_related("related")
        return super().get_context_data(
            owner=owner,
            relations=[relation for relation in relations if not relation.is_former],
            former_relations=[relation for relation in relations if relation.is_former],
            papers=selected,
            newest=newest_papers(user, selected) if Block.NEWEST in blocks else [],
            projects=Project.objects.visible_to(user).filter(featured=True).for_listing(),
            timeline=activities.newest_of_each(self.request.look.timeline),
            places=travel.exclude(city="", country=""),
            located=activities.located(),
            sections=Section.objects.visible_to(user),
            blocks=[f"config/home/{block}.html" for block in blocks],
            # A block need not have a template as Markdown; the base template alone is empty.
            markdown_blocks=[[f"config/home/{block}.md", "base.md"] for block in blocks],
            **kwargs,
        )


def selected_papers(user):
    """Return the selected works in the owner's order. A version that is selected stands for its work."""
    visible = Publication.objects.visible_to(user).with_authors_shown(user)
    selected = list(visible.selected().values_list("pk", "version_of"))
    works = visible.works(user).only("issued", "slug", "title").in_bulk({pk for pair in selected for pk in pair if pk})
    return list(dict.fromkeys(works[pk] for pair in selected for pk in pair if pk in works))


def newest_papers(user, selected):
    """Return the newest work, unless it is among the selected ones; if none are selected, the newest five."""
    works = Publication.objects.visible_to(user).works(user).with_authors_shown(user).newest_first()
    newest = works.only("issued", "slug", "title")[: 1 if selected else NEWEST_SHOWN]
    return [work for work in newest if work not in selected]
