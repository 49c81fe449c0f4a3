"""`papers`: a thousand agreements as PDF, one after the other."""

import resource
import time
from pathlib import Path
from typing import Any

PAPERS = 1000


def papers() -> dict[str, Any]:
    """Milliseconds of one PDF, and by how many MB the process has grown from the hundredth to the last."""
    from onedoor.papers.model import Document, Grid, Paragraph, Places, Table
    from onedoor.papers.pdf import to_pdf

    took, after_hundred = [], 0
    for number in range(PAPERS):
        name = f"当事人{number}\U00020bb7" if number % 50 == 0 else f"当事人{number}"  # now and then a rare character
        plan = tuple((str(part), name, f"{number + part}.00元", "2027-01-31") for part in range(1, 13))
        document = Document(
            "澜平县联合人民调解委员会",
            "人民调解协议书",
            f"（2026）澜联调字第{number}号",
            (
                Grid((("申请人", name), ("被申请人", f"公司{number}"))),
                Paragraph("纠纷主要事实", "heading"),
                Paragraph(f"第{number}件：" + "双方就工资数额和支付日期发生争议，经核对账目，没有异议。" * 12),
                Table(("序", "履行人", "金额", "期限"), plan),
                Places(("当事人（签名、盖章或按指印）：　　　　", "　　　　年　　月　　日")),
            ),
        )
        begun = time.perf_counter()
        to_pdf(document)
        took.append((time.perf_counter() - begun) * 1000)
        if number == 99:
            after_hundred = _resident()
    took.sort()
    return {
        "p50": round(took[PAPERS // 2], 1),
        "p95": round(took[PAPERS * 95 // 100], 1),
        "slowest": round(took[-1], 1),
        "grown_mb": round((_resident() - after_hundred) / 1024, 1),
        "resident_mb": round(_resident() / 1024),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _resident() -> int:
    """KB of this process in memory now."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])
