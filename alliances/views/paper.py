"""The agreement on paper (PDF), in the reader's language around the canonical text."""

import io
import re
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from alliances.models import Signature
from alliances.queries.agreement import Paper, Partner
from config.templatetags.ui import basis_points, money, units
from config.templatetags.words import route_label, slot_label, translated

LATIN, HAN, MONO = "Helvetica", "STSong-Light", "Courier"
pdfmetrics.registerFont(UnicodeCIDFont(HAN))

BODY = ParagraphStyle("body", fontName=LATIN, fontSize=9, leading=13, wordWrap="CJK")
SMALL = ParagraphStyle("small", parent=BODY, fontSize=7, leading=10)
HEAD = ParagraphStyle("head", parent=BODY, fontSize=12, leading=16, spaceBefore=10, spaceAfter=4)
TITLE = ParagraphStyle("title", parent=BODY, fontSize=17, leading=22, spaceAfter=6)
GRID = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.lightgrey),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ]
)
WIDTH = A4[0] - 36 * mm


def pdf_of(paper: Paper) -> bytes:
    """The whole agreement: what it says, who signed it with which key when, and the canonical text."""
    out = io.BytesIO()
    sheet = SimpleDocTemplate(
        out, pagesize=A4, margin=18 * mm, leftMargin=18 * mm, rightMargin=18 * mm, title=paper.alliance.title
    )
    parts = [*_head(paper), *_partners(paper), *_conditions(paper), *_signatures(paper), *_canonical(paper)]
    sheet.build(parts)
    return out.getvalue()


def _head(paper: Paper) -> list[Flowable]:
    shared, content = paper.content["common"], paper.content
    facts = [
        (_("Agreement"), str(content["number"])),
        (_("Supersedes"), content["supersedes"]),
        (_("Hash of the agreement (SHA-256)"), paper.agreement.hash),
        (_("Route"), str(route_label(shared["route"]))),
        (_("Units in all"), units(shared["units"])),
        (_("Currency"), shared["currency"]),
        (_("Markets"), ", ".join(shared["markets"])),
        (_("Ends at the latest"), shared["ends_on"]),
    ]
    return [
        _text(shared["title"], TITLE),
        _table([[name, value] for name, value in facts if value], (50, 124)),
    ]


def _partners(paper: Paper) -> list[Flowable]:
    parts: list[Flowable] = [_text(_("Partners and their terms"), HEAD)]
    for partner in paper.partners:
        parts += [_text(_named(partner)), _text(_dates(partner), SMALL), _items(partner), Spacer(1, 2 * mm)]
    return parts


def _named(partner: Partner) -> str:
    numbers = ", ".join(f"{row['kind'].upper()} {row['value']}" for row in partner.firm["identifiers"])
    return f"{slot_label(partner.slot)}: {partner.firm['name']} ({partner.firm['country']}; {numbers})"


def _dates(partner: Partner) -> str:
    offered = partner.terms
    held = [
        f"{units(row['units'])} ({row['from_on']} – {row['until_on']})" for row in offered.get("capacity", [])
    ]
    when = f"{offered.get('from_on', '')} – {offered.get('until_on', '')}"
    return " · ".join([when, *([_("Capacity") + ": " + ", ".join(held)] if held else [])])


def _items(partner: Partner) -> Flowable:
    currency = partner.terms.get("currency", "")
    rows = [
        [
            translated(item.get("label", "")) or item["kind"],
            units(item["units"]) if item.get("units") else "",
            _price(item, currency),
            money(item.get("total_minor", item.get("amount_minor")), currency),
        ]
        for item in partner.terms["items_list"]
    ]
    return _table(rows or [["–", "", "", ""]], (84, 24, 33, 33))


def _price(item: dict[str, Any], currency: str) -> str:
    if item.get("unit_minor"):
        return money(item["unit_minor"], currency)
    return basis_points(item["rate_bp"]) if item.get("rate_bp") else ""


def _conditions(paper: Paper) -> list[Flowable]:
    lines = enumerate(paper.content["common"]["conditions"], 1)
    return [
        _text(_("Conditions of the alliance"), HEAD),
        *(_text(f"{n}. {translated(row)}") for n, row in lines),
    ]


def _signatures(paper: Paper) -> list[Flowable]:
    parts: list[Flowable] = [_text(_("Signatures"), HEAD)]
    parts += (
        [_table([_signed(paper, row) for row in paper.signatures], (46, 128))] if paper.signatures else []
    )
    if paper.waiting:
        parts.append(_text(_("Not signed yet") + ": " + ", ".join(paper.waiting)))
    return parts


def _signed(paper: Paper, signature: Signature) -> list[str]:
    key = signature.key
    if key is None:
        return [signature.firm.legal_name, _moment(signature.at)]
    lines = [
        _moment(signature.at),
        f"{_('Key')}: {key.fingerprint} ({key.get_kind_display()})",
        f"{_('Public key')}: {key.public_key}",
        f"{_('Signature')}: {signature.signature}",
    ]
    if signature.by:
        lines.insert(1, signature.by.shown_name)
    elif at := paper.mandates.get(signature.firm_id):
        lines.insert(
            1, _("Signed by the platform under the firm's mandate of %(date)s") % {"date": _moment(at)}
        )
    return [signature.firm.legal_name, "\n".join(lines)]


def _canonical(paper: Paper) -> list[Flowable]:
    told = _(
        "The canonical text. The SHA-256 of its UTF-8 bytes is the hash above; the file holds the exact bytes."
    )
    return [_text(_("Canonical text"), HEAD), _text(told, SMALL), _text(paper.agreement.text, SMALL)]


def _moment(at: Any) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _text(words: object, style: ParagraphStyle = BODY) -> Paragraph:
    return Paragraph(_fonted(str(words)), style)


def _table(rows: Iterable[list[str]], widths_mm: tuple[int, ...]) -> Table:
    cells = [[_text(cell) for cell in row] for row in rows]
    return Table(cells, colWidths=[width * mm for width in widths_mm], style=GRID, hAlign="LEFT")


def _fonted(words: str) -> str:
    """Markup in which what the Latin font lacks is set in the Chinese one."""
    runs = re.split(r"([^\x00-\xff–—‘’“”…€•]+)", words)
    marked = [
        f'<font name="{HAN}">{escape(run)}</font>' if number % 2 else escape(run)
        for number, run in enumerate(runs)
    ]
    return "".join(marked).replace("\n", "<br/>")
