"""The event ledger, partitioned by month and closed to changes."""

from django.db import migrations

MAKE = """
    CREATE TABLE event (
        county varchar(12) NOT NULL,
        recorded_at timestamptz NOT NULL,
        id uuid NOT NULL,
        case_id uuid NOT NULL,
        seq integer NOT NULL,
        kind varchar(24) NOT NULL,
        occurred_at timestamptz NOT NULL,
        actor_id bigint,
        post_id bigint,
        payload jsonb NOT NULL,
        previous bytea NOT NULL,
        hash bytea NOT NULL,
        PRIMARY KEY (county, recorded_at, id)
    ) PARTITION BY RANGE (recorded_at);
    CREATE TABLE event_default PARTITION OF event DEFAULT;
    CREATE INDEX event_by_case ON event (case_id, seq);

    CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the ledger % is append-only', TG_TABLE_NAME;
    END $$;
    CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event
        FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
"""
UNDO = "DROP TABLE event; DROP FUNCTION ledger_is_append_only;"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_the_record"), ("people", "0002_access_log_ledger")]
    operations = [
        migrations.RunSQL(MAKE, UNDO),
        # A constant stream of small updates: leave room on the page, so that they need no new index entry.
        migrations.RunSQL(
            'ALTER TABLE "case" SET (fillfactor = 85); ALTER TABLE assignment SET (fillfactor = 85);'
            " ALTER TABLE clock SET (fillfactor = 85);",
            migrations.RunSQL.noop,
        ),
    ]
