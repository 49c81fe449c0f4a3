"""Known holes of dependencies: what the tools' answers mean, and what is said where no database is at hand."""

import json
import subprocess

import pytest

from onedoor.ops import holes


def done(told: object, code: int = 0, stderr: str = "") -> "subprocess.CompletedProcess[str]":
    stdout = told if isinstance(told, str) else json.dumps(told)
    return subprocess.CompletedProcess([], code, stdout=stdout, stderr=stderr)


def test_a_hole_is_named_with_the_version_that_mends_it() -> None:
    one = {"name": "django", "version": "5.2", "vulns": [{"id": "PYSEC-2099-1", "fix_versions": ["5.2.99"]}]}
    told, _ = holes.read_pip_audit(done({"dependencies": [one, {"name": "ninja", "version": "1", "vulns": []}]}, 1))
    assert told == ["django 5.2：PYSEC-2099-1，修复于 5.2.99"]
    npm = {"vulnerabilities": {"vite": {"name": "vite", "range": "<9", "severity": "high"}}}
    assert holes.read_npm_audit(done(npm, 1))[0] == ["vite <9：high"]


def test_no_answer_is_not_taken_for_no_hole() -> None:
    for told in ("", "{}", '{"error": {"summary": "no network"}}', "Traceback"):
        assert holes.read_npm_audit(done(told, 1, "ENOTFOUND"))[0] is None
        assert holes.read_pip_audit(done(told, 1, "ConnectionError"))[0] is None
    assert holes.read_pip_audit(None) == (None, "连不上漏洞库：没有在时限内答复")
    skipped = {"dependencies": [{"name": "django", "skip_reason": "not found"}]}
    assert holes.read_pip_audit(done(skipped))[0] is None


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (([], ""), ([], ""), 0),
        ((["x"], ""), ([], ""), 1),
        ((None, "断网"), ([], ""), 3),
        ((None, "断网"), (["x"], ""), 1),
    ],
)
def test_the_code_tells_found_from_not_checked(
    first: holes.Answer, second: holes.Answer, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert holes.report({"甲": lambda: first, "乙": lambda: second}) == code
    assert ("没有核对。断网" in capsys.readouterr().out) == (first[0] is None)
