"""How many rows left with an export, and an index for the auditor's page: what was looked at and taken along."""

from django.db import migrations

# those of `access_log.LOOKS`, frozen here
MAKE = """
    ALTER TABLE access_log ADD COLUMN rows integer;
    CREATE INDEX access_log_looks ON access_log (recorded_at, id) WHERE action IN (
        'unmask', 'export', 'download', 'receipt', 'print', 'paper', 'care', 'figures', 'report', 'bulletin',
        'points', 'survey', 'backstage', 'audit', 'audit_export'
    );
"""
TAKE_BACK = "DROP INDEX access_log_looks; ALTER TABLE access_log DROP COLUMN rows"


class Migration(migrations.Migration):
    dependencies = [("people", "0010_idle_sign_ins")]

    operations = [migrations.RunSQL(MAKE, TAKE_BACK)]
