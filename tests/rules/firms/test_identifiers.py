"""Numbers that are right, and what is said of those that are not."""

import pytest

from firms.identifiers import Fault, WrongIdentifier, validate


@pytest.mark.parametrize(
    ("kind", "value", "country", "normal"),
    [
        ("uscc", "91110000600037341L", "CN", "91110000600037341L"),
        ("uscc", " 9111 0000 6000 3734 1l ", "CN", "91110000600037341L"),
        (
            "uscc",
            "９１１１００００６０００３７３４１Ｌ",
            "CN",
            "91110000600037341L",
        ),  # as Chinese keyboards type it
        ("lei", "213800KUD8LAJWSQ9D15", "GB", "213800KUD8LAJWSQ9D15"),
        ("lei", "2138-00KU-D8LA-JWSQ-9D15", "CN", "213800KUD8LAJWSQ9D15"),  # an LEI may be of any country
        ("vat", "DE 136 695 976", "DE", "DE136695976"),
        ("vat", "de136695976", "DE", "DE136695976"),
        ("vat", "NL4495445B01", "NL", "NL004495445B01"),
        ("vat", "EL094259216", "GR", "EL094259216"),
        ("vat", "GR094259216", "GR", "EL094259216"),  # Greece's numbers begin with EL
        ("vat", "FR40303265045", "FR", "FR40303265045"),
    ],
)
def test_a_right_number_is_normalised(kind: str, value: str, country: str, normal: str) -> None:
    assert validate(kind, value, country) == normal


@pytest.mark.parametrize(
    ("kind", "value", "country", "fault", "detail", "wanted"),
    [
        ("uscc", "", "CN", Fault.EMPTY, "", ""),
        ("uscc", " - ", "CN", Fault.EMPTY, "", ""),
        ("uscc", "12345", "CN", Fault.LENGTH, "5", "18"),
        ("uscc", "91110000600037341L0", "CN", Fault.LENGTH, "19", "18"),
        ("uscc", "A1110000600037341L", "CN", Fault.CHARACTERS, "A", ""),
        ("uscc", "91110000SO0037341L", "CN", Fault.CHARACTERS, "SO", ""),  # no I, O, S, V, Z
        ("uscc", "91110000600037341M", "CN", Fault.CHECK_DIGIT, "M", ""),
        ("uscc", "91110000600073341L", "CN", Fault.CHECK_DIGIT, "L", ""),  # two digits swapped
        ("uscc", "91110000600037341L", "DE", Fault.COUNTRY, "DE", "CN"),
        ("lei", "213800KUD8LXJWSQ9D15", "GB", Fault.CHECK_DIGIT, "15", ""),
        ("lei", "213800KUD8LAJWSQ9D1", "GB", Fault.LENGTH, "19", "20"),
        ("lei", "213800KUD8LAJWSQ9D1X", "GB", Fault.CHARACTERS, "X", ""),
        ("lei", "213800KUD8LAJW_Q9D15", "GB", Fault.CHARACTERS, "_", ""),
        ("vat", "DE136695978", "DE", Fault.CHECK_DIGIT, "", ""),
        ("vat", "DE13669597", "DE", Fault.LENGTH, "10", ""),
        ("vat", "136695976", "DE", Fault.PREFIX, "13", "DE"),
        ("vat", "094259216", "GR", Fault.PREFIX, "09", "EL"),
        ("vat", "FR40303265045", "DE", Fault.COUNTRY, "FR", "DE"),
        ("vat", "EL094259216", "DE", Fault.COUNTRY, "GR", "DE"),
        ("vat", "CN123456789", "CN", Fault.COUNTRY, "CN", ""),  # no VAT number of the European Union
        ("vat", "DE1366?5976", "DE", Fault.FORMAT, "", ""),
    ],
)
def test_a_wrong_number_says_what_is_wrong(
    kind: str, value: str, country: str, fault: Fault, detail: str, wanted: str
) -> None:
    with pytest.raises(WrongIdentifier) as caught:
        validate(kind, value, country)
    assert (caught.value.fault, caught.value.detail, caught.value.wanted) == (fault, detail, wanted)
