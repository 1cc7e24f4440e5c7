from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0014_ban_suspension"),
    ]

    operations = [
        migrations.AddField(
            model_name="ban",
            name="by_site",
            field=models.BooleanField(default=False),
        ),
    ]
