from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0007_relay_only")]

    operations = [
        migrations.AlterField(
            model_name="room",
            name="people_limit",
            field=models.PositiveSmallIntegerField(
                "people at once",
                default=16,
                validators=[MinValueValidator(2), MaxValueValidator(16)],
            ),
        ),
    ]
