import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_suspension"),
        ("rooms", "0013_barred"),
    ]

    operations = [
        migrations.AddField(
            model_name="ban",
            name="suspension",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.suspension",
            ),
        ),
    ]
