"""Every text that a person can read exists in every language."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.core.management import call_command
from django.utils.translation import gettext, override

from config.extraction import in_python, in_template
from config.management.commands.translate import fill, merged, problems
from config.translations import catalogues, compile_all, is_compiled, read, write


def catalogue(**texts: str) -> Catalog:
    made = Catalog(locale="zh_Hans", fuzzy=False)
    for english, chinese in texts.items():
        made.add(english, chinese, locations=[("somewhere.py", 0)])
    return made


def test_catalogues_are_compiled_and_speak() -> None:
    compile_all()
    assert catalogues()
    assert all(is_compiled(po) for po in catalogues())
    with override("zh-hans"):
        assert gettext("Skip to the content") == "跳到正文"


def test_a_message_without_chinese_is_found() -> None:
    assert problems(catalogue(Ship=""), catalogue(Ship="")) == ["no Chinese: 'Ship' (somewhere.py)"]


def test_a_message_that_the_source_lost_is_found_and_goes() -> None:
    kept, source = catalogue(Ship="发货", Old="旧"), catalogue(Ship="")
    assert problems(kept, source) == ["not in the source any more: 'Old'"]
    assert problems(merged(kept, source), source) == []


def test_placeholders_must_survive() -> None:
    kept = Catalog(locale="zh_Hans", fuzzy=False)
    kept.add("%(count)s units", "%(number)s 件", locations=[("a.html", 0)], flags=["python-format"])
    assert len(problems(kept, kept)) == 1


def test_pairs_fill_only_what_is_missing() -> None:
    made = catalogue(Ship="发货", Stop="")
    assert fill(made, {"Ship": "寄出", "Stop": "停止", "Unknown": "未知"}) == 1
    assert [made["Ship"].string, made["Stop"].string] == ["发货", "停止"]


def test_a_catalogue_survives_the_way_to_disk(tmp_path: Path) -> None:
    po = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    write(po, catalogue(Ship="发货"))
    before = po.read_bytes()
    write(po, read(po))
    assert po.read_bytes() == before
    assert read(po)["Ship"].string == "发货"


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("page.html", '{% load i18n %}<p>\n    {% translate "Ship" %}\n  </p>', "Ship"),
        (
            "page.html",
            "{% load i18n %}{% blocktranslate %}Pay {{ sum }}{% endblocktranslate %}",
            "Pay %(sum)s",
        ),
        ("verb.py", "raise Refused('late', _('Too late.'))", "Too late."),
        ("rule.py", "G = Guard[Facts]('late', lambda f: True, 'Too late.')", "Too late."),
        ("rule.py", '"""Not this one."""\nRow = Answer("Find more units", 1)', "Find more units"),
        (
            "rule.py",
            "if x:\n    raise ValueError('Not for people.')\nTEXT = 'For people, this.'",
            "For people, this.",
        ),
    ],
)
def test_messages_are_found(
    name: str, source: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.extraction.ROOT", tmp_path)
    path = tmp_path / name
    path.write_text(source)
    find = in_template if name.endswith(".html") else in_python
    assert [found.text for found in find(path)] == [expected]


def test_every_message_has_its_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("translate", check=True)
    assert capsys.readouterr().out.strip() == "Every message has its Chinese."
