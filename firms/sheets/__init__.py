"""Spreadsheets as firms send and get them: what their columns mean, what is wrong in a row, and how they are written.

Everything here is over values: no database, no words for people.
"""

from firms.sheets.columns import CAPACITY, COMPETENCIES, FORMS, SITES, Column, Form
from firms.sheets.faults import Fault, Wrong, WrongFile
from firms.sheets.parsing import Context, Parsed, Parser
from firms.sheets.reading import MOST_BYTES, MOST_ROWS, Table, opened
from firms.sheets.writing import written

__all__ = [
    "CAPACITY",
    "COMPETENCIES",
    "FORMS",
    "MOST_BYTES",
    "MOST_ROWS",
    "SITES",
    "Column",
    "Context",
    "Fault",
    "Form",
    "Parsed",
    "Parser",
    "Table",
    "Wrong",
    "WrongFile",
    "opened",
    "written",
]
