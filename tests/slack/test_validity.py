"""Everything the desk can show, held against what Slack takes: our own list of its limits, the models of its SDK, and its types."""

import asyncio
import json

import pytest
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.slack.blocks import drawn
from bot.slack.modals import failed, home, loading, modal
from bot.slack.pressed import unpacked
from tests.slack.checks.gallery import LANGUAGES, SCENES, gallery
from tests.slack.checks.oracle import breaches, marked_up, sequences, spoken, view_breaches
from tests.slack.checks.tsc import complaints

URL = "https://pelican-ledger.slack.com/"


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Return everything that the desk made while its stories were played."""
    return asyncio.run(gallery(tmp_path_factory.mktemp("gallery")))


@pytest.fixture(scope="module")
def messages(shown):
    return [(story, drawn(card, carrier="k-2b4d6f8h2j4l6", url=URL, to=("U1",))) for story, card in shown.cards]


@pytest.fixture(scope="module")
def views(shown):
    forms = [(name, modal(form, submits={"carrier": "k-1"})) for name, form in shown.forms]
    pages = [(name, home(card, "home")) for name, card in shown.homes]
    return [*forms, *pages, ("loading", loading("Frontdesk")), ("failed", failed("It was decided already."))]


def test_the_gallery_holds_every_kind_of_card(shown):
    assert {story for story, _ in shown.cards} == {*(name for name in SCENES), *LANGUAGES}
    buttons = {button.action for _, card in shown.cards for button in card.buttons}
    assert buttons >= {"approve", "approve_anyway", "edit", "reject", "regenerate", "correct", "retract", "wrong", "right", "take_over", "reply"}
    assert buttons >= {"hand_back", "acknowledge", "resolve", "why", "solved", "not_solved", "get_human", "csat_1", "csat_5", "command"}
    assert len(shown.forms) > 20
    assert {name for name, _ in shown.homes} == {"ina", "noor", "lea", "ada"}


def test_no_message_breaks_a_limit(messages):
    found = [(story, breaches(message.blocks)) for story, message in messages]
    assert [(story, what) for story, what in found if what] == []


def test_every_message_has_a_text_beside_its_blocks(messages):
    assert [story for story, message in messages if not message.text.strip()] == []
    assert [story for story, message in messages if len(message.text) > 40_000] == []


def test_every_message_fits_what_slack_takes_together(messages):
    assert max(len(json.dumps(message.blocks, ensure_ascii=False, separators=(",", ":"))) for _, message in messages) <= 12_500


def test_no_message_pings_anybody_but_those_it_is_for(messages):
    users = {span["user_id"] for _, message in messages for span in spoken(message.blocks) if span["type"] == "user"}
    assert users == {"U1"}
    texts = [text for _, message in messages for text in (message.text.removeprefix("<@U1>"), *marked_up(message.blocks)) if message.blocks]
    assert [sequence for text in texts for sequence in sequences(text) if not sequence.startswith(("http", "mailto:", "!date^"))] == []


def test_every_button_is_known_when_it_is_pressed(messages):
    elements = [each for _, message in messages for block in message.blocks if block["type"] == "actions" for each in block["elements"]]
    values = [
        (each["action_id"], value) for each in elements for value in ([o["value"] for o in each["options"]] if "options" in each else [each["value"]])
    ]
    assert {unpacked(*value).carrier for value in values} == {"k-2b4d6f8h2j4l6"}


def test_no_view_breaks_a_limit(views):
    found = [(name, view_breaches(view)) for name, view in views]
    assert [(name, what) for name, what in found if what] == []


def test_the_sdks_models_take_every_block(messages, views):
    for _, blocks in [(name, message.blocks) for name, message in messages] + [(name, view["blocks"]) for name, view in views]:
        for block in blocks:
            model = Block.parse(block)
            assert model is not None, block
            assert model.to_dict()["type"] == block["type"]


def test_the_sdks_models_take_every_view(views):
    for _, view in views:
        assert View(**view).to_dict()["type"] == view["type"]


def test_slacks_types_allow_everything(messages, views, tmp_path):
    things = [("blocks", list(message.blocks)) for _, message in messages] + [(view["type"], view) for _, view in views]
    assert complaints(tmp_path, list({json.dumps(thing): thing for thing in things}.values())) == []


@pytest.mark.parametrize(
    "block",
    [
        pytest.param({"type": "actions", "elements": [{"type": "button", "text": {"type": "mrkdwn", "text": "x"}}]}, id="a wrong text"),
        pytest.param({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text"}]}]}, id="something missing"),
        pytest.param({"type": "divider", "color": "red"}, id="something unknown"),
    ],
)
def test_slacks_types_are_really_asked(block, tmp_path):
    assert any("shown.ts" in line and "error TS2" in line for line in complaints(tmp_path, [("blocks", [block])]))


def test_what_a_customer_reads_first_is_the_answer(shown):
    first = {drawn(card, carrier="o-1").blocks[0]["type"] for story, card in shown.cards if story in LANGUAGES}
    assert first == {"rich_text"}
