"""The results of a survey as a workbook: counts, and what was written on a sheet for each question. No line of it is
one person's answer."""

import io

import xlsxwriter

from onedoor.rules.surveys import KINDS
from onedoor.voices.models import Survey
from onedoor.voices.queries.surveys import Result


def workbook(survey: Survey, answers: int, results: list[Result]) -> bytes:
    """An .xlsx file. What was typed is text, never a formula."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@", "text_wrap": True})
        sheet = book.add_worksheet("统计")
        sheet.set_column(0, 0, 50, text)
        sheet.set_column(1, 3, 14)
        head = (survey.title, f"{survey.opens_on}至{survey.closes_on}", f"共{answers}份答卷")
        for place, said in enumerate(head):
            sheet.write_string(place, 0, said, bold)
        row = len(head) + 1
        for number, one in enumerate(results, start=1):
            sheet.write_string(row, 0, f"{number}. {one.question.text}（{KINDS[one.question.kind]}）", bold)
            sheet.write_string(row, 1, "人数", bold)
            sheet.write_string(row, 2, "占比", bold)
            for line in one.lines:
                row += 1
                sheet.write_string(row, 0, line.name)
                sheet.write_number(row, 1, line.count)
                sheet.write_string(row, 2, line.share)
            row += 1
            sheet.write_string(row, 0, "作答人数" + (f"，平均{one.mean}分" if one.mean else ""))
            sheet.write_number(row, 1, one.answered)
            row += 2
            if one.texts:
                written = book.add_worksheet(f"第{number}题")
                written.set_column(0, 0, 90, text)
                written.write_string(0, 0, f"{one.question.text}（打乱了次序）", bold)
                for place, said in enumerate(one.texts, start=1):
                    written.write_string(place, 0, said, text)
    return file.getvalue()
