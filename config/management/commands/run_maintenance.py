import signal
import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.upkeep.maintenance import jobs, schedule


class Command(BaseCommand):
    help = "Runs what is due by the schedule in the admin (for cron, every hour), or the jobs that are named."
    requires_system_checks = []  # their warnings would be in the log, or a mail, every hour

    def add_arguments(self, parser):
        parser.add_argument("jobs", nargs="*", metavar="JOB", help=f"run this now: {' or '.join(jobs.JOBS)}")
        parser.add_argument("--by", default="Command line", help="who starts the jobs, for the admin")

    def handle(self, *, by, **options):
        names, failed = options["jobs"], []
        if unknown := set(names) - jobs.JOBS.keys():
            raise CommandError(f"There is no job “{min(unknown)}”. Choose from: {', '.join(jobs.JOBS)}.")
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))  # so that no half of a file stays
        try:
            if not names:
                now, by = timezone.now(), "Schedule"
                schedule.record_check(now)
                names = schedule.claim_due(now)
            for name in names:
                ended = jobs.run(name, by)
                self.stdout.write(f"{name}: {ended.text}")
                if ended.outcome == "failed":
                    failed.append(name)
        except jobs.AlreadyRunningError as error:
            raise CommandError("Another process runs this job already.") from error
        except OSError as error:
            raise CommandError(f"The data folder cannot be used: {error}") from error
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}.")
