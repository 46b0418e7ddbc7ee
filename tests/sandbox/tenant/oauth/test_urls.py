import pytest
from auth0_apim_sandbox.tenant.oauth.urls import is_allowed


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("https://app.example.com/cb", "https://app.example.com/cb"),
        ("https://*.example.com/cb", "https://pr-42.example.com/cb"),
        ("http://pre-*-post.example.com:3000", "http://pre-1-post.example.com:3000"),
        ("https://*.example.com/cb?a=1", "https://x.example.com/cb?a=1"),
        ("com.example.app://callback", "com.example.app://callback"),
    ],
)
def test_a_url_matches_itself_or_a_wildcard_in_its_first_label(pattern, url):
    assert is_allowed(url, ["https://other.example.com", pattern])


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("https://app.example.com/cb", "https://APP.example.com/cb"),
        ("https://app.example.com/cb", "https://app.example.com/cb/"),
        ("https://*.example.com/cb", "https://a.b.example.com/cb"),
        ("https://*.example.com/cb", "https://.example.com/cb"),
        ("https://*.example.com/cb", "https://evil.com/.example.com/cb"),
        ("https://*.example.com/cb", "https://evil.com#.example.com/cb"),
        ("https://*.example.com/cb", "https://user@evil.example.com/cb"),
        ("https://*.example.com/cb", "https://x.example.com/cb/more"),
        ("https://*.example.com/cb", "http://x.example.com/cb"),
        ("https://*.example.com", "https://x.exampleXcom"),
        ("https://*.com", "https://example.com"),
        ("https://sub.*.example.com", "https://sub.x.example.com"),
        ("https://*.*.example.com", "https://a.b.example.com"),
        ("com.example://*.app.example.com", "com.example://x.app.example.com"),
        ("https://app.example.com/*", "https://app.example.com/cb"),
    ],
)
def test_nothing_else_does(pattern, url):
    assert not is_allowed(url, [pattern])
