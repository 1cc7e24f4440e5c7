from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0011_ban_browser"),
    ]

    operations = [
        migrations.AddField(
            model_name="seat",
            name="browser",
            field=models.CharField(default="", max_length=64),
        ),
    ]
