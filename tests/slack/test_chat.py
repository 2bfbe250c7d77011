"""The chat: what is posted, whispered, changed and found, as it goes over the wire."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.slack.chat import SlackChat
from bot.slack.refs import channel_ref, message_ref, stamp, user_ref
from desk.audience import INTERNAL, PUBLIC
from desk.cards import Button, Buttons, Card, Text
from desk.changes import Enqueue, SaveChannel, SaveMessage, write
from desk.customer import Role
from desk.errors import Misconfigured, PlaceGone, RateLimited, Rejected, Unavailable
from desk.ids import CardId, EventId, OutboxId, TicketId
from desk.post import Direct, Op, Post, RowStatus
from desk.space import Channel, ChannelKind, Place
from desk.ticket import Status, Ticket
from desk.timeline import File, Message, Purpose, message_id
from tests.fakes import START
from tests.slack.loopback import BOT, BOT_USER, TEAM, Reply
from tests.slack.test_people import AGENTS, MARA, OWNER

COMMUNITY, INSIDE, DIRECT = channel_ref(TEAM, "C0HELP"), channel_ref(TEAM, "C0AGENTS"), channel_ref(TEAM, "DU0MARA")
MARA_REF, TIM_REF = user_ref(TEAM, "U0MARA"), user_ref(TEAM, "U0TIM")
ROOT = stamp(START)
HERE = Place(COMMUNITY)


@pytest.fixture
def chat(web, people, policy, store, clock, slack):
    """Return the chat of a workspace where Mara is a customer and Tim is of the team."""
    slack.users = {"U0MARA": MARA, "U0TIM": OWNER}
    return SlackChat(web, people, policy, store, clock)


def post(text="Hello", id="o-1", target=HERE, **more):
    """Return a post."""
    return replace(Post(OutboxId(id), target, Purpose.ANSWER, PUBLIC, START, card=Card((Text(text),))), **more)


def marked(id, ts, *, user=BOT_USER, **more):
    """Return a message that carries a post's id."""
    metadata = {"event_type": "frontdesk_post", "event_payload": {"id": id}}
    return {"type": "message", "user": user, "ts": ts, "text": "x", "metadata": metadata, **more}


def pinged(message):
    """Return whom a message notifies: by its text, by markup in its blocks, or by an element of rich text."""
    waiting, found = [message["text"], *message["blocks"]], []
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            found += re.findall(r"<[@!]([^>|]+)", item)
        elif item.get("type") in ("user", "usergroup", "broadcast"):
            found.append(item.get("user_id", item["type"]))
        else:
            waiting += [item["text"]] if item.get("type") == "mrkdwn" else [item["text"]] if isinstance(item.get("text"), dict) else []
            waiting += [*item.get("elements", ()), *item.get("fields", ())]
    return found


async def test_a_post_is_one_message_with_text_blocks_and_its_id_and_without_previews(chat, slack):
    ref = await chat.send(post("Refunds take *5 days*", target=Place(COMMUNITY, ROOT)))
    [given] = slack.of("chat.postMessage")
    assert (given["channel"], given["thread_ts"]) == ("C0HELP", ROOT)
    assert "Refunds take" in given["text"]
    assert given["blocks"]
    assert (given["unfurl_links"], given["unfurl_media"]) == (False, False)
    assert given["metadata"] == {"event_type": "frontdesk_post", "event_payload": {"id": "o-1"}}
    assert "reply_broadcast" not in given
    assert ref.channel == COMMUNITY


async def test_only_whom_a_post_is_for_is_pinged_in_a_channel(chat, slack):
    await chat.send(post("Ask <@U0TIM> or @here, <!channel>", to=(MARA_REF,)))
    await chat.send(post("Ask <@U0TIM>", target=Direct(MARA_REF), to=(MARA_REF,)))
    in_channel, alone = slack.of("chat.postMessage")
    assert set(pinged(in_channel)) == {"U0MARA"}
    assert pinged(alone) == []


@pytest.mark.parametrize(
    ("more", "carrier"),
    [
        pytest.param({}, "o-1", id="the row of the outbox"),
        pytest.param({"card_id": CardId("k-7")}, "k-7", id="the card, where it is one that changes"),
    ],
)
async def test_a_button_says_what_shows_it(chat, slack, more, carrier):
    card = Card((Buttons((Button("solved", "Solved", TicketId("t-1")),)),))
    await chat.send(post(card=card, **more))
    assert carrier in str(slack.of("chat.postMessage")[0]["blocks"])


async def test_a_card_under_another_shows_in_the_channel_too(chat, slack):
    await chat.send(post(target=Place(INSIDE, ROOT), under=OutboxId("o-0")))
    await chat.send(post(target=Place(INSIDE), under=OutboxId("o-0")))
    assert [given.get("reply_broadcast") for given in slack.of("chat.postMessage")] == [True, None]


async def test_an_edit_changes_everything_that_shows_and_keeps_the_id_it_was_posted_with(chat, slack):
    await chat.edit(message_ref(TEAM, "C0HELP", "1.2"), post("Better", "o-2", op=Op.EDIT, changes=OutboxId("o-1")))
    [given] = slack.of("chat.update")
    assert (given["channel"], given["ts"], given["text"]) == ("C0HELP", "1.2", "Better")
    assert given["metadata"]["event_payload"] == {"id": "o-1"}
    assert given["blocks"]


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found"])
async def test_what_cannot_be_changed_any_more_is_gone(chat, slack, error):
    slack.refuse("chat.update", error)
    with pytest.raises(PlaceGone):
        await chat.edit(message_ref(TEAM, "C0HELP", "1.2"), post("Better", "o-2", op=Op.EDIT))


async def test_a_deletion_of_what_is_gone_is_fine_and_one_that_is_refused_is_not(chat, slack):
    ref = message_ref(TEAM, "C0HELP", "1.2")
    slack.refuse("chat.delete", "message_not_found")
    await chat.delete(ref, post(op=Op.DELETE))
    slack.refuse("chat.delete", "cant_delete_message")
    with pytest.raises(Rejected, match="cant_delete_message"):
        await chat.delete(ref, post(op=Op.DELETE))


async def test_a_whisper_is_seen_by_one_person_in_the_thread_and_cannot_be_changed(chat, slack):
    ref = await chat.send(post("psst", op=Op.WHISPER, to=(TIM_REF,), target=Place(INSIDE, ROOT)))
    [given] = slack.of("chat.postEphemeral")
    assert (given["channel"], given["thread_ts"], given["user"], given["text"]) == ("C0AGENTS", ROOT, "U0TIM", "psst")
    with pytest.raises(PlaceGone):
        await chat.edit(ref, post("pssst", op=Op.EDIT))
    await chat.delete(ref, post(op=Op.DELETE))
    assert slack.of("chat.update") + slack.of("chat.delete") + slack.of("chat.postMessage") == []


async def test_a_whisper_in_a_direct_message_is_a_message(chat, slack):
    ref = await chat.send(post("psst", op=Op.WHISPER, to=(MARA_REF,), target=Place(DIRECT)))
    assert slack.of("chat.postEphemeral") == []
    assert slack.of("chat.postMessage")[0]["channel"] == "DU0MARA"
    await chat.edit(ref, post("pssst", op=Op.EDIT))


async def test_an_answer_to_a_command_given_in_a_direct_message_of_two_people_goes_to_who_gave_it(chat, slack):
    ref = await chat.send(post("psst", op=Op.WHISPER, to=(TIM_REF,), target=Place(DIRECT, ROOT)))
    [given] = slack.of("chat.postMessage")
    assert (ref.channel.id, given["channel"], "thread_ts" in given) == ("DU0TIM", "DU0TIM", False)


@pytest.mark.parametrize("error", ["channel_not_found", "not_in_channel", "user_not_in_channel"])
async def test_an_answer_to_a_command_given_where_the_bot_is_not_goes_to_the_person(chat, slack, error):
    slack.refuse("chat.postEphemeral", error)
    ref = await chat.send(post("psst", op=Op.WHISPER, to=(TIM_REF,), target=Place(channel_ref(TEAM, "C0ELSEWHERE"))))
    assert ref.channel.id == "DU0TIM"
    [given] = slack.of("chat.postMessage")
    assert (given["channel"], "thread_ts" in given) == ("DU0TIM", False)


async def test_a_conversation_is_opened_once(chat, slack):
    for _ in range(3):
        await chat.send(post(target=Direct(MARA_REF)))
    assert slack.of("conversations.open") == [{"users": "U0MARA"}]
    assert (await chat.open(MARA_REF)) == Place(DIRECT)


@pytest.mark.parametrize("error", ["already_reacted", "too_many_emoji", "too_many_reactions"])
async def test_a_reaction_that_is_there_or_finds_no_room_is_no_error(chat, slack, error):
    slack.refuse("reactions.add", error)
    await chat.react(message_ref(TEAM, "C0HELP", "1.2"), "eyes")
    assert slack.of("reactions.add") == [{"channel": "C0HELP", "timestamp": "1.2", "name": "eyes"}]
    assert slack.of("assistant.threads.setStatus") == []


async def test_what_is_heard_in_a_direct_message_also_shows_as_a_status_in_its_thread(chat, slack, store):
    slack.users["U0MARA"] = {**MARA, "locale": "fr-FR"}
    ref = message_ref(TEAM, "DU0MARA", stamp(START + timedelta(minutes=1)))
    said = Message(message_id(ref), ref, Place(DIRECT, ROOT), MARA_REF, "Mara Voss", Role.CUSTOMER, "Bonjour", START)
    await store.commit(EventId("ev-said"), write(SaveMessage(said)), at=START)
    await chat.react(ref, "eyes")
    [given] = slack.of("assistant.threads.setStatus")
    assert (given["channel_id"], given["thread_ts"], given["status"]) == ("DU0MARA", ROOT, "s'en occupe")
    assert given["loading_messages"] == ["s'en occupe"]


async def test_a_message_that_is_a_root_itself_gets_the_status_and_other_emoji_none(chat, slack):
    await chat.react(message_ref(TEAM, "DU0MARA", "1.2"), "eyes")
    await chat.react(message_ref(TEAM, "DU0MARA", "1.2"), "tada")
    assert [given["thread_ts"] for given in slack.of("assistant.threads.setStatus")] == ["1.2"]


@pytest.mark.parametrize("reply", [Reply(429, ""), Reply(500, ""), {"ok": False, "error": "missing_scope"}, {"ok": False, "error": "unknown_method"}])
async def test_a_status_that_cannot_be_shown_takes_nothing_from_the_reaction(chat, slack, reply):
    slack.answers["assistant.threads.setStatus"] = [reply]
    await chat.react(message_ref(TEAM, "DU0MARA", "1.2"), "eyes")
    assert len(slack.of("reactions.add")) == 1


@pytest.mark.parametrize(("thread", "method"), [(None, "conversations.history"), (ROOT, "conversations.replies")], ids=["a channel", "a thread"])
async def test_a_post_is_found_where_it_would_stand(chat, slack, thread, method):
    slack.answers[method] = [
        {"ok": True, "messages": [marked("o-9", "1793613700.1"), marked("o-1", "1793613701.1"), {"ts": "1793613702.1", "text": "hi"}]}
    ]
    assert await chat.find(OutboxId("o-1"), Place(COMMUNITY, thread)) == message_ref(TEAM, "C0HELP", "1793613701.1")
    [given] = slack.of(method)
    assert (given["channel"], given["include_all_metadata"], given.get("ts")) == ("C0HELP", "true", thread)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(marked("o-1", "1793613700.1", user="U0EVIL", bot_id="B0EVIL"), id="another app's message with our id"),
        pytest.param(
            {**marked("o-1", "1793613700.1"), "metadata": {"event_type": "other", "event_payload": {"id": "o-1"}}}, id="metadata of another kind"
        ),
        pytest.param({"ts": "1793613700.1", "user": BOT_USER, "text": "o-1"}, id="a message of ours without metadata"),
        pytest.param({"ts": "1793613700.1", "user": BOT_USER, "metadata": {}}, id="empty metadata"),
    ],
)
async def test_nothing_else_is_taken_for_a_post(chat, slack, message):
    slack.answers["conversations.history"] = [{"ok": True, "messages": [message]}]
    assert await chat.find(OutboxId("o-1"), Place(COMMUNITY)) is None


async def test_a_post_of_ours_is_known_by_the_bots_id_too(chat, slack):
    slack.answers["conversations.history"] = [{"ok": True, "messages": [marked("o-1", "1793613700.1", user=None, bot_id=BOT)]}]
    assert await chat.find(OutboxId("o-1"), Place(COMMUNITY)) is not None


async def test_what_was_streamed_is_found_however_long_its_post_had_to_wait(chat, slack, store):
    await store.commit(EventId("ev-1"), write(Enqueue(post(streamed=True, target=Place(INSIDE, ROOT)))), at=START)
    row = await store.row(OutboxId("o-1"))
    await store.save_row(replace(row, status=RowStatus.SENDING, attempts=1, attempted_at=START + timedelta(hours=5)))
    await chat.find(OutboxId("o-1"), Place(INSIDE, ROOT))
    assert slack.of("conversations.replies")[0]["oldest"] == stamp(START - timedelta(minutes=10))


async def test_a_busy_channel_is_searched_page_by_page_and_not_further_back_than_the_attempt(chat, slack, store, clock):
    await store.commit(EventId("ev-1"), write(Enqueue(post())), at=START)
    row = await store.row(OutboxId("o-1"))
    await store.save_row(replace(row, status=RowStatus.SENDING, attempts=1, attempted_at=START + timedelta(hours=5)))
    old, new = stamp(START), stamp(START + timedelta(hours=6))
    more = {"response_metadata": {"next_cursor": "next"}}
    slack.answers["conversations.history"] = [
        {"ok": True, "messages": [{"ts": new, "user": "U1"}], **more},
        {"ok": True, "messages": [{"ts": old, "user": "U1"}], **more},
        {"ok": True, "messages": [marked("o-1", old)]},
    ]
    assert await chat.find(OutboxId("o-1"), Place(COMMUNITY)) is None
    asked = slack.of("conversations.history")
    assert [given.get("cursor") for given in asked] == [None, "next"]
    assert asked[0]["oldest"] == stamp(START + timedelta(hours=5) - timedelta(minutes=10))


async def test_in_a_thread_that_is_gone_nothing_stands(chat, slack):
    slack.refuse("conversations.replies", "thread_not_found")
    assert await chat.find(OutboxId("o-1"), Place(COMMUNITY, ROOT)) is None


@pytest.mark.parametrize(
    ("status", "method"),
    [
        (Status.SOLVED, "reactions.add"),
        (Status.OPEN, "reactions.remove"),
        (Status.CLOSED, "reactions.remove"),
        (Status.WAITING_TEAM, "reactions.remove"),
    ],
)
@pytest.mark.parametrize("error", ["", "message_not_found", "already_reacted", "no_reaction"])
async def test_a_solved_ticket_shows_it_on_its_first_message_until_it_is_open_again(chat, slack, status, method, error):
    anchor = message_ref(TEAM, "C0HELP", ROOT)
    ticket = Ticket(TicketId("t-1"), Place(COMMUNITY, ROOT), anchor, "user:x", MARA_REF, "Mara Voss", START, status=status)
    fine = {"reactions.add": "no_reaction", "reactions.remove": "already_reacted"}[method]
    if error and error != fine:
        slack.refuse(method, error)
    await chat.mark(ticket)
    assert slack.of(method) == [{"channel": "C0HELP", "timestamp": ROOT, "name": "white_check_mark"}]


async def test_a_thread_so_far_is_what_people_wrote_in_it_root_and_files_included(chat, slack):
    def later(n):
        return stamp(START + timedelta(minutes=n))

    slack.answers["conversations.replies"] = [
        {
            "ok": True,
            "messages": [
                {"ts": ROOT, "thread_ts": ROOT, "user": "U0MARA", "text": "The *export* fails, see <https://a.example|this>", "reply_count": 5},
                {"ts": later(1), "thread_ts": ROOT, "user": "U0TIM", "text": "<@U0MARA>, since when?", "edited": {"ts": later(9), "user": "U0TIM"}},
                {"ts": later(2), "thread_ts": ROOT, "user": BOT_USER, "bot_id": BOT, "text": "I am looking"},
                {"ts": later(3), "thread_ts": ROOT, "user": "U0APP", "bot_id": "B0APP", "subtype": "bot_message", "text": "Build failed"},
                {"ts": later(4), "thread_ts": ROOT, "user": "U0TIM", "subtype": "channel_join", "text": "joined"},
                {
                    "ts": later(5),
                    "thread_ts": ROOT,
                    "user": "U0MARA",
                    "subtype": "file_share",
                    "text": "",
                    "files": [
                        {"id": "F1", "name": "a.png", "mimetype": "image/png", "size": 7},
                        {"id": "F2", "file_access": "check_file_info"},
                        {"id": "F3", "mode": "tombstone"},
                    ],
                },
                {"ts": later(6), "thread_ts": ROOT, "user": "U0MARA", "subtype": "thread_broadcast", "text": f"<@{BOT_USER}> help"},
            ],
        }
    ]
    found = await chat.history(Place(COMMUNITY, ROOT), START - timedelta(seconds=1))
    assert [m.author_name for m in found] == ["Mara Voss", "Tim", "Mara Voss", "Mara Voss"]
    assert [m.place.thread for m in found] == [None, ROOT, ROOT, ROOT]
    assert found[0].text == "The **export** fails, see [this](https://a.example)"
    assert found[1].text == "@Mara Voss, since when?"
    assert [m.role for m in found] == [Role.CUSTOMER, Role.ADMIN, Role.CUSTOMER, Role.CUSTOMER]
    assert [m.mentions_bot for m in found] == [False, False, False, True]
    assert found[1].edited_at == START + timedelta(minutes=9)
    assert found[2].files == (File("a.png", "image/png", 7, "F1"), File("file", "application/octet-stream", 0, "F2"))


async def test_history_begins_after_an_instant_and_takes_in_the_bots_that_policy_names(chat, slack, policy):
    policy.change(intake={"bots": ["slack/T0PELICAN/B0FORMS"]})
    form = {"ts": stamp(START + timedelta(minutes=1)), "bot_id": "B0FORMS", "subtype": "bot_message", "username": "Forms", "text": "A new question"}
    slack.answers["conversations.history"] = [{"ok": True, "messages": [form, {"ts": ROOT, "user": "U0MARA", "text": "old"}]}]
    found = await chat.history(Place(COMMUNITY), START)
    assert [(m.author_name, m.role, m.text) for m in found] == [("Forms", Role.CUSTOMER, "A new question")]


async def test_a_file_of_another_organization_is_fetched_by_its_id(chat, slack):
    address = f"http://127.0.0.1:{slack.port}/files-pri/T0-F1/a.txt"
    slack.answers["files.info"] = [{"ok": True, "file": {"id": "F1", "size": 5, "url_private": address}}]
    slack.files["/files-pri/T0-F1/a.txt"] = Reply(200, b"hello", type="text/plain")
    assert await chat.fetch("F1") == b"hello"


@pytest.mark.parametrize(
    ("file", "error"),
    [
        pytest.param({"ok": False, "error": "file_not_found"}, PlaceGone, id="gone"),
        pytest.param({"ok": True, "file": {"mode": "hidden_by_limit", "url_private": "x"}}, PlaceGone, id="older than the workspace's plan keeps"),
        pytest.param({"ok": True, "file": {}}, PlaceGone, id="without an address"),
        pytest.param({"ok": True, "file": {"size": 30_000_000, "url_private": "x"}}, Rejected, id="too large"),
        pytest.param({"ok": True, "file": {"url_private": "https://docs.example/a"}}, Rejected, id="kept elsewhere"),
        pytest.param({"ok": False, "error": "missing_scope", "needed": "files:read"}, Misconfigured, id="without the scope for it"),
    ],
)
async def test_a_file_that_is_not_given_says_why(chat, slack, file, error):
    slack.answers["files.info"] = [file]
    with pytest.raises(error):
        await chat.fetch("F1")


async def stream(chat, place, *pieces, to=TIM_REF):
    """Stream these pieces; return how many were taken."""
    taken = []

    async def chunks():
        for piece in pieces:
            taken.append(piece)
            yield piece

    await chat.stream(place, chunks(), to=to, id=OutboxId("o-1"))
    return len(taken)


async def inside(slack, store):
    """Declare an agents channel of our own people."""
    channel = Channel(INSIDE, "agents", ChannelKind.INTERNAL, START, agents=True)
    await store.commit(EventId("ev-agents"), write(SaveChannel(channel)), at=START)
    slack.channels["C0AGENTS"], slack.members["C0AGENTS"] = AGENTS, ["U0TIM"]


async def test_a_teammate_sees_a_text_while_it_is_made_and_whole_it_is_found_by_its_id(chat, slack, store):
    await inside(slack, store)
    assert await stream(chat, Place(INSIDE, ROOT), "a" * 200, "b" * 100, "<!channel> c") == 3
    [begun] = slack.of("chat.startStream")
    assert (begun["channel"], begun["thread_ts"], begun["recipient_team_id"], begun["recipient_user_id"]) == ("C0AGENTS", ROOT, TEAM, "U0TIM")
    [more] = slack.of("chat.appendStream")
    assert begun["markdown_text"] + more["markdown_text"] == "a" * 200 + "b" * 100 + "&lt;!channel> c"
    [ended] = slack.of("chat.stopStream")
    assert (ended["ts"], ended["metadata"]["event_payload"]) == (more["ts"], {"id": "o-1"})
    assert slack.of("chat.delete") == []


@pytest.mark.parametrize(
    ("place", "to"),
    [
        pytest.param(Place(COMMUNITY, ROOT), TIM_REF, id="where customers read"),
        pytest.param(Place(INSIDE), TIM_REF, id="outside of a thread, where Slack streams nothing"),
        pytest.param(Place(DIRECT, ROOT), MARA_REF, id="to a customer alone"),
    ],
)
async def test_nobody_else_sees_what_may_be_unsaid(chat, slack, store, place, to):
    await inside(slack, store)
    assert await stream(chat, place, "a" * 300, to=to) == 1
    assert slack.of("chat.startStream") == []


async def test_a_teammate_who_asks_alone_sees_it_too(chat, slack):
    await stream(chat, Place(channel_ref(TEAM, "DU0TIM"), ROOT), "a" * 300)
    assert len(slack.of("chat.startStream")) == 1


@pytest.mark.parametrize(("method", "deleted"), [("chat.startStream", 0), ("chat.appendStream", 1), ("chat.stopStream", 1)])
async def test_a_stream_that_slack_refuses_is_no_error_and_all_of_it_is_taken_and_none_stands(chat, slack, store, method, deleted):
    await inside(slack, store)
    slack.refuse(method, "unknown_method")
    slack.refuse("chat.delete", "message_not_found")
    assert await stream(chat, Place(INSIDE, ROOT), *["a" * 300] * 3) == 3
    assert len(slack.of("chat.delete")) == deleted


async def test_a_stream_that_can_be_neither_ended_nor_taken_away_is_no_error_either(chat, slack, store):
    await inside(slack, store)
    for method in ("chat.stopStream", "chat.delete"):
        slack.answers[method] = [Reply(503, "")]
    assert await stream(chat, Place(INSIDE, ROOT), "a" * 300) == 1


async def test_a_stream_whose_maker_fails_does_not_stand_for_ever(chat, slack, store):
    await inside(slack, store)

    async def chunks():
        yield "a" * 300
        raise Unavailable("model")

    with pytest.raises(Unavailable):
        await chat.stream(Place(INSIDE, ROOT), chunks(), to=TIM_REF, id=OutboxId("o-1"))
    assert len(slack.of("chat.delete")) == 1


async def test_roles_team_outsiders_and_the_guard_are_the_peoples(chat, slack, store):
    await inside(slack, store)
    slack.members["C0HELP"] = ["U0TIM", "U0MARA"]
    assert [await chat.roles(MARA_REF), await chat.roles(TIM_REF)] == [Role.CUSTOMER, Role.ADMIN]
    assert [user for user, _ in await chat.team()] == [TIM_REF]
    assert await chat.outsiders(COMMUNITY) == [MARA_REF]
    assert await chat.is_private(INSIDE)


async def test_limits_and_troubles_reach_the_sender_as_they_are(chat, slack):
    slack.answers["chat.postMessage"] = [Reply(429, "", {"Retry-After": "7"}), Reply(503, ""), {"ok": False, "error": "is_archived"}]
    for error in (RateLimited, Unavailable, PlaceGone):
        with pytest.raises(error):
            await chat.send(post(audience=INTERNAL))
