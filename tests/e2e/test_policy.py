"""The content security policy stands on the app's own page, and these tests would hear of anything it blocks."""

from playwright.sync_api import expect

from tests.e2e.conftest import PhoneShop, Server

INLINE = """() => {
    const added = document.createElement("script");
    added.textContent = "window.added = true";
    document.head.append(added);
}"""


def test_an_inline_script_does_not_run_in_the_app_and_is_heard_of(phones: PhoneShop, server: Server) -> None:
    phone = phones.phone("stranger")
    page = phone.open()
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    answer = page.request.get(server.url + "/")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert phone.policy_violations == []
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.evaluate(INLINE)
    assert page.evaluate("window.added") is None
    assert len(phone.policy_violations) == 1
    phone.policy_violations.clear()  # this one was ours
