"""How an applicant wants to be reached; what he attaches himself has no uploader."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_red_threshold"),
        ("people", "0005_administration"),
    ]

    operations = [
        migrations.AddField(
            model_name="party",
            name="contact",
            field=models.CharField(blank=True, db_default="", default="", max_length=8, verbose_name="联系方式"),
        ),
        migrations.AlterField(
            model_name="attachment",
            name="uploader",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(("contact__in", ["", "sms", "phone", "none"])), name="party_contact_is_known"
            ),
        ),
    ]
