"""The manual: short pages for editors inside the admin. The header of each page of the admin links to its page.

The texts are templates/admin/manual/<name>.md, so that they can contain {% url %} and {% static %}.
"""

from django.contrib import admin
from django.http import Http404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse

# {name: title}, in the order of the contents.
PAGES = {
    "start": "Make the site yours",
    "people": "People and names",
    "group": "Members of a group",
    "publications": "Add a publication",
    "import": "Import publications",
    "publishing": "Draft, publish, schedule",
    "cv": "Selected publications and the CV",
    "activities": "Positions, awards, places",
    "talks": "Talks",
    "projects": "Projects and links",
    "grants": "Grants",
    "teaching": "Courses and their materials",
    "news": "News",
    "pages": "Pages of your own",
    "texts": "Texts, pictures and maths",
    "history": "Undo, restore, merge and delete",
    "look": "The look and the home page",
    "menu": "Menu, footer and settings of the site",
    "users": "Assistants and other users",
    "maintenance": "Backups, checks and updates",
}

# The page for each view of the admin: by the name of its URL, or by the model that the name starts with.
BY_URL_NAME = {
    "index": "start",
    "health": "maintenance",
    "maintenance": "maintenance",
    "password_change": "users",
    "publications_publication_import": "import",
    "publications_publication_names": "cv",
    "publications_publication_renumber": "cv",
    "publications_publication_review": "import",
    "publications_publication_selected": "cv",
}
BY_MODEL = {
    "auth_user": "users",
    "profiles_course": "teaching",
    "profiles_cv": "cv",
    "profiles_cvsnapshot": "cv",
    "profiles_look": "look",
    "profiles_followedfeed": "news",
    "profiles_page": "pages",
    "profiles_membership": "group",
    "profiles_menu": "menu",
    "profiles_person": "people",
    "profiles_post": "news",
    "profiles_postsuggestion": "news",
    "profiles_section": "look",
    "profiles_sitesettings": "menu",
    "profiles_tag": "history",
    "profiles_talk": "talks",
    "projects_grant": "grants",
    "projects_project": "projects",
    "publications_publication": "publications",
    "publications_savedlist": "publications",
}
BY_ACTION = {"history": "history", "deleted": "history", "delete": "history", "previews": "publishing"}


def page_for(url_name):
    """Return the name of the manual page for a view of the admin, or "" for the contents."""
    app_label, _, rest = (url_name or "").partition("_")
    model, _, action = rest.partition("_")
    default = "activities" if app_label == "profiles" else ""
    return BY_URL_NAME.get(url_name) or BY_ACTION.get(action) or BY_MODEL.get(f"{app_label}_{model}", default)


def manual(request, name=""):
    """Show the contents of the manual, or one page."""
    if name and name not in PAGES:
        raise Http404("The manual has no such page.")
    names = list(PAGES)
    following = names[names.index(name) + 1 :][:1] if name else names[:1]
    context = {
        **admin.site.each_context(request),
        "title": PAGES.get(name, "Manual"),
        "name": name,
        "pages": PAGES.items(),
        "text": render_to_string(f"admin/manual/{name}.md", request=request) if name else "",
        "following": [(one, PAGES[one]) for one in following],
    }
    return TemplateResponse(request, "admin/manual/page.html", context)
