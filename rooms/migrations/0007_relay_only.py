from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0006_revocation")]

    operations = [
        migrations.AddField(
            model_name="room",
            name="relay_only",
            field=models.BooleanField(
                "hide network addresses",
                default=False,
                help_text="Sound and pictures go through the TURN server alone.",
            ),
        ),
    ]
