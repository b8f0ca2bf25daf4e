"""The page of a task in a real browser: a photo is handed in on a phone, and a partner answers."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from alliances.models import Comment, Evidence
from config import clock
from tests.browser.test_pages_look import complaints
from tests.builders.alliances import forming_world, operating, task, worker
from tests.builders.firms import NOW


@pytest.fixture
def world(live_platform):
    clock.set_pace(1.0, start_at=NOW)
    return forming_world()


def test_a_photo_and_an_answer_on_a_phone(world, pages):
    first = task(operating(world), "M1")
    here = f"/alliances/{first.alliance.key}/tasks/{first.pk}/"
    maker = pages.open(f"/alliances/{first.alliance.key}/", world.firms.maker.worker, phone=True)
    maker.locator(f"#task-{first.pk} h3 a").tap()
    maker.wait_for_url(f"**{here}")
    maker.get_by_role("button", name="Start").tap()
    expect(maker.get_by_role("button", name="Finish", exact=True)).to_be_visible()
    assert maker.url.endswith(here)
    maker.get_by_text("Add evidence").first.tap()
    picture = BytesIO()
    Image.new("RGB", (900, 600), "teal").save(picture, "JPEG")
    file = {"name": "lot.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    maker.get_by_label("Photo or PDF").set_input_files(file)
    maker.get_by_label("Good units").fill("98")
    maker.get_by_label("Bad units").fill("2")
    maker.get_by_role("button", name="Add evidence").tap()
    shown = maker.get_by_role("img", name="lot.jpg")
    expect(shown).to_be_visible()
    shown.scroll_into_view_if_needed()
    expect(maker.locator(".thumb img").first).to_have_js_property("naturalWidth", 320)
    maker.get_by_role("textbox", name="Comment").fill("Please look, @forwarder")
    maker.get_by_role("button", name="Send").tap()
    expect(maker.locator("#comments")).to_contain_text("Please look")
    assert complaints(maker, "en") == {}
    maker.screenshot(path="/tmp/task-phone.png", full_page=True)

    carrier = pages.open("/desk/", world.firms.carrier.worker, phone=True)
    expect(carrier.get_by_role("heading", name="Mentioned you")).to_be_visible()
    carrier.locator(f'a[href^="{here}"]').first.tap()
    carrier.get_by_role("button", name="Seen").tap()
    expect(carrier.get_by_text("Your firm was mentioned here.")).to_be_hidden()
    assert complaints(carrier, "en") == {}
    assert (Evidence.objects.get().good_units, Comment.objects.count()) == (98, 1)
    assert worker(first).user_id == world.firms.maker.worker.pk
