from django.db import migrations

OLD = [
    "Award", "Education", "Grant", "Membership", "News", "Position", "Service", "Supervision", "Talk", "Teaching", "Travel",
]
NEW = {
    "education": ("education entry", "education entries"),
    "position": ("position", "positions"),
    "award": ("award", "awards"),
    "grant": ("grant", "grants"),
    "service": ("service entry", "service entries"),
    "membership": ("membership", "memberships"),
    "travel": ("trip", "trips"),
}


class Migration(migrations.Migration):
    """The proxy models of the kinds get names that other models do not want: Membership is MembershipActivity."""

    dependencies = [("profiles", "0025_newest_publication")]

    operations = [
        *(migrations.DeleteModel(name) for name in OLD),
        *(
            migrations.CreateModel(
                name=f"{kind.capitalize()}Activity",
                fields=[],
                options={
                    "verbose_name": singular,
                    "verbose_name_plural": plural,
                    "proxy": True,
                    "indexes": [],
                    "constraints": [],
                },
                bases=("profiles.activity",),
            )
            for kind, (singular, plural) in NEW.items()
        ),
    ]
