"""Doors are found by their place: Django makes no spatial index for a generated column."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("geo", "0006_touched_day_noted_at")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX geo_premises_point ON geo_premises USING gist (point)", "DROP INDEX geo_premises_point"
        ),
    ]
