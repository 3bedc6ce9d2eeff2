"""The menu in the admin: one form with all entries, in their order, that starts with the automatic menu."""

from django import forms
from django.contrib import admin
from django.db import transaction
from django.utils.functional import cached_property

from config.pages.menu import AUTOMATIC
from profiles.admin.content import RowsInline
from profiles.admin.site import SingleAdmin
from profiles.content.addresses import path_of
from profiles.forms import RowForm, RowFormSet
from profiles.models import Menu, MenuItem, Page
from profiles.models.site import BUILT_IN, TWO_TARGETS
from publications.models import SavedList

NOT_PUBLIC = " (not public yet)"
LISTS = "Lists of publications"


def targets():
    """Return the choices of pages and lists, in groups. The value of a page is its primary key."""
    pages = [
        (str(page.pk), f"{page}{'' if page.is_public else NOT_PUBLIC}")
        for page in Page.objects.filter(introduces="").with_parents().in_tree_order()
    ]
    groups = [("Built-in pages", BUILT_IN), ("Pages", pages), (LISTS, lists())]
    return [("", "None: an address, or a label"), *((name, choices) for name, choices in groups if choices)]


def lists():
    """Return the choices of lists of publications. Their values are their paths on the site."""
    return [(path_of(one), f"{one}{'' if one.is_public else NOT_PUBLIC}") for one in SavedList.objects.all()]


class MenuItemForm(RowForm):
    target = forms.ChoiceField(label="page", required=False)
    is_sub = forms.BooleanField(label="in submenu", required=False, help_text="Of the nearest entry above it.")

    def __init__(self, *args, targets, instance=None, initial=None, **kwargs):
        self.lists = dict(dict(targets).get(LISTS, ()))
        if instance:
            chosen = instance.url if instance.url in self.lists else ""
            initial = {
                "target": instance.built_in or instance.page_id or chosen,
                "url": "" if chosen else instance.url,
                "is_sub": bool(instance.parent_id),
            }
        super().__init__(*args, instance=instance, initial=initial, **kwargs)
        self.fields["target"].choices = targets

    def clean_url(self):
        url = self.cleaned_data["url"]
        return url if not url or url.startswith("/") or "://" in url else f"https://{url}"

    def clean(self):
        cleaned = super().clean()
        target = cleaned.get("target", "")
        if target in self.lists:
            if cleaned.get("url"):
                self.add_error("url", TWO_TARGETS)
            name = self.lists[target].removesuffix(NOT_PUBLIC)[: MenuItem._meta.get_field("label").max_length]
            cleaned |= {"url": target, "label": cleaned.get("label") or name}
            target = ""
        self.instance.page_id = int(target) if target.isdigit() else None
        self.instance.built_in = "" if target.isdigit() else target
        return cleaned


class MenuFormSet(RowFormSet):
    # Checked here, because the entries may exchange their pages.
    unvalidated = ("page", "built_in", "url")

    @cached_property
    def targets(self):
        return targets()

    def get_form_kwargs(self, index):
        return super().get_form_kwargs(index) | {"targets": self.targets}

    def validate_unique(self):
        """Leave it to ``clean``, whose messages are at the rows."""

    @property
    def in_order(self):
        """The forms of the rows that are saved, in the order of the menu."""
        forms = [form for form in self.forms if form.instance.pk or form.has_changed()]
        saved = [form for form in forms if form not in self.deleted_forms]
        return sorted(saved, key=lambda form: form.cleaned_data.get("position") or 0)

    def clean(self):
        super().clean()
        seen, is_first = set(), True
        for form in self.in_order:
            name = "target" if form.cleaned_data.get("target") else "url"
            value = form.cleaned_data.get(name)
            if value and value in seen:
                form.add_error(name, "This is in the menu already. Change or delete one of the two.")
            seen.add(value)
            if is_first and form.cleaned_data.get("is_sub"):
                form.add_error("is_sub", "The first entry cannot be in a submenu: there is none above it.")
            is_first = False

    @transaction.atomic
    def save(self, commit=True):
        changed = [form.instance.pk for form in self.initial_forms if form.has_changed()]
        # Entries may exchange their pages: first nobody has one.
        MenuItem.objects.filter(pk__in=changed).update(page=None, built_in="", url="", label="-")
        rows = super().save(commit)
        top, items = None, []
        for position, form in enumerate(self.in_order, 1):
            item = form.instance
            item.position, item.parent = position, top if form.cleaned_data["is_sub"] else None
            top = item.parent or item
            items.append(item)
        MenuItem.objects.bulk_update(items, ["position", "parent"])
        return rows


class MenuItemInline(RowsInline):
    model = MenuItem
    form = MenuItemForm
    formset = MenuFormSet
    fields = ["target", "url", "label", "is_sub", "position"]
    view_on_site = False
    verbose_name_plural = "entries"

    class Media:
        js = [forms.Script("js/admin/menu.js", type="module")]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("page")


@admin.register(Menu)
class MenuAdmin(SingleAdmin):
    """Deleting the menu brings the automatic one back; it can be restored."""

    change_form_template = "admin/profiles/menu/change_form.html"
    inlines = [MenuItemInline]
    fields = []

    def has_delete_permission(self, request, obj=None):
        return super(SingleAdmin, self).has_delete_permission(request, obj)

    def render_change_form(self, request, context, **kwargs):
        context["show_delete"] = False  # “Reset to the automatic menu” does it
        return super().render_change_form(request, context, **kwargs)

    def get_deletion_notes(self, item):
        return [
            "The site then has the automatic menu again, which names all built-in pages that have content. You can "
            "restore this menu from the list of deleted menus."
        ]

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if obj.pk or request.method == "POST":
            return kwargs
        # Also lists without content: the menu shows them as soon as they have some, as the automatic one does.
        rows = [{"target": name, "position": position} for position, (name, _) in enumerate(AUTOMATIC, 1)]
        return kwargs | {"initial": rows}
