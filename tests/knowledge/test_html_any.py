"""HTML of any sort: whatever strangers write, it is read or refused, and what is hidden stays hidden."""

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.errors import InvalidInput
from knowledge.formats.html import page, to_markdown

TAGS = (
    "p",
    "div",
    "span",
    "b",
    "a",
    "ul",
    "ol",
    "li",
    "table",
    "tr",
    "td",
    "th",
    "h1",
    "h3",
    "pre",
    "code",
    "blockquote",
    "main",
    "article",
    "nav",
    "form",
)
HIDING = (
    "<{0} hidden>SECRET</{0}>",
    "<{0} aria-hidden=true>SECRET</{0}>",
    "<{0} style='display:none'>SECRET</{0}>",
    "<{0} style='x:y;font-size:0'><b>SECRET</b></{0}>",
    "<script>SECRET</script>",
    "<!-- SECRET -->",
    "<template><{0}>SECRET</{0}></template>",
)
SHOWN = st.text("ab <>&\"'`*_#|-\n\0é\u200b", max_size=12)
HIDDEN = st.builds(str.format, st.sampled_from(HIDING), st.sampled_from(TAGS))
TREES = st.recursive(
    SHOWN.map(lambda text: text.replace("<", "&lt;")) | HIDDEN,
    lambda inner: st.builds(lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", st.sampled_from(TAGS), st.lists(inner, max_size=4)),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_what_is_hidden_stays_hidden_wherever_it_stands(html):
    assert "SECRET" not in to_markdown(html)
    assert "SECRET" not in page(html, url="https://help.example/").text


@settings(max_examples=150, deadline=None)
@given(st.text("<>/!-=\"' abdhiv&#;\0\ud800", max_size=200) | st.text(max_size=100))
def test_anything_at_all_is_read_or_refused(text):
    try:
        to_markdown(text, base=text).encode()
        page(text, url=text).text.encode()
    except InvalidInput:
        pass


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS] + ["x "]), max_size=60))
def test_tags_in_any_order_are_read(tags):
    assert to_markdown("".join(tags)).count("x") <= tags.count("x ")
