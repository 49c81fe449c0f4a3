"""Reports on the situation, figures from outside, bulletins with their receipts."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What was issued, published or imported is never changed: only withdrawn, or followed by another version.
STAYS = """
CREATE FUNCTION issued_figures_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    marks text[] := ARRAY['state', 'withdrawn_by_id', 'withdrawn_at', 'withdrawn_why'];
BEGIN
    IF OLD.state = 'draft' THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.state = 'draft' OR to_jsonb(OLD) - marks IS DISTINCT FROM to_jsonb(NEW) - marks THEN
        RAISE EXCEPTION 'what was issued is not changed';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION external_figures_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'external figures are corrected by another version';
END $$;
CREATE TRIGGER issued_report_stays BEFORE UPDATE OR DELETE ON situation_report
    FOR EACH ROW EXECUTE FUNCTION issued_figures_stay();
CREATE TRIGGER published_bulletin_stays BEFORE UPDATE OR DELETE ON bulletin
    FOR EACH ROW EXECUTE FUNCTION issued_figures_stay();
CREATE TRIGGER external_month_stays BEFORE UPDATE OR DELETE ON external_month
    FOR EACH ROW EXECUTE FUNCTION external_figures_stay();
"""
GOES = """
DROP TRIGGER external_month_stays ON external_month;
DROP TRIGGER published_bulletin_stays ON bulletin;
DROP TRIGGER issued_report_stays ON situation_report;
DROP FUNCTION external_figures_stay();
DROP FUNCTION issued_figures_stay();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [
        ("figures", "0003_screens"),
        ("people", "0009_offered"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Bulletin",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("published", "已发布"), ("withdrawn", "已撤回")],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("version", models.IntegerField(default=1)),
                ("title", models.CharField(max_length=60, verbose_name="标题")),
                ("text", models.TextField(verbose_name="正文")),
                ("figures", models.JSONField(default=dict, verbose_name="数字")),
                ("made_at", models.DateTimeField(verbose_name="起草时间")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                ("content", models.JSONField(null=True, verbose_name="内容")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="PDF摘要")),
                ("docx_sha256", models.CharField(blank=True, max_length=64, verbose_name="Word摘要")),
                ("published_at", models.DateTimeField(null=True, verbose_name="发布时间")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤回时间")),
                ("withdrawn_why", models.CharField(blank=True, max_length=200, verbose_name="撤回原因")),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                        verbose_name="中心",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="起草人",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发布人",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤回人",
                    ),
                ),
            ],
            options={
                "verbose_name": "通报",
                "verbose_name_plural": "通报",
                "db_table": "bulletin",
            },
        ),
        migrations.CreateModel(
            name="BulletinReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="签阅时间")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="签阅人",
                    ),
                ),
                (
                    "bulletin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="readings", to="figures.bulletin"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "通报签阅",
                "verbose_name_plural": "通报签阅",
                "db_table": "bulletin_reading",
            },
        ),
        migrations.CreateModel(
            name="BulletinUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reminded_at", models.DateTimeField(null=True, verbose_name="催阅时间")),
                ("reminded", models.SmallIntegerField(default=0, verbose_name="催阅次数")),
                (
                    "bulletin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="units", to="figures.bulletin"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "通报主送单位",
                "verbose_name_plural": "通报主送单位",
                "db_table": "bulletin_unit",
            },
        ),
        migrations.CreateModel(
            name="ExternalMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(verbose_name="月份")),
                ("version", models.SmallIntegerField(verbose_name="版次")),
                ("counts", models.JSONField(verbose_name="数字")),
                ("source", models.CharField(max_length=60, verbose_name="来源")),
                ("imported_at", models.DateTimeField(verbose_name="导入时间")),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                        verbose_name="中心",
                    ),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导入人",
                    ),
                ),
            ],
            options={
                "verbose_name": "外部数据",
                "verbose_name_plural": "外部数据",
                "db_table": "external_month",
            },
        ),
        migrations.CreateModel(
            name="FiguresSerial",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "centre", "kind", "year", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=10)),
                ("year", models.SmallIntegerField()),
                ("last", models.IntegerField()),
                (
                    "centre",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.unit"),
                ),
            ],
            options={
                "db_table": "figures_serial",
            },
        ),
        migrations.CreateModel(
            name="ReportWording",
            fields=[
                (
                    "centre",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="people.unit",
                    ),
                ),
                ("texts", models.JSONField(default=dict, verbose_name="句子")),
                ("at", models.DateTimeField(verbose_name="修改时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="修改人",
                    ),
                ),
            ],
            options={
                "verbose_name": "分析措辞",
                "verbose_name_plural": "分析措辞",
                "db_table": "report_wording",
            },
        ),
        migrations.CreateModel(
            name="SituationReport",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("month", "月度"), ("quarter", "季度"), ("half", "半年"), ("year", "年度")],
                        max_length=8,
                        verbose_name="种类",
                    ),
                ),
                ("since", models.DateField(verbose_name="起")),
                ("until", models.DateField(verbose_name="止")),
                ("name", models.CharField(max_length=20, verbose_name="时段")),
                ("edition", models.SmallIntegerField(verbose_name="版次")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("issued", "已签发"), ("withdrawn", "已撤回")],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("version", models.IntegerField(default=1)),
                ("figures", models.JSONField(verbose_name="数字")),
                ("wording", models.JSONField(default=dict, verbose_name="措辞")),
                ("texts", models.JSONField(default=dict, verbose_name="分析员所写")),
                ("counted_at", models.DateTimeField(verbose_name="统计时间")),
                ("made_at", models.DateTimeField(verbose_name="起草时间")),
                ("year", models.SmallIntegerField(null=True, verbose_name="年")),
                ("serial", models.IntegerField(null=True, verbose_name="期号")),
                ("content", models.JSONField(null=True, verbose_name="内容")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="PDF摘要")),
                ("docx_sha256", models.CharField(blank=True, max_length=64, verbose_name="Word摘要")),
                ("issued_at", models.DateTimeField(null=True, verbose_name="签发时间")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤回时间")),
                ("withdrawn_why", models.CharField(blank=True, max_length=200, verbose_name="撤回原因")),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                        verbose_name="中心",
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="签发人",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="起草人",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤回人",
                    ),
                ),
            ],
            options={
                "verbose_name": "治安形势分析",
                "verbose_name_plural": "治安形势分析",
                "db_table": "situation_report",
            },
        ),
        migrations.AddIndex(
            model_name="bulletin",
            index=models.Index(fields=["centre", "-made_at", "-id"], name="bulletin_newest"),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True), fields=("number",), name="bulletin_number_is_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "published", "withdrawn"])), name="bulletin_state_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    models.Q(
                        ("content__isnull", False),
                        models.Q(("number", ""), _negated=True),
                        models.Q(("sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_published_bulletin_is_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletinreading",
            constraint=models.UniqueConstraint(fields=("bulletin", "unit", "account"), name="a_bulletin_is_read_once"),
        ),
        migrations.AddConstraint(
            model_name="bulletinunit",
            constraint=models.UniqueConstraint(fields=("bulletin", "unit"), name="a_bulletin_once_a_unit"),
        ),
        migrations.AddConstraint(
            model_name="externalmonth",
            constraint=models.UniqueConstraint(
                fields=("centre", "month", "version"), name="one_version_of_an_external_month"
            ),
        ),
        migrations.AddIndex(
            model_name="situationreport",
            index=models.Index(fields=["centre", "-until", "-made_at"], name="report_newest"),
        ),
        migrations.AddConstraint(
            model_name="situationreport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "withdrawn"), _negated=True),
                fields=("centre", "since", "until"),
                name="one_report_of_a_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="situationreport",
            constraint=models.UniqueConstraint(
                fields=("centre", "year", "serial", "edition"), name="report_number_is_unique", nulls_distinct=True
            ),
        ),
        migrations.AddConstraint(
            model_name="situationreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "issued", "withdrawn"])), name="report_state_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="situationreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    models.Q(
                        ("content__isnull", False),
                        ("issued_at__isnull", False),
                        ("serial__isnull", False),
                        models.Q(("sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="an_issued_report_is_complete",
            ),
        ),
        migrations.RunSQL(STAYS, GOES),
    ]
