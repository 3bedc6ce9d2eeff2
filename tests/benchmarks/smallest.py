"""The smallest Django project that shows the same record, from the same database and at the same addresses.

It does as little as possible: no middleware, sessions, users, counts or pagination; templates are cached and the
connection is persistent. Importing the module sets up Django, so it is only for a separate process.
"""

# ruff: noqa: DJ008 (these rows are never printed)

import environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application

HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><title>The record</title>'
ITEMS = (
    '{% for work in works %}<li><a href="/publications/{{ work.slug }}/">{{ work.title }}</a>. '
    "{% for authorship in work.authorship_set.all %}{{ authorship.person.name }}, {% endfor %}"
    "<i>{{ work.container_title }}</i> {{ work.issued }}</li>{% endfor %}"
)
TEMPLATES = {
    "list.html": f"{HEAD}<h1>{{{{ title }}}}</h1><ul>{ITEMS}</ul>",
    "detail.html": (
        f"{HEAD}{{% with works.0 as work %}}<h1>{{{{ work.title }}}}</h1><ul>{ITEMS}</ul>"
        "<p>{{ work.abstract }}</p>"
        "{% for tie in work.taggedpublication_set.all %}"
        '<a href="/tags/{{ tie.tag.slug }}/">{{ tie.tag.name }}</a> {% endfor %}{% endwith %}'
    ),
}

settings.configure(
    SECRET_KEY="only-for-benchmarks",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[__name__],
    DATABASES={"default": {**environ.Env().db_url("DATABASE_URL"), "CONN_MAX_AGE": None}},
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    ("django.template.loaders.cached.Loader", [("django.template.loaders.locmem.Loader", TEMPLATES)])
                ]
            },
        }
    ],
)
application = get_wsgi_application()

from django.db import models  # noqa: E402
from django.db.models.functions import Now  # noqa: E402
from django.http import Http404  # noqa: E402
from django.shortcuts import get_object_or_404, render  # noqa: E402
from django.urls import path  # noqa: E402


class Person(models.Model):
    name = models.CharField(max_length=200)
    is_owner = models.BooleanField()

    class Meta:
        managed = False
        db_table = "profiles_person"


class Tag(models.Model):
    name = models.CharField(max_length=100)
    slug = models.CharField(max_length=100)

    class Meta:
        managed = False
        db_table = "profiles_tag"


class Publication(models.Model):
    title = models.CharField(max_length=500)
    slug = models.CharField(max_length=100)
    issued = models.CharField(max_length=10)
    abstract = models.TextField()
    container_title = models.CharField(max_length=300)
    state = models.CharField(max_length=10)
    publish_at = models.DateTimeField()
    version_of = models.ForeignKey("self", models.CASCADE)

    class Meta:
        managed = False
        db_table = "publications_publication"


class Authorship(models.Model):
    publication = models.ForeignKey(Publication, models.CASCADE)
    person = models.ForeignKey(Person, models.CASCADE)
    position = models.IntegerField()

    class Meta:
        managed = False
        db_table = "publications_authorship"
        ordering = ["position"]


class TaggedPublication(models.Model):
    content_object = models.ForeignKey(Publication, models.CASCADE)
    tag = models.ForeignKey(Tag, models.CASCADE)

    class Meta:
        managed = False
        db_table = "publications_taggedpublication"


def published():
    names = models.Prefetch("authorship_set", Authorship.objects.select_related("person"))
    return Publication.objects.filter(state="published", publish_at__lte=Now()).prefetch_related(names)


def works():
    return published().filter(version_of=None).order_by("-issued", "-pk")


def home(request):
    owner = get_object_or_404(Person, is_owner=True)
    return render(request, "list.html", {"title": owner.name, "works": works()[:5]})


def publications(request):
    return render(request, "list.html", {"title": "Publications", "works": works()[:50]})


def publication(request, slug):
    found = published().prefetch_related("taggedpublication_set__tag").filter(slug=slug)
    if not found:
        raise Http404
    return render(request, "detail.html", {"works": found})


def tag(request, slug):
    found = get_object_or_404(Tag, slug=slug)
    return render(
        request, "list.html", {"title": found.name, "works": works().filter(taggedpublication__tag=found)[:50]}
    )


def search(request):
    text = request.GET["q"]
    found = works().filter(models.Q(title__icontains=text) | models.Q(abstract__icontains=text))
    return render(request, "list.html", {"title": text, "works": found[:20]})


urlpatterns = [
    path("", home),
    path("publications/", publications),
    path("publications/<slug>/", publication),
    path("tags/<slug>/", tag),
    path("search/", search),
]
