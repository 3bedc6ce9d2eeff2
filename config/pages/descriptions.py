"""Descriptions of the site for programs: /llms.txt (llmstxt.org) and /opensearch.xml (OpenSearch 1.1)."""

from django.urls import reverse
from django.views.generic import TemplateView

from config.pages.home import Home, selected_papers
from config.pages.representations import markdown_address
from profiles.feeds import VISITOR, site_name
from publications.references.formats import EXPORTS


class LLMs(TemplateView):
    """The main pages as Markdown and the exports, for language models. It has what visitors may see."""

    template_name = "config/llms.txt"
    content_type = "text/plain; charset=utf-8"

    def get_context_data(self, **kwargs):
        self.request.user = VISITOR
        owner = self.request.site_owner
        is_public = bool(owner) and owner.is_public_page
        pages = [
            ("Home", "home", "biography and selected work"),
            ("Publications", "publications:publications", "all works, the newest first"),
            ("Projects", "projects:projects", "software, data, books"),
            ("Activities", "profiles:activities", "talks, teaching, service, travel"),
            ("People", "profiles:people", "the people of this site"),
            ("Tags", "tags", "all subjects, by use"),
            *([("CV", "cv", "curriculum vitae")] if is_public else []),
        ]
        exports = [
            *((f"Publications as {format_.label}", reverse("publications:export", args=[ending]))
              for ending, format_ in EXPORTS.items()),
            *([("CV as JSON Resume", reverse("cv-json")), ("CV as PDF", reverse("cv-pdf"))] if is_public else []),
            ("Activities as a calendar", reverse("profiles:calendar")),
            ("Atom feed", reverse("feed")),
            ("Sitemap", reverse("sitemap")),
        ]  # fmt: skip
        return super().get_context_data(
            summary=(is_public and owner.headline) or f"Publications and projects of {site_name(self.request)}.",
            pages=[(label, markdown_address(page), note) for label, page, note in pages],
            papers=selected_papers(VISITOR, Home.papers_shown) if is_public else [],
            exports=exports,
            **kwargs,
        )


class OpenSearch(TemplateView):
    """Lets browsers add the site's search to their search engines."""

    template_name = "config/opensearch.xml"
    content_type = "application/opensearchdescription+xml"

    def get_context_data(self, **kwargs):
        return super().get_context_data(name=site_name(self.request), **kwargs)
