"""Addresses that people give lead only to the services that are known."""

import pytest

from firms.endpoints import is_push_endpoint, is_robot_endpoint


@pytest.mark.parametrize(
    "url",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://web.push.apple.com/QOtt",
        "https://wns2-by3p.notify.windows.com/w/?token=BQ%2b",
        "https://fcm.googleapis.com:443/fcm/send/abc",
    ],
)
def test_known_push_services(url: str) -> None:
    assert is_push_endpoint(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com:8443/fcm",
        "https://fcm.googleapis.com@127.0.0.1/",
        "https://fcm.googleapis.com\\@127.0.0.1/",
        "https://fcm.googleapis.com.evil.example/",
        "https://evilnotify.windows.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://fcm.googleapis.com:99999/",
        "https://fcm.googleapis.com/a\r\nHost: x",
        "https://fcm.googleapis.com/" + "a" * 1000,
        "file:///etc/passwd",
        "//fcm.googleapis.com/",
        "https://ｆcm.googleapis.com/",
        "",
    ],
)
def test_everything_else_is_refused(url: str) -> None:
    assert not is_push_endpoint(url)


def test_an_origin_of_ones_own_is_taken_as_it_is_written() -> None:
    also = ["http://127.0.0.1:9000"]
    assert is_push_endpoint("http://127.0.0.1:9000/push/1", also)
    assert not is_push_endpoint("http://127.0.0.1:9001/push/1", also)
    assert not is_push_endpoint("http://127.0.0.1:9000@evil.example/", also)


def test_robots_listen_at_one_place_each() -> None:
    assert is_robot_endpoint("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1")
    assert is_robot_endpoint("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=1")
    assert not is_robot_endpoint("dingtalk", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1")
    assert not is_robot_endpoint("wecom", "https://qyapi.weixin.qq.com/cgi-bin/gettoken?key=1")
    assert not is_robot_endpoint("other", "https://oapi.dingtalk.com/robot/send?access_token=1")
