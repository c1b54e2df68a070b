"""Since when a township's day waits to be counted: what waits long is said beside the figures."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("geo", "0005_villages_and_cells")]

    operations = [
        migrations.AddField(
            model_name="touchedday",
            name="noted_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
    ]
