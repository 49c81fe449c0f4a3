"""Files in the repository that are made from the code: `python -m onedoor.ops.generated [--check]`."""

import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def _flow() -> str:
    from onedoor.rules.flow_doc import render

    return render()


GENERATED: dict[str, Callable[[], str]] = {"docs/flow.md": _flow}


def main(argv: list[str]) -> int:
    """Write every generated file; with `--check` only say which are stale, and return 1 then."""
    stale = []
    for name, render in GENERATED.items():
        path, text = ROOT / name, render()
        if path.exists() and path.read_text() == text:
            continue
        stale.append(name)
        if "--check" not in argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            print(f"已重新生成 {name}")
    if stale and "--check" in argv:
        print(f"这些生成的文件已过时：{'、'.join(stale)}。请运行 .venv/bin/python -m onedoor.ops.generated")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
