"""The street pieces of one day without reading all days: rows come day by day, so an index of block ranges does."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_run_basis"), ("patrol", "0005_matched_legs")]
    # The table becomes a view there, which has no index.
    run_before = [("patrol", "0008_leg_pieces")]

    operations = [
        migrations.RunSQL(
            'CREATE INDEX reports_pieceleg_on ON patrol_pieceleg USING brin ("on")'
            " WITH (pages_per_range = 32, autosummarize)",
            "DROP INDEX reports_pieceleg_on",
        ),
    ]
