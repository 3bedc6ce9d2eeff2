"""When the jobs of the schedule are due. Nothing here reads the clock."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from config.upkeep.maintenance.jobs import JOBS, job_file
from profiles.models import Schedule

LONGEST_PAUSE = timedelta(hours=2)  # between two checks of the schedule, which something makes every hour
SUNDAY = 6


def due(schedule, now):
    """Return the names of the jobs whose moment has passed since they last began, or since the schedule was changed."""
    return [
        name
        for name in JOBS
        if (moment := last_moment(getattr(schedule, name), schedule.hour, now))
        and moment > max(filter(None, [schedule.changed_at, getattr(schedule, f"{name}_began_at")]))
    ]


def last_moment(every, hour, now):
    """Return the last moment at which a job was planned; None if it is off."""
    if every == Schedule.Every.OFF:
        return None
    now = timezone.localtime(now)
    day = now.date() if now.hour >= hour else now.date() - timedelta(days=1)
    if every == Schedule.Every.WEEK:
        day -= timedelta(days=(day.weekday() - SUNDAY) % 7)
    return _at(day, hour)


def next_moment(every, hour, now):
    """Return the next moment at which a job is planned; None if it is off."""
    last = last_moment(every, hour, now)
    return last and _at(last.date() + timedelta(days=7 if every == Schedule.Every.WEEK else 1), hour)


def _at(day, hour):
    return timezone.make_aware(datetime.combine(day, time(hour)))


def claim_due(now):
    """Return the names of the jobs that are due. Each is returned once, even if several processes ask."""
    schedule = Schedule.objects.first()
    claimed = []
    for name in due(schedule, now) if schedule else ():
        field = f"{name}_began_at"
        unclaimed = Schedule.objects.filter(pk=schedule.pk, **{field: getattr(schedule, field)})
        if unclaimed.update(**{field: now}):
            claimed.append(name)
    return claimed


def record_check(now):
    """Store when the schedule was last checked for jobs that are due. Raise OSError."""
    path = job_file("schedule")
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_text(now.isoformat())


def last_check():
    """Return when the schedule was last checked, or None."""
    try:
        return datetime.fromisoformat(job_file("schedule").read_text())
    except (OSError, ValueError):
        return None
