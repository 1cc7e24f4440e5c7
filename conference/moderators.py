"""The group of those who look after people on the site, and no more than that.

They see people, rooms, calls and the log; they act in calls, suspend, work on reports,
lift bans and revoke invitations. They make no account and no room, change nobody's
rights, and read neither kept messages nor mails nor settings.
"""

from typing import Any

NAME = "Moderators"
RIGHTS = {
    ("accounts", "user"): ("view",),
    ("accounts", "suspension"): ("view", "add", "change"),
    ("rooms", "room"): ("view",),
    ("rooms", "livecall"): ("view", "change"),
    ("rooms", "seat"): ("view",),
    ("rooms", "ban"): ("view", "change"),
    ("rooms", "report"): ("view", "change"),
    ("rooms", "reportnote"): ("view", "add"),
    ("rooms", "invitation"): ("view", "change"),
    ("conference", "auditentry"): ("view",),
}
"""By app and model. Rights of its own an administrator gives or takes in the group."""


def make(apps: Any) -> None:
    """Make the group with its rights; `apps` are a migration's.

    Before Django makes the rights themselves, which it does at the end of `migrate`.
    """
    kinds = apps.get_model("contenttypes", "ContentType").objects
    rights = apps.get_model("auth", "Permission").objects
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=NAME)
    for (app, model), acts in RIGHTS.items():
        kind, _ = kinds.get_or_create(app_label=app, model=model)
        words = apps.get_model(app, model)._meta.verbose_name
        for act in acts:
            right, _ = rights.get_or_create(
                content_type=kind,
                codename=f"{act}_{model}",
                defaults={"name": f"Can {act} {words}"},
            )
            group.permissions.add(right)


def unmake(apps: Any) -> None:
    apps.get_model("auth", "Group").objects.filter(name=NAME).delete()
