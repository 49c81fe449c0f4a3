"""`./onedoor verify`: proves that the record is what its events say, case by case.

`command.py` is the command, `work.py` shares the cases among processes, `reading.py` reads them, and
`chain.py`, `rows.py` and `counters.py` hold what is checked.
"""

from onedoor.cases.verify.command import run
from onedoor.cases.verify.finding import Finding
from onedoor.cases.verify.work import Report, verify

__all__ = ["Finding", "Report", "run", "verify"]
