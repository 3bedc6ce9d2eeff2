"""Secret links to what is not public yet: made, copied and taken back."""

from datetime import datetime, time, timedelta

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from profiles.models import PreviewLink

USUAL = 30  # days that a link is open unless the editor says otherwise
LONGEST = 366 * 3


def usual_end():
    return timezone.localdate() + timedelta(days=USUAL)


class PreviewForm(forms.Form):
    last_day = forms.DateField(
        label="Open until the end of",
        initial=usual_end,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="The last day on which the link works.",
    )
    hides_authors = forms.BooleanField(
        label="Hide the authors", required=False, help_text="For blind review: the page and what it offers to cite."
    )

    def __init__(self, *args, has_authors, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["last_day"].help_text += f" Times are those of {settings.TIME_ZONE}."
        if not has_authors:
            del self.fields["hides_authors"]

    def clean_last_day(self):
        day, today = self.cleaned_data["last_day"], timezone.localdate()
        if day < today:
            raise forms.ValidationError("This day is over. Choose today or a later one.")
        if day > today + timedelta(days=LONGEST):
            raise forms.ValidationError("Choose a day within the next three years, so that no link is forgotten.")
        return day

    @property
    def expires_at(self):
        day = self.cleaned_data["last_day"] + timedelta(days=1)
        return timezone.make_aware(datetime.combine(day, time.min))


class PreviewAdmin(admin.ModelAdmin):
    """A page beside the form with the secret links to the object."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_previews"
        view = self.admin_site.admin_view(self.previews_view)
        return [path("<path:object_id>/previews/", view, name=name), *super().get_urls()]

    def render_change_form(self, request, context, **kwargs):
        item = kwargs.get("obj")
        if item is not None and self.has_change_permission(request, item):
            context["previews_url"] = self._previews_url(item)
        return super().render_change_form(request, context, **kwargs)

    def previews_view(self, request, object_id):
        item = self.get_object(request, unquote(object_id))
        if item is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, item):
            raise PermissionDenied
        target = item._meta.concrete_model(pk=item.pk)
        form = PreviewForm(request.POST if "make" in request.POST else None, has_authors=hasattr(item, "hides_authors"))
        if request.method == "POST":
            if "revoke" in request.POST:
                links = [link for link in PreviewLink.objects.to(target) if link.token == request.POST["revoke"]]
                for link in links:
                    link.delete()
                messages.success(request, "The link is revoked." if links else "That link was revoked already.")
                return redirect(self._previews_url(item))
            if form.is_valid():
                PreviewLink.objects.create(
                    model=target._meta.label_lower,
                    object_id=item.pk,
                    expires_at=form.expires_at,
                    hides_authors=form.cleaned_data.get("hides_authors", False),
                    created_by=request.user,
                )
                return redirect(self._previews_url(item))
        links = PreviewLink.objects.to(target).live().select_related("created_by")
        context = {
            **self.admin_site.each_context(request),
            "title": f"Preview links to {item}",
            "opts": self.opts,
            "object": item,
            "object_id": quote(item.pk),
            "form": form,
            "links": [(link, settings.SITE_URL + link.get_absolute_url()) for link in links],
        }
        if not settings.SITE_URL:
            context["links"] = [(link, request.build_absolute_uri(path)) for link, path in context["links"]]
        return TemplateResponse(request, "admin/previews.html", context)

    def _previews_url(self, item):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_previews", args=[quote(item.pk)])
