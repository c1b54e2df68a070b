"""The street pieces of a leg in one row a township, day and part of the day; piece by piece they are a view.

A city's night wrote 200,000 rows into three indexes; now it writes 1,500. What is there is packed, nothing is derived
anew. A new edition of the streets notes the ground of the former one as changed too: tracks there lie on other streets
now, or on none.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

PACK = """
    INSERT INTO patrol_legpieces (leg_id, area_id, "on", part, passed, seconds, passes, unknown)
    SELECT done.leg_id, piece.area_id, done."on", done.part,
           coalesce(array_agg(done.piece_id ORDER BY done.piece_id) FILTER (WHERE state = 'passed'), '{}'),
           coalesce(array_agg(done.seconds ORDER BY done.piece_id) FILTER (WHERE state = 'passed'), '{}'),
           coalesce(array_agg(done.passes ORDER BY done.piece_id) FILTER (WHERE state = 'passed'), '{}'),
           coalesce(array_agg(done.piece_id ORDER BY done.piece_id) FILTER (WHERE state = 'unknown'), '{}')
      FROM patrol_pieceleg AS done JOIN geo_streetpiece AS piece ON piece.id = done.piece_id
     WHERE piece.area_id IS NOT NULL
     GROUP BY done.leg_id, piece.area_id, done."on", done.part
"""
# Numbers of pieces hardly shrink, and packing them costs more than writing them.
STORAGE = "ALTER TABLE patrol_legpieces " + ", ".join(
    f"ALTER COLUMN {name} SET STORAGE EXTERNAL" for name in ("passed", "seconds", "passes", "unknown")
)
VIEW = """
    CREATE VIEW patrol_pieceleg AS
    SELECT done.leg_id, done.area_id, done."on", done.part, 'passed'::varchar(8) AS state,
           way.piece_id, way.seconds, way.passes
      FROM patrol_legpieces AS done, unnest(done.passed, done.seconds, done.passes) AS way (piece_id, seconds, passes)
    UNION ALL
    SELECT done.leg_id, done.area_id, done."on", done.part, 'unknown'::varchar(8), reached.piece_id, 0, 0::smallint
      FROM patrol_legpieces AS done, unnest(done.unknown) AS reached (piece_id)
"""
# The rows of a piece that is gone stay until the legs along it are derived anew: nobody counts pieces that are gone.
PIECES_GONE = """
    CREATE OR REPLACE FUNCTION patrol_pieces_gone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM patrol_ground_note((SELECT ST_SetSRID(ST_Extent(line), 4326) FROM old_rows));
        RETURN NULL;
    END $$
"""
EDITIONS = """
    CREATE FUNCTION patrol_edition_begins() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM (SELECT edition, min(id) AS first FROM new_rows GROUP BY edition) AS came
                    WHERE NOT EXISTS (SELECT FROM geo_street WHERE edition = came.edition AND id < came.first)) THEN
            PERFORM patrol_ground_note((SELECT ST_SetSRID(ST_Extent(line), 4326) FROM geo_street));
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION patrol_edition_ends() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM (SELECT DISTINCT edition FROM old_rows) AS went
                    WHERE NOT EXISTS (SELECT FROM geo_street WHERE edition = went.edition)) THEN
            PERFORM patrol_ground_note((SELECT ST_SetSRID(ST_Extent(line), 4326) FROM geo_street));
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER patrol_edition_begins AFTER INSERT ON geo_street REFERENCING NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION patrol_edition_begins();
    CREATE TRIGGER patrol_edition_ends AFTER DELETE ON geo_street REFERENCING OLD TABLE AS old_rows
        FOR EACH STATEMENT EXECUTE FUNCTION patrol_edition_ends();
"""


PARTS = [("day", "白天"), ("night", "夜间")]
STATES = [("passed", "已巡"), ("unknown", "不明")]
# Of the model that goes and of the one that stays: where a leg was, without a constraint to check for each row.
LEG, AREA, PIECE = ({"db_constraint": False, "to": to} for to in ("patrol.leg", "geo.area", "geo.streetpiece"))
NOTHING = {"on_delete": django.db.models.deletion.DO_NOTHING}


def array(base: models.Field) -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(base_field=base, default=list, size=None)


class Migration(migrations.Migration):
    dependencies = [
        ("geo", "0006_touched_day_noted_at"),
        ("patrol", "0007_outing_pauses"),
    ]

    operations = [
        migrations.CreateModel(
            name="LegPieces",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("part", models.CharField(choices=PARTS, max_length=8)),
                ("passed", array(models.BigIntegerField())),
                ("seconds", array(models.IntegerField())),
                ("passes", array(models.SmallIntegerField())),
                ("unknown", array(models.BigIntegerField())),
                (
                    "area",
                    models.ForeignKey(
                        **AREA, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+"
                    ),
                ),
                (
                    "leg",
                    models.ForeignKey(
                        **LEG, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(PACK),
        migrations.AddIndex("legpieces", models.Index(fields=["area", "on"], name="leg_pieces_area_on")),
        migrations.AddConstraint(
            "legpieces", models.UniqueConstraint(fields=("leg", "area", "on", "part"), name="leg_pieces_key")
        ),
        migrations.DeleteModel("PieceLeg"),
        migrations.CreateModel(
            name="PieceLeg",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "leg", "piece", "on", "part", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("on", models.DateField()),
                ("part", models.CharField(choices=PARTS, max_length=8)),
                ("state", models.CharField(choices=STATES, max_length=8)),
                ("seconds", models.PositiveIntegerField()),
                ("passes", models.PositiveSmallIntegerField()),
                ("leg", models.ForeignKey(**LEG, **NOTHING, related_name="pieces")),
                ("area", models.ForeignKey(**AREA, **NOTHING, related_name="+")),
                ("piece", models.ForeignKey(**PIECE, **NOTHING, related_name="legs")),
            ],
            options={"db_table": "patrol_pieceleg", "managed": False},
        ),
        migrations.RunSQL([VIEW, PIECES_GONE, EDITIONS]),
        migrations.AlterField(
            "legcell",
            "leg",
            models.ForeignKey(
                **LEG, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="cells"
            ),
        ),
    ]
