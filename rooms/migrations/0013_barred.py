from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0012_seat_browser"),
    ]

    operations = [
        migrations.CreateModel(
            name="Barred",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("room", models.BigIntegerField(db_index=True)),
                ("seat", models.CharField(max_length=32, unique=True)),
                ("reason", models.CharField(max_length=8)),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={
                "ordering": ("at", "pk"),
            },
        ),
    ]
