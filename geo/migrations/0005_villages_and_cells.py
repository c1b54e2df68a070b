"""Doors and street pieces know their village and their cell of 500 m: triggers write both, whoever writes the row."""

import django.db.models.deletion
from django.db import migrations, models

# geo.cells says the same in Python; tests/geo/test_cell_triggers.py holds the two against each other.
FUNCTIONS = """
    CREATE FUNCTION geo_cell_of(place geometry) RETURNS bigint LANGUAGE sql STABLE AS $$
        SELECT floor(ST_Y(metric.p) / 500)::bigint * 16777216 + floor(ST_X(metric.p) / 500)::bigint + 8388608
          FROM geo_deployment AS d
          JOIN spatial_ref_sys AS known ON known.srid = d.metric_epsg,
               LATERAL (SELECT ST_Transform(place, d.metric_epsg) AS p) AS metric
         LIMIT 1
    $$;
    CREATE FUNCTION geo_village_of(place geometry) RETURNS bigint LANGUAGE sql STABLE AS $$
        SELECT village.id
          FROM geo_area AS village
          JOIN geo_deployment AS d ON (village.list, village.edition) = (d.area_list, d.area_edition)
         WHERE village.level = 'village' AND ST_Intersects(village.boundary, place)
         ORDER BY village.code
         LIMIT 1
    $$;
    CREATE FUNCTION geo_place_door() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE place geometry := ST_SetSRID(ST_MakePoint(NEW.lon, NEW.lat), 4326);
    BEGIN
        NEW.cell := geo_cell_of(place);
        NEW.village_id := coalesce(geo_village_of(place), NEW.village_id);
        RETURN NEW;
    END $$;
    CREATE FUNCTION geo_place_piece() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE place geometry := ST_LineInterpolatePoint(NEW.line, 0.5);
    BEGIN
        NEW.cell := geo_cell_of(place);
        NEW.village_id := coalesce(geo_village_of(place), NEW.village_id);
        RETURN NEW;
    END $$;
    CREATE TRIGGER geo_premises_placed BEFORE INSERT OR UPDATE OF lon, lat ON geo_premises
    FOR EACH ROW EXECUTE FUNCTION geo_place_door();
    CREATE TRIGGER geo_streetpiece_placed BEFORE INSERT OR UPDATE OF line ON geo_streetpiece
    FOR EACH ROW EXECUTE FUNCTION geo_place_piece();
"""
NO_FUNCTIONS = """
    DROP TRIGGER geo_premises_placed ON geo_premises;
    DROP TRIGGER geo_streetpiece_placed ON geo_streetpiece;
    DROP FUNCTION geo_place_door();
    DROP FUNCTION geo_place_piece();
    DROP FUNCTION geo_village_of(geometry);
    DROP FUNCTION geo_cell_of(geometry);
"""
PLACE_WHAT_IS_THERE = "UPDATE geo_premises SET lon = lon; UPDATE geo_streetpiece SET line = line"


class Migration(migrations.Migration):
    dependencies = [("geo", "0004_premises_duplicate_of")]

    operations = [
        *(
            migrations.AddField(
                model_name=model, name="cell", field=models.BigIntegerField(null=True, editable=False, db_index=True)
            )
            for model in ("premises", "streetpiece")
        ),
        migrations.AddField(
            model_name="premises",
            name="village",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="geo.area"
            ),
        ),
        migrations.AddField(
            model_name="streetpiece",
            name="village",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="geo.area"
            ),
        ),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(PLACE_WHAT_IS_THERE, migrations.RunSQL.noop),
    ]
