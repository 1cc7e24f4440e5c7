from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0010_days_and_calls"),
    ]

    operations = [
        migrations.AddField(
            model_name="ban",
            name="browser",
            field=models.CharField(
                blank=True, db_index=True, default="", max_length=64
            ),
            preserve_default=False,
        ),
    ]
