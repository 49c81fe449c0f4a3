"""While an upgrade runs, the release before goes on writing into the migrated tables (ARCHITECTURE, Migrations)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED, CharField, DateTimeField, Field, IntegerField

# The last migration of each room that no running installation stands before: what comes later must let the code that
# knows only these go on. With a release, its own last ones stand here.
BEFORE = {
    "cases": 16, "figures": 6, "grid": 2, "hall": 12, "mediation": 6, "notices": 9, "papers": 2, "people": 9,
    "voices": 1,
}  # fmt: skip
TAKES_AWAY = (
    migrations.RemoveField, migrations.DeleteModel, migrations.RenameField, migrations.RenameModel,
    migrations.AlterModelTable,
)  # fmt: skip


def breaks(operation: Operation, before: "Field[Any, Any] | None" = None) -> str:
    """Why code that does not know of it could no longer write; nothing if it can. `before`: the field it alters."""
    if isinstance(operation, TAKES_AWAY):
        return "takes away what the release before uses; contract in the release after next"
    if isinstance(operation, migrations.AddField):
        field = operation.field
        if not (field.null or field.many_to_many or field.db_default is not NOT_PROVIDED):
            return f"the release before cannot fill {operation.name}: null=True or db_default"
    if isinstance(operation, migrations.AlterField) and not _is_wider(before, operation.field):
        return f"{operation.name} may have become narrower"
    return ""


def _is_wider(before: "Field[Any, Any] | None", after: "Field[Any, Any]") -> bool:
    """Whether whatever the field took it takes still."""
    if before is None or type(before) is not type(after) or (before.null and not after.null):
        return False
    if after.unique and not before.unique:
        return False
    return after.max_length is None or (before.max_length is not None and after.max_length >= before.max_length)


def later() -> Iterator[tuple[str, Operation, "Field[Any, Any] | None"]]:
    loader = MigrationLoader(None)
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if migration.__module__.startswith("onedoor.") and int(name[:4]) > BEFORE.get(app, 0):
            state = loader.project_state((app, name), at_end=False)
            for operation in migration.operations:
                before = None
                if isinstance(operation, migrations.AlterField):
                    before = state.models[app, operation.model_name_lower].fields[operation.name]
                yield f"{app}.{name}", operation, before
                operation.state_forwards(app, state)


def test_later_migrations_let_the_release_before_go_on_writing() -> None:
    found = [f"{name}: {why}" for name, operation, before in later() if (why := breaks(operation, before))]
    assert not found, "\n".join(found)


def test_the_clock_jump_is_among_them() -> None:
    assert "cases.0017_clock_jump" in {name for name, _, _ in later()}


@pytest.mark.parametrize(
    ("operation", "before", "wrong"),
    [
        (migrations.AddField("case", "x", IntegerField()), None, True),
        (
            migrations.AddField("case", "x", IntegerField(default=0)),
            None,
            True,
        ),  # only Django's code knows that default
        (migrations.AddField("case", "x", IntegerField(db_default=0)), None, False),
        (migrations.AddField("case", "x", DateTimeField(null=True)), None, False),
        (migrations.RemoveField("case", "title"), None, True),
        (migrations.RenameField("case", "title", "name"), None, True),
        (migrations.DeleteModel("Case"), None, True),
        (migrations.AlterField("case", "x", IntegerField()), IntegerField(null=True), True),
        (migrations.AlterField("case", "x", IntegerField(null=True)), IntegerField(), False),
        (migrations.AlterField("case", "x", CharField(max_length=66)), CharField(max_length=64), False),
        (migrations.AlterField("case", "x", CharField(max_length=60)), CharField(max_length=64), True),
        (migrations.AlterField("case", "x", IntegerField(unique=True)), IntegerField(), True),
    ],
)
def test_what_breaks_it_is_seen(operation: Operation, before: "Field[Any, Any] | None", wrong: bool) -> None:
    assert bool(breaks(operation, before)) is wrong
