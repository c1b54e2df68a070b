"""Legs keep their track and where it lies; what they cover comes from matching; ground that changes is noted."""

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.db import migrations, models

STORAGE = "ALTER TABLE patrol_leg ALTER COLUMN track SET STORAGE EXTERNAL"

# The lock is taken before the first row is touched: the numbers of patrol_groundchange are then committed in order, and
# who has seen number 7 has seen all below. Nobody who derives takes it.
FUNCTIONS = """
    CREATE FUNCTION patrol_ground_lock() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('patrol_groundchange'));
        RETURN NULL;
    END $$;
    CREATE FUNCTION patrol_ground_note(place geometry) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        IF place IS NOT NULL THEN
            -- A box without an extent (one straight street) is no polygon: a metre wider on each side.
            INSERT INTO patrol_groundchange (box) VALUES (ST_Expand(place, 0.00001));
        END IF;
    END $$;
    CREATE FUNCTION patrol_pieces_gone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM patrol_pieceleg AS done USING old_rows WHERE done.piece_id = old_rows.id;
        PERFORM patrol_ground_note((SELECT ST_SetSRID(ST_Extent(line), 4326) FROM old_rows));
        RETURN NULL;
    END $$;
    CREATE FUNCTION patrol_pieces_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM patrol_ground_note((
            SELECT ST_SetSRID(ST_Extent(new_rows.line), 4326)
              FROM new_rows JOIN old_rows USING (id)
             WHERE new_rows.area_id IS DISTINCT FROM old_rows.area_id
                OR new_rows.line::bytea IS DISTINCT FROM old_rows.line::bytea));
        RETURN NULL;
    END $$;
    CREATE FUNCTION patrol_pieces_new() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM patrol_ground_note((SELECT ST_SetSRID(ST_Extent(line), 4326) FROM new_rows));
        RETURN NULL;
    END $$;
    CREATE FUNCTION patrol_streets_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM patrol_ground_note((
            SELECT ST_SetSRID(ST_Extent(ST_Collect(new_rows.line, old_rows.line)), 4326)
              FROM new_rows JOIN old_rows USING (id)
             WHERE new_rows.line::bytea IS DISTINCT FROM old_rows.line::bytea));
        RETURN NULL;
    END $$;
    CREATE FUNCTION patrol_townships_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM patrol_ground_note((
            SELECT ST_SetSRID(ST_Extent(ST_Collect(new_rows.boundary, old_rows.boundary)), 4326)
              FROM new_rows JOIN old_rows USING (id)
             WHERE new_rows.level = 'township'
               AND new_rows.boundary::bytea IS DISTINCT FROM old_rows.boundary::bytea));
        RETURN NULL;
    END $$;
    CREATE FUNCTION patrol_townships_new() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM patrol_ground_note((
            SELECT ST_SetSRID(ST_Extent(boundary), 4326) FROM new_rows WHERE level = 'township'));
        RETURN NULL;
    END $$;
"""
FUNCTION_NAMES = (
    "patrol_ground_lock()", "patrol_ground_note(geometry)", "patrol_pieces_gone()", "patrol_pieces_changed()",
    "patrol_pieces_new()", "patrol_streets_changed()", "patrol_townships_changed()", "patrol_townships_new()",
)
# Table, function, event, what the function sees of it.
NOTES = (
    ("geo_street", "streets_changed", "UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
    ("geo_streetpiece", "pieces_new", "INSERT", "NEW TABLE AS new_rows"),
    ("geo_streetpiece", "pieces_changed", "UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
    ("geo_streetpiece", "pieces_gone", "DELETE", "OLD TABLE AS old_rows"),
    ("geo_area", "townships_new", "INSERT", "NEW TABLE AS new_rows"),
    ("geo_area", "townships_changed", "UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
)
TABLES = ("geo_street", "geo_streetpiece", "geo_area")
TRIGGERS = [
    f"CREATE TRIGGER patrol_ground_lock BEFORE INSERT OR UPDATE OR DELETE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION patrol_ground_lock()"
    for table in TABLES
] + [
    f"CREATE TRIGGER patrol_{name} AFTER {event} ON {table} REFERENCING {sees} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION patrol_{name}()"
    for table, name, event, sees in NOTES
]
NO_TRIGGERS = [
    *(f"DROP TRIGGER patrol_ground_lock ON {table}" for table in TABLES),
    *(f"DROP TRIGGER patrol_{name} ON {table}" for table, name, _, _ in NOTES),
    *(f"DROP FUNCTION {name}" for name in FUNCTION_NAMES),
]


class Migration(migrations.Migration):

    dependencies = [
        ('geo', '0005_villages_and_cells'),
        ('patrol', '0004_plan_ends'),
    ]

    operations = [
        migrations.CreateModel(
            name='GroundChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('box', django.contrib.gis.db.models.fields.PolygonField(srid=4326)),
            ],
            options={
                'verbose_name': '路网与边界变更',
                'verbose_name_plural': '路网与边界变更',
            },
        ),
        migrations.AddField(
            model_name='leg',
            name='box',
            field=django.contrib.gis.db.models.fields.PolygonField(editable=False, null=True, spatial_index=False, srid=4326),
        ),
        migrations.AddField(
            model_name='leg',
            name='ground_change',
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='leg',
            name='raw_dropped_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='leg',
            name='track',
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name='legtownship',
            name='hours_off',
            field=models.FloatField(default=0),
        ),
        migrations.AddField(
            model_name='legtownship',
            name='km_off',
            field=models.FloatField(default=0),
        ),
        migrations.AddField(
            model_name='pieceleg',
            name='passes',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='pieceleg',
            name='seconds',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='leg',
            name='derived_from',
            field=models.CharField(blank=True, editable=False, max_length=160),
        ),
        migrations.AlterField(
            model_name='pieceleg',
            name='leg',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='patrol.leg'),
        ),
        migrations.AlterField(
            model_name='pieceleg',
            name='piece',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='legs', to='geo.streetpiece'),
        ),
        migrations.CreateModel(
            name='LegCell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('part', models.CharField(choices=[('day', '白天'), ('night', '夜间')], max_length=8)),
                ('cell', models.BigIntegerField()),
                ('seconds', models.PositiveIntegerField()),
                ('leg', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cells', to='patrol.leg')),
            ],
            options={
                'indexes': [models.Index(fields=['on', 'cell'], name='patrol_legc_on_9ff9f7_idx')],
                'constraints': [models.UniqueConstraint(fields=('leg', 'on', 'part', 'cell'), name='leg_cell_key')],
            },
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL([FUNCTIONS, *TRIGGERS], NO_TRIGGERS),
    ]
