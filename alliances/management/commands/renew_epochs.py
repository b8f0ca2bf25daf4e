"""`python3 manage.py renew_epochs`: after a restore from a backup, before the web processes start."""

from typing import Any

from django.core.management import BaseCommand

from alliances import actions


class Command(BaseCommand):
    help = "After a restore: let every board take a fresh snapshot instead of trusting what it has."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{actions.renew_epochs()} streams begin a new epoch")
