"""The access log, partitioned by month. The statement is frozen here; `ledgers.py` may change later."""

from django.db import migrations

MAKE = """
    CREATE TABLE access_log (
        county varchar(12) NOT NULL,
        recorded_at timestamptz NOT NULL,
        id uuid NOT NULL,
        account_id bigint,
        action varchar(20) NOT NULL,
        subject varchar(80) NOT NULL,
        reason varchar(200) NOT NULL,
        address varchar(45) NOT NULL,
        PRIMARY KEY (county, recorded_at, id)
    ) PARTITION BY RANGE (recorded_at);
    CREATE TABLE access_log_default PARTITION OF access_log DEFAULT;
    CREATE INDEX access_log_by_subject ON access_log (subject, recorded_at);
    CREATE INDEX access_log_by_account ON access_log (account_id, recorded_at);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_divisions_units_posts_accounts")]
    operations = [migrations.RunSQL(MAKE, "DROP TABLE access_log")]
