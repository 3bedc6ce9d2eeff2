"""The choice between draft, published and scheduled in the admin's forms, and their fields for dates with a time."""

import json
from datetime import datetime, time

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminRadioSelect
from django.utils import timezone
from django.utils.html import format_html

from profiles.content.publishing import Publishable, in_words

DRAFT, PUBLISHED, SCHEDULED = *Publishable.State.values, "scheduled"
CHOICES = [(DRAFT, "Draft"), (PUBLISHED, "Published"), (SCHEDULED, "Scheduled for a date")]
# What a choice does. js/admin/publishing.js shows the same sentences while the editor chooses.
OUTCOMES = {
    "draft": "Only editors see this.",
    "unscheduled": "Only editors see this. A draft is not published on its date, {date}: for that, choose “Scheduled”.",
    "now": "Visitors will see this as soon as you save.",
    "dated": "Visitors will see this as soon as you save, with the date {date}.",
    "since": "Visitors have seen this since {date}.",
    "undated": "Enter the date, in the future, from which visitors will see this.",
    "scheduled": "Visitors will see this from {date}.",
}


def clock_help():
    return f"Without a time, it means 00:00. Times are in {settings.TIME_ZONE}."


class ClockInput(forms.TimeInput):
    """A time without its seconds, if they are zero."""

    def format_value(self, value):
        text = super().format_value(value)
        return text.removesuffix(":00") if text and text.count(":") == 2 else text


class MomentWidget(forms.MultiWidget):
    """A date and a time, in the browser's own fields."""

    supports_microseconds = False

    def __init__(self, attrs=None):
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__([day, ClockInput(attrs={"type": "time", "step": "any"}, format="%H:%M:%S")], attrs)

    def decompress(self, value):
        if not isinstance(value, datetime):  # such as a text in the address of the form
            return [None, None]
        local = timezone.localtime(value)
        return [local.date(), local.time()]


class MomentField(forms.SplitDateTimeField):
    """A date with an optional time, in the site's time zone. Without a time, it is the start of that day."""

    widget = MomentWidget

    def __init__(self, *, help_text="", **kwargs):
        super().__init__(help_text=help_text, **kwargs)
        self.help_text = f"{help_text} {clock_help()}"
        for part, widget in zip(("date", "time"), self.widget.widgets, strict=True):
            widget.attrs["aria-label"] = f"{self.label}, {part}"

    def compress(self, data_list):
        day, clock = data_list or (None, None)
        if day and not 1900 <= day.year < 3000:  # near the limits of the calendar, some time zones fail
            raise forms.ValidationError("Enter a date between the years 1900 and 2999.", code="out_of_range")
        if day and clock is None:
            return timezone.make_aware(datetime.combine(day, time.min))
        try:
            return super().compress(data_list)
        except forms.ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            message = f"The clocks change at {clock:%H:%M} on this day. Enter an earlier or later time."
            raise forms.ValidationError(message, code=error.code) from error


class PublishingForm(forms.ModelForm):
    """The form of a Publishable: one choice of state, with a date if it is scheduled.

    The model stores a scheduled object as published from a date in the future.
    """

    state = forms.ChoiceField(choices=CHOICES, initial=DRAFT, widget=AdminRadioSelect(attrs={"class": "radiolist"}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "state" not in self.fields:  # without the publish permission
            return
        if self.instance.is_scheduled:
            self.initial["state"] = SCHEDULED
        self.fields["publish_at"].help_text = (
            "For “Scheduled”: the date from which visitors will see it, such as the end of an embargo. For "
            f"“Published”: leave it empty for now. {clock_help()}"
        )
        self.fields["state"].help_text = format_html(
            '<span class="outcome" role="status" data-zone="{}" data-public="{}" data-outcomes="{}">{}</span>',
            settings.TIME_ZONE,
            self.instance.is_public,
            json.dumps(OUTCOMES),
            self.outcome(),
        )

    def outcome(self):
        """Return what the choice in the form does, as a sentence."""
        state, moment = self.initial.get("state"), self.initial.get("publish_at")
        if self.is_bound:
            field, name = self.fields["publish_at"], self.add_prefix("publish_at")
            state = self.data.get(self.add_prefix("state"))
            try:
                moment = field.clean(field.widget.value_from_datadict(self.data, self.files, name))
            except forms.ValidationError:
                moment = None
        if not isinstance(moment, datetime):  # such as a text in the address of the form
            moment = None
        is_future = bool(moment) and moment > timezone.now()
        if state == SCHEDULED:
            key = "scheduled" if is_future else "undated"
        elif state == PUBLISHED:
            past = "since" if self.instance.is_public else "dated"
            key = past if moment and not is_future else "now"
        else:
            key = "unscheduled" if is_future else "draft"
        return OUTCOMES[key].format(date=moment and in_words(moment))

    def clean(self):
        cleaned = super().clean()
        if "state" in cleaned and "publish_at" in cleaned:
            self.clean_moment(cleaned)
        if cleaned.get("state") == SCHEDULED:
            cleaned["state"] = PUBLISHED
        return cleaned

    def clean_moment(self, cleaned):
        """Refuse a date that contradicts the state. The date of a cancelled schedule is removed."""
        state, moment = cleaned["state"], cleaned["publish_at"]
        is_future = bool(moment) and moment > timezone.now()
        if state == SCHEDULED and moment is None:
            self.add_error("publish_at", "Enter the date on which this is to be published.")
        elif state == SCHEDULED and not is_future:
            self.add_error("publish_at", "This date is in the past. Enter a later one, or choose “Published”.")
        elif state != SCHEDULED and is_future and "publish_at" in self.changed_data:
            self.add_error("publish_at", "This date is in the future. Choose “Scheduled”, or clear the date.")
        elif state != SCHEDULED and is_future:
            cleaned["publish_at"] = None
