"""`papers`: a thousand agreements as PDF, one after the other: the form as it is issued, with twelve instalments and
three drawn signatures. Making the document is not counted."""

import resource
import time
from pathlib import Path
from typing import Any

PAPERS = 1000


def papers() -> dict[str, Any]:
    """Milliseconds of one PDF, by the clock and of the processor, and by how many MB the process has grown from the
    hundredth to the last."""
    from django.utils import timezone

    from onedoor.demo.scribble import scribble
    from onedoor.papers.forms import FORMS
    from onedoor.papers.pdf import to_pdf
    from onedoor.papers.sample import sample
    from onedoor.papers.wording import Wording, make

    form = FORMS["agreement"]
    facts, given = sample(form, timezone.now(), "澜平县社会治理综合服务中心", "澜平县联合人民调解委员会")
    assert facts.agreement is not None
    promise, signature = facts.agreement["items"][0], facts.agreement["signatures"][0]
    drawn = [scribble(str(place)) for place in range(3)]
    took, worked, after_hundred = [], [], 0
    for number in range(PAPERS):
        name = f"当事人{number}\U00020bb7" if number % 50 == 0 else f"当事人{number}"  # now and then a rare character
        facts.agreement["facts"] = f"第{number}件：" + "双方就工资数额和支付日期发生争议，经核对账目，没有异议。" * 12
        facts.agreement["items"] = [{**promise, "who_name": name, "amount": number + part} for part in range(12)]
        facts.agreement["signatures"] = [
            {**signature, "name": f"{name}之{place}", "image": image} for place, image in enumerate(drawn)
        ]
        document = make(form, facts, given, Wording(), f"（2026）澜联调字第{number}号")
        begun, busy = time.perf_counter(), time.process_time()
        to_pdf(document)
        took.append((time.perf_counter() - begun) * 1000)
        worked.append((time.process_time() - busy) * 1000)
        if number == 99:
            after_hundred = _resident()
    took.sort()
    worked.sort()
    return {
        "p50": round(took[PAPERS // 2], 1),
        "p95": round(took[PAPERS * 95 // 100], 1),
        "cpu_p50": round(worked[PAPERS // 2], 1),
        "cpu_p95": round(worked[PAPERS * 95 // 100], 1),
        "slowest": round(took[-1], 1),
        "grown_mb": round((_resident() - after_hundred) / 1024, 1),
        "resident_mb": round(_resident() / 1024),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _resident() -> int:
    """KB of this process in memory now."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])
