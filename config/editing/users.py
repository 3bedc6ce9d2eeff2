"""User accounts in the admin: name, e-mail address and role. New users choose their password by a link."""

from smtplib import SMTPException

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminRadioSelect
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from config.editing.roles import OWNER, ROLES
from profiles.content.addresses import absolute

NO_ROLE = "No role: cannot log in"
ROLE_CHOICES = [(name, f"{name}: {what}") for name, what in ROLES.items()]
MAIL = """Hello {name},

you can now edit the site {site}. Choose your password here:

{link}

Then log in with your user name “{username}”. The link works once, within {days} days.
"""

admin.site.unregister([User, Group])


class UserForm(forms.ModelForm):
    name = forms.CharField(max_length=150, help_text="For example “Grace Hopper”. Shown in the history of changes.")
    email = forms.EmailField(
        label="E-mail",
        max_length=150,
        help_text="Users log in with it. The site sends mail to it only if you ask for that.",
    )
    role = forms.ChoiceField(choices=ROLE_CHOICES, widget=AdminRadioSelect(attrs={"class": "radiolist"}))

    class Meta:
        model = User
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        user = self.instance
        if user.pk:
            self.fields["role"].choices = [*ROLE_CHOICES, ("", NO_ROLE)]
            self.fields["role"].required = False
        self.has_user_name = bool(user.pk) and user.username != user.email.lower()
        if self.has_user_name:
            # Made by a command, or before users logged in with their address.
            self.fields["email"].required = False
            self.fields["email"].help_text = f"Logs in with this address, or with the user name “{user.username}”."
        self.initial |= {"name": user.get_full_name(), "email": user.email, "role": role_of(user)}

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        others = User.objects.exclude(pk=self.instance.pk)
        if email and (others.filter(email__iexact=email) | others.filter(username__iexact=email)).exists():
            raise forms.ValidationError("Another user has this address. Enter another one.")
        return email

    def clean_role(self):
        role = self.cleaned_data["role"]
        if self.instance == self.user and role != OWNER:
            raise forms.ValidationError("You cannot give up your own role. Ask another owner to change it.")
        return role

    def save(self, commit=True):
        user, role = self.instance, self.cleaned_data["role"]
        if not user.pk:
            user.set_unusable_password()
        if not self.has_user_name:
            user.username = self.cleaned_data["email"]
        user.first_name, user.last_name, user.email = self.cleaned_data["name"], "", self.cleaned_data["email"]
        user.is_active = user.is_staff = bool(role)
        user.is_superuser = user.is_superuser and role == OWNER
        return super().save(commit)


def role_of(user):
    """Return the name of a user's role, or "" if they cannot log in."""
    if not (user.pk and user.is_active and user.is_staff):
        return ""
    if user.is_superuser:
        return OWNER
    names = {group.name for group in user.groups.all()}
    return next((name for name in ROLES if name in names), "")


def password_link(request, user):
    """Return the address where a user chooses a password: once, within PASSWORD_RESET_TIMEOUT."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return absolute(request, reverse("admin:set_password", args=[key, default_token_generator.make_token(user)]))


@admin.register(User)
class AccountAdmin(admin.ModelAdmin):
    form = UserForm
    change_form_template = "admin/users/change_form.html"
    fields = ["name", "email", "role"]
    list_display = ["name", "email", "role", "last_login"]
    search_fields = ["username", "email", "first_name", "last_name"]
    ordering = ["first_name", "username"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="Name", ordering="first_name")
    def name(self, user):
        return user.get_full_name() or user.username

    @admin.display(description="Role")
    def role(self, user):
        return role_of(user) or NO_ROLE

    def lookup_allowed(self, lookup, value, request=None):
        # A filter must not reveal password hashes bit by bit.
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and obj != request.user

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.user = request.user
        return form

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.instance.groups.set(Group.objects.filter(name=form.cleaned_data["role"]))
        form.instance.user_permissions.clear()

    def get_urls(self):
        view = self.admin_site.admin_view(self.link_view)
        return [path("<int:pk>/link/", view, name="auth_user_link"), *super().get_urls()]

    def response_add(self, request, obj, post_url_continue=None):
        response = super().response_add(request, obj, post_url_continue)
        return response if "_addanother" in request.POST else redirect("admin:auth_user_link", obj.pk)

    def link_view(self, request, pk):
        """Show the link with which a user chooses a password, and send it by e-mail."""
        user = self.get_object(request, pk)
        if user is None:
            raise Http404("There is no such user.")
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        link, days = password_link(request, user), settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)
        if request.method == "POST" and user.email and role_of(user):
            self.send_link(request, user, link, days)
            return redirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Password link for {self.name(user)}",
            "opts": self.opts,
            "original": user,
            "name": self.name(user),
            "link": link if role_of(user) else "",
            "days": days,
        }
        return TemplateResponse(request, "admin/users/password_link.html", context)

    def send_link(self, request, user, link, days):
        site = absolute(request, reverse("home"))
        text = MAIL.format(name=self.name(user), site=site, link=link, username=user.username, days=days)
        try:
            send_mail(f"Your account on {site}", text, None, [user.email])
        except (OSError, SMTPException) as error:
            message = f"The e-mail could not be sent ({error}). Copy the link, and send it yourself."
            messages.error(request, message)
        else:
            messages.success(request, f"The link was sent to {user.email}.")
