"""An import has three steps: its file is looked into, checked, applied."""

from django.db import migrations, models

# What was told to stay and did not run yet goes on so.
KEEP = "UPDATE imports_importjob SET step = 'apply' WHERE apply"


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='importjob',
            name='step',
            field=models.CharField(choices=[('look', '读取'), ('check', '试运行'), ('apply', '导入')], default='check', max_length=16),
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name='importjob',
            name='apply',
        ),
        migrations.AlterField(
            model_name='importjob',
            name='state',
            field=models.CharField(choices=[('waiting', '等待'), ('running', '进行中'), ('looked', '已读取'), ('checked', '已试运行'), ('applied', '已导入'), ('refused', '已拒绝'), ('cancelled', '已取消')], default='waiting', max_length=16),
        ),
    ]
