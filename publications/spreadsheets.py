"""Tables as CSV and XLSX, in which every cell is text."""

import csv
import io
import re

import xlsxwriter

FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")  # how a cell begins that a spreadsheet takes for a formula
CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = [6, 32, 48, 40, 18]  # of the columns, in characters


def as_text(value):
    """Return a cell of a CSV file, with an apostrophe before what a spreadsheet would take for a formula."""
    text = str(value)
    return f"'{text}" if FORMULA.match(text) else text


def to_csv(rows):
    """Return rows of cells as a CSV file, with the mark by which Excel knows UTF-8."""
    file = io.StringIO()
    csv.writer(file).writerows([as_text(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def to_xlsx(rows, headings=()):
    """Return rows of cells as an XLSX file with one sheet. ``headings`` are the numbers of the bold rows."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet, bold, plain = book.add_worksheet(), book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, str(cell), bold if number in headings else plain)
    return file.getvalue()
