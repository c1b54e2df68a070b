from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visits", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="media_type",
            field=models.CharField(default="", max_length=40),
            preserve_default=False,
        ),
    ]
