"""A push message in a real browser: it is shown, and one tap leads to the task that it is about."""

from playwright.sync_api import expect

from tests.browser.test_board_live import card
from tests.processes import wait_for


def deliver(page, content):
    """Hand a message to the service worker, as the browser's push service does."""
    own = page.context.new_cdp_session(page)
    found = []
    own.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"]))
    own.send("ServiceWorker.enable")
    page.wait_for_timeout(200)
    registration = [one for one in found if not one["isDeleted"]][-1]
    own.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": page.url.split("/alliances")[0],
            "registrationId": registration["registrationId"],
            "data": content,
        },
    )


SHOWN = """async () => {
  const registration = await navigator.serviceWorker.ready;
  return (await registration.getNotifications()).map(({ title, body, data }) => [title, body, data]);
}"""
TAP = """async () => {
  const [shown] = await registration.getNotifications();
  dispatchEvent(new NotificationEvent("notificationclick", { notification: shown }));
}"""


def test_a_message_is_shown_and_a_tap_and_another_finish_the_task(world, pages):
    address = f"/alliances/{world.alliance.key}/"
    here = f"{address}#task-{world.task('M6').pk}"
    maker = pages.open(address, world.maker, phone=True, permissions=["notifications"])
    expect(maker.locator("[data-live=live]")).to_be_visible()
    card(maker, world, "M6").get_by_role("button", name="Start").tap()
    maker.evaluate("navigator.serviceWorker.ready.then(() => true)")
    told = '{"title": "Late: Produce the pilot lot", "body": "It is due", "url": "%s", "tag": "1"}' % here  # noqa: UP031
    deliver(maker, told)
    wait_for(lambda: maker.evaluate(SHOWN))
    assert maker.evaluate(SHOWN) == [["Late: Produce the pilot lot", "It is due", here]]
    maker.goto("/notices/")
    worker = maker.context.service_workers[0]
    worker.evaluate(TAP)
    maker.wait_for_url(f"**{here}")
    card(maker, world, "M6").get_by_role("button", name="Finish all 1,000").tap()
    expect(card(maker, world, "M6").locator("[data-f=state]")).to_have_text("Finished")
