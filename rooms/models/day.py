"""What happened on the site, in figures by day: no person and no room is in them."""

from datetime import timedelta

from django.db import connection, models
from django.utils import timezone


class DayQuerySet(models.QuerySet["Day"]):
    """Adds to days, and finds the last of them."""

    def add(self, seconds: int, people: int, calls: int) -> None:
        """Note time spent in calls, and how many are in them now, for today.

        One statement, so that processes that add at once lose nothing.
        """
        table = connection.ops.quote_name(self.model._meta.db_table)
        most = "GREATEST" if connection.vendor == "postgresql" else "MAX"
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (day, seconds, people, calls) "  # noqa: S608
                f"VALUES (%s, %s, %s, %s) ON CONFLICT (day) DO UPDATE SET "
                f"seconds = {table}.seconds + excluded.seconds, "
                f"people = {most}({table}.people, excluded.people), "
                f"calls = {most}({table}.calls, excluded.calls)",
                [timezone.localdate(), seconds, people, calls],
            )

    def lately(self, count: int) -> list["Day"]:
        """The last days up to today, oldest first; those without calls are empty."""
        today = timezone.localdate()
        first = today - timedelta(days=count - 1)
        known = {each.day: each for each in self.filter(day__gte=first)}
        days = [first + timedelta(days=number) for number in range(count)]
        return [known.get(day, Day(day=day)) for day in days]


class Day(models.Model):
    """`seconds` is the time all people together spent in calls.

    `people` and `calls` are the most that there were at one moment.
    """

    day = models.DateField(unique=True)
    seconds = models.BigIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)

    objects = DayQuerySet.as_manager()

    class Meta:
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day}"

    @property
    def minutes(self) -> int:
        return self.seconds // 60
