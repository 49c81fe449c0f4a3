import time
from pathlib import Path
from onedoor.figures.models import SituationReport
from onedoor.figures.queries.reports import composed, report_file, number_of
from onedoor.figures.said import numbers_of
from onedoor.papers.pdf import to_pdf
from onedoor.papers.docx import to_docx
from datetime import date
def test_it(full):
    rows = list(SituationReport.objects.order_by("since"))
    assert len(rows) == 4
    r = rows[1]
    t=time.time(); rep = composed(r); d=rep.document(number_of(r), date.today()); print("compose", time.time()-t)
    t=time.time(); b=to_docx(d); print("docx", time.time()-t)
    t=time.time(); p=to_pdf(d); print("pdf", time.time()-t)
    Path("/tmp/w/report/r.docx").write_bytes(b); Path("/tmp/w/report/r.pdf").write_bytes(p)
    from onedoor.figures.models import Bulletin
    from onedoor.figures.queries.bulletins import bulletin_file
    for n,x in enumerate(Bulletin.objects.order_by("made_at")):
        Path(f"/tmp/w/report/b{n}.pdf").write_bytes(to_pdf(__import__("onedoor.papers.keeping",fromlist=["x"]).from_content(x.content)))
    print(len(numbers_of(rep.said)))
