from itertools import groupby

from django.http import Http404

from profiles.models import Post
from profiles.views.base import VisibleDetailView, VisibleListView


class PostList(VisibleListView):
    """The news by year, below what is pinned; ``?year=2025`` shows one year."""

    model = Post
    paginate_by = 40

    def get_queryset(self):
        posts = super().get_queryset()
        self.years, self.year = posts.years(), self.request.GET.get("year", "")
        if not self.year:
            return posts
        if self.year not in dict(self.years):
            raise Http404("There is no news from that year.")
        return posts.in_year(self.year).by_date()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        page = context["page_obj"]
        query = [f"year={self.year}"] if self.year else []
        query += [f"page={page.number}"] if page.number > 1 else []
        groups = groupby(page, lambda post: "Pinned" if post.pinned and not self.year else post.date.year)
        return {
            **context,
            "canonical": self.request.path + ("?" + "&".join(query) if query else ""),
            "groups": [(heading, list(posts)) for heading, posts in groups],
            "year": self.year,
            "years": self.years,
        }


class PostDetail(VisibleDetailView):
    model = Post

    def get_queryset(self):
        return super().get_queryset().prefetch_related("tags")

    def get_context_data(self, **kwargs):
        user, post = self.request.user, self.object
        older, newer = post.neighbours(user)
        return super().get_context_data(
            papers=post.post_publications.works(user).with_authors_shown(user),  # a post may name the authors
            projects=post.post_projects.projects(user),
            grants=post.grants.visible_to(user),
            people=post.people.all(),
            older=older,
            newer=newer,
            **kwargs,
        )
