"""What arrived since the last night without reading all visits: rows come as they arrive, so block ranges do."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_pieces_by_day"), ("visits", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX reports_visit_received_at ON visits_visit USING brin (received_at)"
            " WITH (pages_per_range = 32, autosummarize)",
            "DROP INDEX reports_visit_received_at",
        ),
    ]
