"""Posts of volunteers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_occupied"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="post",
            name="post_role_is_known",
        ),
        migrations.AlterField(
            model_name="post",
            name="role",
            field=models.CharField(
                choices=[
                    ("clerk", "窗口受理员"),
                    ("dispatcher", "分流专员"),
                    ("handler", "单位经办人"),
                    ("unit_lead", "单位负责人"),
                    ("mediator", "调解员"),
                    ("grid_worker", "网格员"),
                    ("grid_lead", "网格长"),
                    ("volunteer", "群防群治队员"),
                    ("supervisor", "督办员"),
                    ("director", "中心主任"),
                    ("auditor", "安全审计员"),
                    ("admin", "系统管理员"),
                ],
                max_length=20,
                verbose_name="角色",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            "clerk",
                            "dispatcher",
                            "handler",
                            "unit_lead",
                            "mediator",
                            "grid_worker",
                            "grid_lead",
                            "volunteer",
                            "supervisor",
                            "director",
                            "auditor",
                            "admin",
                        ],
                    )
                ),
                name="post_role_is_known",
            ),
        ),
    ]
