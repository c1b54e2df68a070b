"""The devices' counts of received mutations, from the mutations that are there."""

from typing import ClassVar

from django.db import migrations

COUNT = """
    UPDATE accounts_device AS d SET received_total = m.n
    FROM (SELECT device_id, count(*) AS n FROM sync_mutation GROUP BY device_id) AS m WHERE m.device_id = d.id
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("sync", "0004_fewer_indexes"), ("accounts", "0003_received_total")]
    operations: ClassVar = [migrations.RunSQL(COUNT, migrations.RunSQL.noop)]
