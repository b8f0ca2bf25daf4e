"""Money, numbers, times, icons and states in the reader's language: `{% load ui %}`."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from babel import Locale
from babel.dates import format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision
from django import template
from django.forms import BaseForm, BoundField
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from config.tables import with_changes
from config.templatetags.states import ICONS, LABELS, TONES

register = template.Library()
Number = int | float | Decimal


def reader() -> Locale:
    """The reader's language, as Babel knows it."""
    return Locale.parse(to_locale(get_language() or "en"))


@register.filter
def money(minor: int | None, currency: str) -> str:
    """Minor units as an amount: `{{ 123456|money:"USD" }}` is $1,234.56; nothing stays an en dash."""
    if minor is None:
        return "–"
    places = get_currency_precision(currency)
    return format_currency(Decimal(minor).scaleb(-places), currency, locale=reader())


@register.filter
def whole_money(minor: int | None, currency: str) -> str:
    """Minor units as an amount without its fraction, for tables in which cents only tire."""
    if minor is None:
        return "–"
    amount = Decimal(minor).scaleb(-get_currency_precision(currency)).quantize(Decimal(1))
    return format_currency(amount, currency, locale=reader(), currency_digits=False, format=_whole())


def _whole() -> str:
    pattern = reader().currency_formats["standard"].pattern
    return str(pattern.replace(".00", ""))


@register.filter
def units(number: Number | None, places: int = 0) -> str:
    """A number with separators, rounded: `12345.6|units` is 12,346; `|units:1` keeps a place."""
    if number is None:
        return "–"
    return format_decimal(Decimal(str(number)).quantize(Decimal(1).scaleb(-places)), locale=reader())


@register.filter
def percent(share: Number | None, places: int = 0) -> str:
    """A share of one as per cent: `{{ 0.345|percent }}` is 35%; very small ones stay visible as <1%."""
    if share is None:
        return "–"
    if 0 < share < 0.01 and not places:
        return "<" + format_percent(0.01, locale=reader())
    return format_percent(
        share, format="#,##0" + ("." + "0" * places if places else "") + "%", locale=reader()
    )


@register.filter
def basis_points(points: int | None) -> str:
    """Basis points as per cent: 250 is 2.5%."""
    if points is None:
        return "–"
    return format_percent(Decimal(points) / 10_000, format="#,##0.##%", locale=reader())


@register.simple_tag
def when(at: datetime | None, form: str = "DATETIME_FORMAT") -> str:
    """A moment in the reader's time zone, as a `<time>` that the browser may put into its own zone."""
    if at is None:
        return "–"
    local = timezone.localtime(at)
    return _time(at.astimezone(UTC).isoformat(timespec="seconds"), formats.date_format(local, form), "moment")


@register.simple_tag
def day(on: date | str | None, form: str = "DATE_FORMAT") -> str:
    """A calendar day, which has no time zone; terms and records hold it as text (ISO 8601)."""
    if not on:
        return "–"
    if isinstance(on, str):
        on = date.fromisoformat(on)
    if isinstance(on, datetime):
        on = timezone.localtime(on).date()
    return _time(on.isoformat(), formats.date_format(on, form), "day")


@register.simple_tag(takes_context=True)
def until(context: RequestContext, at: datetime | None, now: datetime | None = None) -> str:
    """How far a moment is from market time, either way: "in 3 hours", "2 days ago"."""
    if at is None:
        return "–"
    far = at - (now or context["market"].now)
    text = span(far, is_directed=True) if abs(far) >= timedelta(minutes=1) else _("now")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.astimezone(UTC).isoformat(timespec="seconds"),
        formats.date_format(timezone.localtime(at), "DATETIME_FORMAT"),
        text,
    )


@register.filter
def span(length: timedelta | None, is_directed: bool = False) -> str:
    """A length of time in words: 3 hours, 2 days."""
    if length is None:
        return "–"
    return format_timedelta(length, add_direction=is_directed, threshold=1.5, locale=reader())


def _time(machine: str, text: str, kind: str) -> SafeString:
    return format_html('<time datetime="{}" data-kind="{}">{}</time>', machine, kind, text)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One picture of icons.svg; with a label it speaks, without one it is silent."""
    where = f"{static('icons.svg')}#{name}"
    if label:
        spoken = '<svg class="icon" role="img"><title>{}</title><use href="{}"/></svg>'
        return format_html(spoken, label, where)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', where)


@register.simple_tag
def badge(state: str, label: str = "", tone: str = "") -> SafeString:
    """A state in words and colour: `{% badge task.state %}`, or with words of the page's own."""
    words = label or label_of(state)
    return format_html(
        '<span class="badge" data-tone="{}">{}</span>', tone or TONES.get(state, "idle"), words
    )


@register.filter
def label_of(state: str) -> str | Promise:
    """A state's name in the reader's language."""
    return LABELS.get(state, state)


@register.filter
def tone(name: str) -> str:
    """The tone of a state or of a message's level."""
    return TONES.get(name, "info")


@register.filter
def tone_icon(name: str) -> str:
    """The icon that goes with a tone, so that colour is never the only sign."""
    return ICONS[name if name in ICONS else tone(name)]


@register.simple_tag(takes_context=True)
def with_query(context: RequestContext, **changes: str) -> str:
    """The address of this table with other values, from its first page: `{% with_query state="open" %}`."""
    return with_changes(context["request"].GET, page=None, **{k: v or None for k, v in changes.items()})


@register.filter
def kind(field: BoundField) -> str:
    """Which control a field is: checkbox, radioselect, select, textarea, input …"""
    return field.widget_type


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, extra: str = "") -> dict[str, object]:
    """One field with label, help, control and error: `{% field form.units %}`."""
    return {"field": bound, "extra": extra}


@register.inclusion_tag("parts/fields.html")
def fields(form: BaseForm) -> dict[str, object]:
    """All fields of a form with its error summary: `{% fields form %}`."""
    return {"form": form}


@register.inclusion_tag("parts/problems.html")
def problems(form: BaseForm) -> dict[str, object]:
    """What is wrong in a form, as links to the fields; takes the focus when the page opens."""
    return {"form": form}
