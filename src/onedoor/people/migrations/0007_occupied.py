"""When people are on duty for residents, over all rooms; nobody twice at one time, by the database itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_uses_of_open_pages"),
    ]

    operations = [
        migrations.CreateModel(
            name="Occupied",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.BigIntegerField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("room", models.CharField(max_length=10)),
                ("source", models.UUIDField()),
            ],
            options={
                "verbose_name": "已占用的时间",
                "verbose_name_plural": "已占用的时间",
                "db_table": "people_occupied",
                "indexes": [
                    models.Index(fields=["source"], name="occupied_by_source"),
                    models.Index(fields=["ends_at"], name="occupied_by_end"),
                ],
            },
        ),
        # without btree_gist, which the embedded server does not have: a number as a range of one
        migrations.RunSQL(
            "ALTER TABLE people_occupied ADD CONSTRAINT person_no_time_twice EXCLUDE USING gist ("
            " int8range(account_id, account_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)",
            "ALTER TABLE people_occupied DROP CONSTRAINT person_no_time_twice",
        ),
        # sessions that were planned before there was this table; on a fresh database theirs is not made yet
        migrations.RunSQL(
            "DO $$ BEGIN IF to_regclass('mediation_session_seat') IS NOT NULL THEN"
            " INSERT INTO people_occupied (account_id, starts_at, ends_at, room, source)"
            " SELECT account_id, starts_at, ends_at, 'session', session_id FROM mediation_session_seat;"
            " END IF; END $$",
            migrations.RunSQL.noop,
        ),
    ]
