"""Categories are found by the first letters of their pinyin."""

from django.db import migrations, models

from onedoor.cases.pinyin import initials


def fill(apps, schema_editor):
    category = apps.get_model("cases", "Category")
    for one in category.objects.all():
        one.initials = initials(one.name)[:40]
        one.save(update_fields=["initials"])


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0012_applicants_themselves"),
    ]

    operations = [
        migrations.AddField(
            model_name="category",
            name="initials",
            field=models.CharField(blank=True, db_default="", default="", max_length=40, verbose_name="拼音首字母"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
