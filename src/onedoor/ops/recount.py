"""`./onedoor recount`: fills the counters anew from the cases, where `verify` has found them to differ."""

import time

from onedoor.cases.steps.fold import fill_counters


def run(argv: list[str]) -> int:
    """0 when done. Nobody can write to a case meanwhile."""
    if argv:
        print("recount 不带参数。")
        return 2
    begun = time.monotonic()
    print(f"已按 {fill_counters()} 件事项重新计数，用时 {time.monotonic() - begun:.0f} 秒。")
    return 0
