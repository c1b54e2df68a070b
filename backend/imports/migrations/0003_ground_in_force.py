"""Ground changes when boundaries change of the edition in force: another one that only comes in touches no track.

The functions are patrol's (0005_matched_legs); they are replaced here, where editions are switched.
"""

from django.db import migrations

FUNCTIONS = """
    CREATE OR REPLACE FUNCTION patrol_townships_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM patrol_ground_note((
            SELECT ST_SetSRID(ST_Extent(ST_Collect(new_rows.boundary, old_rows.boundary)), 4326)
              FROM new_rows JOIN old_rows USING (id)
              JOIN geo_deployment AS place
                ON (new_rows.list, new_rows.edition) = (place.area_list, place.area_edition)
                OR (old_rows.list, old_rows.edition) = (place.area_list, place.area_edition)
             WHERE new_rows.level = 'township'
               AND new_rows.boundary::bytea IS DISTINCT FROM old_rows.boundary::bytea));
        RETURN NULL;
    END $$;
    CREATE OR REPLACE FUNCTION patrol_townships_new() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM patrol_ground_note((
            SELECT ST_SetSRID(ST_Extent(boundary), 4326)
              FROM new_rows
              JOIN geo_deployment AS place
                ON (new_rows.list, new_rows.edition) = (place.area_list, place.area_edition)
             WHERE level = 'township'));
        RETURN NULL;
    END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0002_steps'),
        ('patrol', '0005_matched_legs'),
    ]

    operations = [migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop)]
