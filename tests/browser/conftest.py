"""The real site in real Chromium."""

import pytest
from playwright.sync_api import expect

PASSWORD = "a-password-for-tests"
SET_PASSWORD = f"""
from django.contrib.auth import get_user_model
editor = get_user_model().objects.get(is_superuser=True)
editor.set_password("{PASSWORD}")
editor.save()
print(editor.get_username())
"""
PATIENCE = 120_000  # milliseconds; the machine may be busy

expect.set_options(timeout=PATIENCE)


@pytest.fixture
def context(context):
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture(scope="session")
def site(new_site, tmp_path_factory):
    """The address of a site with its first content, and the name of its editor."""
    site = new_site(tmp_path_factory.mktemp("browser") / "site")
    editor = site.shell(SET_PASSWORD).split()[-1]
    with site.serve():
        yield site.url, editor


@pytest.fixture(scope="session")
def editor_cookies(browser, site):
    """The cookies of an editor who has logged in."""
    address, editor = site
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{address}/admin/")
    page.get_by_label("Username").fill(editor)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Publications").first.wait_for()
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture
def admin(page, site, editor_cookies):
    """The home page of the admin, with an editor logged in."""
    page.context.add_cookies(editor_cookies)
    page.goto(f"{site[0]}/admin/")
    return page
