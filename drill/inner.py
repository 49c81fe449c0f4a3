"""The process of one drill: `python -m drill.inner NAME RESULT.json …`, in the environment `drill.run` makes."""

import importlib
import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from drill.run import arguments


def main(argv: list[str]) -> None:
    name, told, *rest = argv
    signal.signal(signal.SIGTERM, _end)  # what it has started is stopped on the way out
    result = importlib.import_module(f"drill.{name}").drill(Path(os.environ["ONEDOOR_DATA"]), arguments(rest))
    Path(told).write_text(json.dumps(result.as_json(), ensure_ascii=False))


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main(sys.argv[1:])
