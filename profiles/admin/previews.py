"""Preview links: secret links to content that is not public yet."""

from datetime import datetime, time, timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone

from profiles.content.addresses import absolute
from profiles.history.admin import HistoryAdmin
from profiles.models import PreviewLink

DEFAULT_DAYS = 30
MAX_DAYS = 366 * 3


class PreviewForm(forms.Form):
    last_day = forms.DateField(
        label="Last day",
        initial=lambda: timezone.localdate() + timedelta(days=DEFAULT_DAYS),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    hides_authors = forms.BooleanField(
        label="Hide the authors",
        required=False,
        help_text="For blind review: leaves the authors out of the page and its citations.",
    )

    def __init__(self, *args, has_authors, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["last_day"].help_text = f"The link works until the end of this day ({settings.TIME_ZONE})."
        if not has_authors:
            del self.fields["hides_authors"]

    def clean_last_day(self):
        day, today = self.cleaned_data["last_day"], timezone.localdate()
        if day < today:
            raise forms.ValidationError("This day is in the past. Choose today or a later day.")
        if day > today + timedelta(days=MAX_DAYS):
            raise forms.ValidationError("Choose a day within the next three years.")
        return day


class PreviewAdmin(HistoryAdmin):
    """Adds a page that lists, creates and revokes the preview links to an object."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_previews"
        view = self.admin_site.admin_view(self.previews_view)
        return [path("<int:pk>/previews/", view, name=name), *super().get_urls()]

    def render_change_form(self, request, context, **kwargs):
        item = kwargs.get("obj")
        if item is not None and self.has_preview_permission(request, item):
            context["previews_url"] = self.get_url("previews", item.pk)
        return super().render_change_form(request, context, **kwargs)

    def has_preview_permission(self, request, obj):
        return self.has_change_permission(request, obj)

    def previews_view(self, request, pk):
        item = self.get_object(request, pk)
        if item is None:
            raise Http404(f"There is no {self.opts.verbose_name} with this number.")
        if not self.has_preview_permission(request, item):
            raise PermissionDenied
        if "revoke" in request.POST:
            self.revoke(request, item)
            return redirect(request.path)
        data = request.POST if "create" in request.POST else None
        form = PreviewForm(data, has_authors=hasattr(item, "hides_authors"))
        if form.is_valid():
            next_day = form.cleaned_data["last_day"] + timedelta(days=1)
            PreviewLink.objects.create(
                model=item._meta.concrete_model._meta.label_lower,
                object_id=pk,
                expires_at=timezone.make_aware(datetime.combine(next_day, time.min)),
                hides_authors=form.cleaned_data.get("hides_authors", False),
                created_by=request.user,
            )
            return redirect(request.path)
        links = PreviewLink.objects.to(item).live().select_related("created_by")
        context = {
            "object": item,
            "form": form,
            "links": [(link, absolute(request, link.get_absolute_url())) for link in links],
        }
        return self.render_page(request, "admin/content/previews.html", f"Preview links to {item}", context)

    def revoke(self, request, item):
        revoked = [link for link in PreviewLink.objects.to(item) if link.token == request.POST["revoke"]]
        for link in revoked:
            link.delete()
        messages.success(request, "Link revoked." if revoked else "That link had been revoked before.")
