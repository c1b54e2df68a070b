"""The new columns have their defaults in the database: rows are also copied in."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('patrol', '0005_matched_legs'),
    ]

    operations = [
        migrations.AlterField(
            model_name='leg',
            name='ground_change',
            field=models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AlterField(
            model_name='legtownship',
            name='hours_off',
            field=models.FloatField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='legtownship',
            name='km_off',
            field=models.FloatField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='pieceleg',
            name='passes',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='pieceleg',
            name='seconds',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
