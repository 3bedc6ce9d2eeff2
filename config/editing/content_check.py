"""The content check in the admin: findings by severity, dismissed ones apart, and the check of links."""

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse

from config.editing import maintenance
from profiles.content import health
from profiles.content.health import DismissedFinding, Severity

EXPLANATIONS = {
    Severity.ERROR: "Visitors, search engines or other programs get something wrong.",
    Severity.WARNING: "Something is missing, or may be wrong.",
    Severity.HINT: "Nice to have.",
}


def can_dismiss(user):
    """Return whether a user may hide findings from everybody, as all who may publish can."""
    return user.has_perm("publications.publish_publication")


def content_check(request):
    """Show some findings of each check, or all findings of the check that the query string names."""
    only = request.GET.get("check", "")
    if only and only not in health.registered:
        raise Http404("There is no such check.")
    if request.method == "POST":
        return _post(request)
    results = health.run(request.user, only)
    context = {
        **admin.site.each_context(request),
        "title": "Content check",
        "groups": [group for severity in Severity if (group := _group(severity, results))],
        "dismissed": [(result.check, *pair) for result in results for pair in result.dismissed],
        "check": health.registered.get(only),
        "can_dismiss": can_dismiss(request.user),
        "link_checks": maintenance.link_checks(request.user),
    }
    return TemplateResponse(request, "admin/upkeep/health.html", context)


def _group(severity, results):
    """Return what the page shows of one severity, or None."""
    found = [one for one in results if one.check.severity == severity and (one.findings or one.is_incomplete)]
    count = sum(len(one.findings) for one in found)
    is_more = any(one.has_more or one.is_incomplete for one in found)
    return found and {
        "severity": severity,
        "explanation": EXPLANATIONS[severity],
        "count": f"at least {count}" if is_more else count,
        "results": found,
    }


def _post(request):
    if request.POST.get("job") == "links":
        section = "#links" if maintenance.start_job(request, "links") else ""
        return HttpResponseRedirect(f"{request.get_full_path()}{section}")
    if not can_dismiss(request.user):
        raise PermissionDenied
    if keys := request.POST.getlist("dismiss"):
        _dismiss(request, keys)
    elif key := request.POST.get("undismiss"):
        DismissedFinding.objects.filter(key=key).delete()
        messages.success(request, "The finding is listed again.")
    return HttpResponseRedirect(request.get_full_path())


def _dismiss(request, keys):
    check = health.registered.get(request.POST.get("check_name", ""))
    if check is None or not all(len(key) == 32 and key.isalnum() for key in keys):
        raise BadRequest("There is no such finding.")
    if not request.user.has_perm(check.permission):
        raise PermissionDenied
    rows = [DismissedFinding(check_name=check.key, key=key, dismissed_by=request.user) for key in keys]
    DismissedFinding.objects.bulk_create(rows, ignore_conflicts=True)
    what = "Finding" if len(rows) == 1 else f"{len(rows)} findings"
    messages.success(request, f"{what} dismissed. If a problem changes, it is listed again.")
