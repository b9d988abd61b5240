"""Owns how a price is written on a page: in its own currency, as readers of that language write it."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision
from jinja2 import pass_context
from jinja2.runtime import Context

from aftersales.people import Part
from notifier.rendering import Reader


@pass_context
def price(context: Context, part: Part) -> str:
    """What a part costs, such as "¥128.00"; the record keeps it in the smallest unit of its currency."""
    reader = context["reader"]
    assert isinstance(reader, Reader)
    amount = Decimal(part.price).scaleb(-get_currency_precision(part.currency))
    return str(format_currency(amount, part.currency, locale=reader.locale))
