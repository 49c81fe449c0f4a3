"""Keeps search vectors on their page: a search that walks the newest cases reads them without detoasting."""

from django.db import migrations

MAKE = """
    ALTER TABLE case_text SET (toast_tuple_target = 8160);
    ALTER TABLE case_text ALTER COLUMN matter SET STORAGE EXTERNAL, ALTER COLUMN matter SET STATISTICS 1000;
    ALTER INDEX case_text_matter SET (fastupdate = off);
    ALTER INDEX case_text_names SET (fastupdate = off);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_first_catalogue")]
    operations = [migrations.RunSQL(MAKE, migrations.RunSQL.noop)]
