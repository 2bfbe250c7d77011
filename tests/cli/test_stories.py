"""The stories that ship: each is played through the whole desk, and ends as it should."""

import pytest

from tests.cli.areas import own_test
from tests.cli.told import STORIES, Told, shelf_of, tell

QUESTION = "asked"


@pytest.fixture
async def crashed(request, tmp_path_factory) -> Told:
    return await tell(STORIES / f"crash-{request.param}.toml", shelf=shelf_of(tmp_path_factory))


def test_every_story_has_a_test():
    assert [path.stem for path in STORIES.glob("*.toml") if not path.stem.startswith("crash-") and own_test(path.stem) is None] == []
    assert len(list(STORIES.glob("*.toml"))) >= 15


def test_answered(story):
    (answer,) = story.bot("answer")
    assert answer["thread"] == QUESTION
    assert answer["at"].startswith("2026-11-02T10:00:08")
    assert answer["evidence"][0]["document"] == "refund-times"
    assert "5 to 7 working days" in answer["text"]
    assert answer["buttons"] == ["Solved", "Not solved", "Get a human"]
    assert (story.ticket["status"], story.ticket["containment"]) == ("solved", "confirmed")
    assert len(story.bot("csat")) == 1
    assert story.actions == ["reply", "close"]


def test_agent_answered(story):
    (answer,) = story.bot("answer")
    assert answer["text"].startswith("Hi Poppy! A refund reaches your card within 5 to 7 working days after we approve it. [1]")
    assert [source["document"] for source in answer["evidence"]] == ["refund-times"]
    assert story.actions == ["reply", "close"]


def test_agent_down(story):
    quoted, written = story.bot("answer")
    assert "We approve or decline a refund request within 1 working day" in quoted["text"]
    assert written["text"].startswith("Hi Poppy!")
    assert [shortfall["code"] for shortfall in story.decisions[0]["degraded"]] == ["model_busy"]
    assert story.bot("notice", inside=False) == []


def test_agent_private(story):
    (private,) = story.bot("part")
    assert private["to"] == ["Mara Voss"]
    assert "INV-205" in private["text"]
    shared = [post["text"] for post in story.bot() if post["channel"] == "acme-shared"]
    assert not [text for text in shared if "420" in text or "INV" in text]
    assert story.actions == ["suggest", "reply"]


def test_agent_hand_over(story):
    assert story.actions == ["escalate"]
    assert "handed_over" in story.codes()
    (card,) = story.bot("escalation_card", inside=True)
    assert "somebody has to decide about an exception" in card["text"]
    assert not [post for post in story.bot() if "exception" in post["text"]]


def test_agent_injected(story):
    said = " ".join(post["text"] for post in story.bot())
    assert not [word for word in ("evil.example", "INV-204", "420", "@everyone", "<!channel>") if word in said]
    (card,) = story.bot("draft_card", inside=True)
    assert "Known by: the customer record, today" in card["text"]
    assert "evil.example" not in card["text"].partition("in the thread:")[2]
    assert {name for post in story.posts for name in post["to"]} <= {"Poppy Lane", "Jonas Reed"}


def test_agent_german(story):
    (card,) = [post for post in story.bot("draft_card", inside=True) if post["op"] == "post"]
    assert "Hello Greta, a refund reaches your card within 5 to 7 working days" in card["text"]
    assert not [post for post in story.bot() if "Hello Greta" in post["text"]]
    (answer,) = story.bot("answer")
    assert answer["text"].startswith("Guten Tag Greta, eine Erstattung ist nach 5 bis 7 Werktagen auf der Karte")
    assert story.actions == ["suggest", "reply"]


def test_burst(story):
    (answer,) = story.bot("answer")
    assert answer["thread"] == "first"
    assert story.ticket["turn"] == 3
    assert story.actions == ["reply"]


def test_edit_before_answer(story):
    (answer,) = story.bot("answer")
    assert [source["document"] for source in answer["evidence"]] == ["refund-times"]


def test_deleted_before_answer(story):
    assert story.bot() == []
    assert story.bot(inside=True) == []


def test_deleted_after_holding(story):
    promised, taken_back = story.bot()
    assert (promised["purpose"], promised["op"], taken_back["op"], taken_back["ref"]) == ("holding", "post", "delete", promised["ref"])
    assert story.actions == ["suggest", "ignore"]
    assert (story.ticket["status"], story.ticket["containment"]) == ("closed", None)
    assert "Approve" not in story.standing("draft_card")[0]["buttons"]


def test_bystander(story):
    assert {ticket["customer"] for ticket in story.tickets} == {"Poppy Lane", "Lucia Ferrer"}
    assert {post["thread"] for post in story.bot("answer")} == {QUESTION}
    (refused,) = story.bot("notice", op="whisper")
    assert refused["to"] == ["Lucia Ferrer"]
    assert {ticket["status"] for ticket in story.tickets} == {"waiting_customer"}


def test_private_part_community(story):
    (answer,) = story.bot("answer")
    assert answer["channel"] == "community"
    assert not {"INV-204", "INV-205"} & set(answer["text"].split())
    (part,) = story.bot("part")
    assert part["channel_kind"] == "direct"
    assert "INV-205" in part["text"]
    assert part["audience"] == "person:mara-voss"


def test_private_part_shared(story):
    public = [post["text"] for post in story.bot() if post["channel"] == "acme-shared"]
    assert not any("INV-" in text for text in public)
    parts = story.bot("part")
    assert {post["audience"] for post in parts} == {"person:mara-voss"}
    assert "INV-204" in parts[0]["text"]


def test_stale_draft(story):
    assert story.decisions[-1]["turn"] > story.decisions[0]["turn"]
    (told,) = story.bot("notice", op="whisper", inside=True)
    assert told["to"] == ["Jonas Reed"]
    assert len(story.standing("answer")) == 1
    assert [decision["action"] for decision in story.decisions].count("reply") == 1


def test_double_click(story):
    assert story.actions == ["suggest", "reply"]
    assert len(story.standing("answer")) == 1
    (told,) = story.bot("notice", op="whisper", inside=True)
    assert told["to"] == ["Priya Dale"]
    assert "Jonas Reed was faster" in told["text"]


def test_edit_race(story):
    (answer,) = story.standing("answer")
    assert answer["text"].startswith("Within 5 to 7 working days after we approve it.")
    (told,) = story.bot("notice", op="whisper", inside=True)
    (back,) = story.bot("notice", op="post")
    assert told["to"] == back["to"] == ["Priya Dale"]
    assert "Jonas Reed was faster" in told["text"]
    assert "About a week, says Priya." in back["text"]


def test_hand_over_and_back(story):
    assert story.actions == ["reply", "stand_by", "reply"]
    jonas = next(n for n, post in enumerate(story.posts) if post["ref"] == "jonas")
    handed_back = next(n for n, post in enumerate(story.posts) if post["purpose"] == "answer" and n > jonas)
    assert not [post for post in story.posts[jonas:handed_back] if post["author"] == "frontdesk" and post["channel_kind"] != "internal"]
    assert story.ticket["owner"] is None
    assert story.ticket["attention"] == "active"


def test_late_holding_answer(story):
    assert story.actions == ["suggest", "hold", "reply"]
    assert [post["to"] for post in story.posts if post["purpose"] == "page" and post["op"] == "post"] == [["Ines Duarte"]]
    pointed = [post for post in story.bot("notice") if post["to"] == ["Poppy Lane"]]
    assert len(pointed) == 1
    assert len(story.standing("answer")) == 1


def test_correction(story):
    correction = story.bot("answer")[-1]
    assert correction["text"].startswith("Correction from Jonas Reed")
    assert "corrected" in story.codes()


def test_retraction(story):
    assert story.standing("answer") == []
    assert (story.ticket["status"], story.ticket["owner"]) == ("waiting_team", "Jonas Reed")
    assert story.actions == ["reply", "withdraw"]


@pytest.mark.parametrize("crashed", ["now", "acknowledged", "committed", "sent"], indirect=True)
def test_a_crash_loses_nothing_and_says_nothing_twice(crashed):
    (answer,) = crashed.bot("answer")
    assert answer["thread"] == QUESTION
    assert crashed.actions == ["reply"]
    assert len(crashed.bot("auto_card", inside=True)) == 1
    assert crashed.ticket["status"] == "waiting_customer"


def test_delivered_thrice(story):
    assert [post["op"] for post in story.posts if post["ref"] == QUESTION] == ["post", "edit"]
    assert story.actions == ["suggest", "reply"]
    assert len(story.bot("holding")) == 1
    assert len(story.bot("answer")) == 1


def test_observe_day(story):
    assert story.bot() == []
    assert {(decision["action"], decision["would"]) for decision in story.decisions} == {("observe", "reply")}
    daily = story.bot("notice", inside=True)
    assert [post["op"] for post in daily] == ["post", "edit"]
    assert daily[-1]["text"].count("Called right.") == 1


def test_silence(story):
    assert story.actions == ["reply", "remind", "close"]
    (reminder,) = story.bot("reminder")
    assert reminder["at"].startswith("2026-11-03T10:00:08")
    (csat,) = story.bot("csat")
    assert csat["at"].startswith("2026-11-05T10:00:08")
    assert (story.ticket["status"], story.ticket["containment"]) == ("closed", "silent")


def test_asks_for_a_human(story):
    assert story.actions[0] == "escalate"
    assert "asks_human" in story.codes(0)
    assert len(story.bot("notice")) == 1
    assert story.bot("answer")[0]["text"].startswith("Hello Mara, Jonas here.")
    assert story.ticket["status"] == "closed"


def test_not_solved_twice(story):
    assert story.actions == ["reply", "ask", "escalate"]
    assert len(story.bot("question")) == 1
    assert story.ticket["status"] == "waiting_team"


def test_colleague(story):
    assert story.bot() == []
    assert set(story.actions) == {"stand_by"}
    assert {ticket["customer"] for ticket in story.tickets} == {"Mara Voss"}
    assert story.ticket["attention"] == "dormant"


def test_mute(story):
    muted = next(n for n, post in enumerate(story.posts) if post["ref"] == "muted")
    unmuted = next(n for n, post in enumerate(story.posts) if n > muted and post["at"] >= "2026-11-02T10:01:10")
    assert not [post for post in story.posts[muted:unmuted] if post["author"] == "frontdesk" and post["channel_kind"] != "internal"]
    assert story.actions == ["reply", "stand_by", "reply"]


def test_setup(story):
    whispers = [post["text"] for post in story.bot("notice", op="whisper", inside=True)]
    assert whispers[0] == "`setup` is for admins only."
    assert "**1. Agents channel:** #agents." in whispers[1]
    assert whispers[2].startswith("#community is declared as a channel of customers")
    assert "**1. Agents channel:** #support-desk." in whispers[-1]
    assert [post["channel"] for post in story.bot("draft_card", inside=True)] == ["support-desk"]


def test_channel(story):
    refused, *_ = story.bot("notice", op="whisper")
    assert refused["text"] == "`channel add` is for admins only."
    told = [post["text"] for post in story.bot("notice", op="post", inside=True)]
    assert [text.splitlines()[0] for text in told] == ["Ruth Calder removed a channel:", "Ruth Calder declared a channel:"]
    assert [ticket["status"] for ticket in story.tickets] == ["waiting_customer"]
    assert {post["thread"] for post in story.bot("answer")} == {QUESTION}
    assert "#community: community, questions only" in story.bot("notice", op="whisper", inside=True)[-1]["text"]


def test_team(story):
    whispers = [post["text"] for post in story.bot("notice", op="whisper", inside=True)]
    assert whispers[0] == "`team add` is for admins only."
    assert whispers[-2].startswith("'nadia' names nobody")
    assert "nadia@pelicanledger.example: lead, named in the policy" in whispers[-1]
    assert "priya@pelicanledger.example: admin, named in the policy" in whispers[-1]
    assert "amelie" not in whispers[-1]
    assert len(story.bot("notice", op="post", inside=True)) == 4


def test_mode(story):
    assert story.actions == ["observe", "reply"]
    whispers = [post["text"] for post in story.bot("notice", op="whisper", inside=True)]
    assert whispers[0] == "`mode` expects observe, draft or auto; you wrote 'atuo': did you mean auto?"
    assert "1 answer observed: 1 called right, 0 wrong, 0 not judged" in whispers[1]
    announced = story.bot("notice", op="post", inside=True)[-1]["text"]
    assert announced.endswith("mode of billing: observe -> auto\nReason: the refund answers are right")
    assert {post["thread"] for post in story.bot("answer")} == {"again"}


def test_category(story):
    assert story.actions == ["reply", "close", "suggest"]
    whispers = [post["text"] for post in story.bot("notice", op="whisper", inside=True)]
    assert "1 automatic answer: 0 called wrong" in whispers[0]
    assert "write a number from 0 to 1" in whispers[1]
    assert "./frontdesk train" in whispers[-1]
    assert "unsure" in story.codes()


def test_macro(story):
    assert story.actions == ["suggest", "reply"]
    whispers = [post["text"] for post in story.bot("notice", op="whisper", inside=True)]
    assert "did you mean {name}?" in whispers[0]
    assert "refund: Your refund is on its way (public, en)" in whispers[2]
    (answer,) = story.bot("answer")
    assert answer["text"].startswith("Hello Poppy Lane, I have approved your refund.")
    assert whispers[-1].endswith("-> gone\nReason: it is outdated")


def test_status(story):
    down, well = [post["text"] for post in story.bot("notice", op="whisper", inside=True) if post["text"].startswith("Status")]
    assert "Knowledge: down: kb is unavailable" in down
    assert "Paused: category billing until 12:00" in down
    assert well.startswith("Status   all is well")
    assert story.actions == ["stand_by", "reply"]


def test_model_down(story):
    assert story.actions == ["hold", "reply"]
    assert len(story.bot("holding")) == 1
    assert len(story.bot("escalation_card", op="post", inside=True)) == 1
    assert len(story.standing("answer")) == 1
    assert story.ticket["status"] == "waiting_customer"


def test_security_while_observing(story):
    assert [post for post in story.bot() if post["purpose"] != "page"] == []
    assert [post["to"] for post in story.posts if post["purpose"] == "page"] == [["Ines Duarte"]]
    assert story.decisions[0]["would"] == "escalate"
    assert story.ticket["priority"]["level"] == "urgent"


def test_german(story):
    outside = story.bot()
    assert outside
    assert all(not {"Thanks", "person", "answer"} & set(post["text"].split()) for post in outside)
    assert "reply" not in story.actions


def test_other_language(story):
    assert story.actions == ["suggest"]
    assert story.bot("answer") == []
    (card,) = story.bot("draft_card", inside=True)
    assert "the sources are in another language than the customer's" in card["text"]
    assert {source["document"] for source in card["evidence"]} == {"refund-times"}
    (holding,) = story.bot("holding")
    assert holding["text"].startswith("Danke, Ihre Frage ist angekommen.")


def test_two_questions(story):
    (answer,) = story.bot("answer")
    assert list(dict.fromkeys(source["document"] for source in answer["evidence"])) == ["refund-times", "invite-teammates"]
    assert answer["text"].index("5 to 7 working days") < answer["text"].index("press **Invite**")


def test_whole_steps(story):
    (answer,) = story.bot("answer")
    places = [answer["text"].index(f"{n}. ") for n in (1, 2, 3, 4)]
    assert places == sorted(places)
    assert "4. Press **Send**. [1]" in answer["text"]


def test_follow_up(story):
    first, second = story.bot("answer")
    assert {source["document"] for source in (*first["evidence"], *second["evidence"])} == {"cancel-subscription"}
    assert "Cancel plan" in first["text"]
    assert "There is no refund for the rest of a month." in second["text"]
    assert story.actions == ["reply", "reply"]


def test_article_deleted(story):
    assert story.standing("answer") == []
    (told,) = story.bot("notice", op="whisper", inside=True)
    assert told["to"] == ["Jonas Reed"]
    before, *after = drafted(story)
    assert "refund-times" in before
    assert not any("refund-times" in documents for documents in after)


def test_article_edited(story):
    (answer,) = story.standing("answer")
    assert "3 to 4 working days" in answer["text"]
    assert not any("5 to 7 working days" in post["text"] for post in story.bot())
    assert story.actions == ["suggest", "suggest", "reply"]


def test_article_expired(story):
    assert story.standing("answer") == []
    before, *after = drafted(story)
    assert "refund-times" in before
    assert not any("refund-times" in documents for documents in after)
    assert "expires 2026-11-03" in story.bot("draft_card", op="post", inside=True)[0]["text"]


def test_article_hidden(story):
    assert story.standing("answer") == []
    before, *after = drafted(story)
    assert "refund-times" in before
    assert not any("refund-times" in documents for documents in after)


def test_one_title(story):
    (answer,) = story.bot("answer")
    assert [source["url"] for source in answer["evidence"]] == ["https://help.pelicanledger.example/data/export-app"]
    assert "ready after two minutes" not in answer["text"]


def test_contradiction(story):
    (answer,) = story.bot("answer")
    assert "48 hours" in answer["text"]
    assert [source["document"] for source in answer["evidence"]] == ["export-2026"]


def test_internal_article(story):
    offered = [*story.bot(), *story.bot("draft_card", "auto_card", inside=True)]
    assert {source["audience"] for post in offered for source in post["evidence"]} <= {"public"}
    secrets = ("EUR 4.00", "EUR 8.00", "expire after 12 months", "pause reminders", "PL-3187", "Known bugs")
    assert not [(post["text"], secret) for post in offered for secret in secrets if secret in post["text"]]
    assert set(story.actions) == {"escalate"}


def test_knowledge_down(story):
    assert story.actions == ["hold", "reply"]
    assert len(story.bot("holding")) == 1
    assert len(story.bot("escalation_card", op="post", inside=True)) == 1
    (answer,) = story.standing("answer")
    assert [source["document"] for source in answer["evidence"]] == ["refund-times"]


def test_handover_summary(story):
    card = story.bot("escalation_card", op="post", inside=True)[0]["text"]
    assert '• Asked: "Hi! How long does a refund take until it is back on my card?" (Poppy Lane 10:00)' in card
    assert "• Answered automatically from “How long a refund takes”. (Frontdesk 10:00)" in card
    assert card.count("EUR 38.00 are still missing") == 1
    assert not [post for post in story.bot() if "So far, in short" in post["text"]]
    assert (story.ticket["status"], story.actions[-1]) == ("closed", "close")


def test_small_talk(story):
    assert [action for action in story.actions if action != "ignore"] == ["reply"]
    assert {post["thread"] for post in story.bot()} == {QUESTION}
    assert {post["purpose"] for post in story.bot(inside=True)} == {"auto_card"}
    assert {ticket["status"] for ticket in story.tickets if ticket["thread"] != QUESTION} == {"closed"}


def test_angry(story):
    assert "ignore" not in story.actions
    assert {post["thread"] for post in story.bot()} == {QUESTION}
    assert story.bot(inside=True)
    assert story.ticket["status"] == "waiting_team"
    assert story.ticket["priority"]["level"] != "low"


def drafted(story: Told) -> list[set[str]]:
    """Return the documents that each draft card rests on when it is first posted, in order."""
    return [{source["document"] for source in card["evidence"]} for card in story.bot("draft_card", op="post", inside=True)]


def test_log_attached(story):
    (suggested,) = [post for post in story.bot("draft_card", inside=True) if post["op"] == "post"]
    assert "import.log (read)" in suggested["text"]
    (answer,) = story.standing("answer")
    assert {source["document"] for source in answer["evidence"]} == {"csv-import-errors"}
    assert "E103" in answer["text"]
    assert "import.log" not in answer["text"]


def test_pdf_attached(story):
    assert "import-report.pdf (read)" in story.bot("draft_card", inside=True)[0]["text"]
    (answer,) = story.standing("answer")
    assert {source["document"] for source in answer["evidence"]} == {"csv-import-errors"}
    assert "E105" in answer["text"]


def test_picture_unread(story):
    assert "unread_file" in story.codes(0)
    assert "screenshot.png (not read by the bot)" in story.bot("draft_card", inside=True)[0]["text"]
    (answer,) = story.standing("answer")
    assert "5 to 7 working days" in answer["text"]
    assert "I can't read screenshot.png; the team can see it." in answer["text"]


def test_macro_in_edit(story):
    first, second = story.standing("answer")
    assert first["text"].startswith("Hello Mara Voss, I have approved your refund.")
    assert first["evidence"] == []
    assert second["text"].startswith("Press Invite under Settings > Team.\n\nAcme Robotics is on our enterprise plan, and Leo Marsh looks after you.")
    assert {source["document"] for source in second["evidence"]} == {"invite-teammates"}
    assert "Our own rule" not in "".join(post["text"] for post in story.posts)
    replied = [decision["policy_version"] for decision in story.decisions if decision["action"] == "reply"]
    assert len(set(replied)) == 2


def test_review_reminder(story):
    reminders = story.bot("notice", inside=True)
    assert [post["at"][:10] for post in reminders] == ["2026-11-02", "2026-11-09"]
    assert {tuple(post["to"]) for post in reminders} == {("Ines Duarte",)}
    assert "6 articles are due for review in help-center" in reminders[0]["text"]
    assert "How long a refund takes" not in reminders[0]["text"]
    assert story.bot() == []


RESTARTED = "The integration was restarted; what was missed is fetched within 30 minutes."
GIVEN = {"integration": "bank feed", "account_id": "acme-robotics"}


def test_action_confirmed(story):
    (question,) = story.bot("question")
    assert "Shall I restart the bank feed integration now?" in question["text"]
    assert question["buttons"] == ["Confirm", "No thanks", "Get a human"]
    assert story.actions == ["ask", "perform", "reply"]
    assert [(call["action"], call["parameters"], call["undo"]) for call in story.calls] == [("restart_integration", GIVEN, False)]
    (answer,) = story.bot("answer")
    assert answer["text"].startswith(RESTARTED)


def test_action_approved(story):
    assert story.actions == ["suggest", "perform", "reply"]
    assert [(call["undo"], call["address"].rpartition("/")[2]) for call in story.calls] == [(False, "restart-integration"), (True, "stop-restart")]
    assert len({call["run"] for call in story.calls}) == 1
    first, *_, last = [post["text"] for post in story.bot("draft_card", inside=True)]
    assert "Will run: restart_integration (integration = bank feed), once, when a lead approved" in first
    assert "was done and undone again by Jonas Reed" in last
    assert any("needs a lead" in post["text"] for post in story.bot("notice", inside=True))


def test_action_killed(story):
    assert len(story.calls) == 1
    assert story.actions == ["perform", "escalate"]
    assert story.codes() == {"action_unknown"}
    assert story.bot("answer") == []
    assert "nobody knows: look there before anybody tries again" in story.bot("escalation_card", inside=True)[-1]["text"]
    assert len(story.bot("notice")) == 1


def test_action_down(story):
    assert len(story.calls) == 1
    # Her thanks come while it is done: which of the two is looked at first is left to chance, what she reads is not.
    assert [action for action in story.actions if action in ("perform", "reply", "suggest", "escalate")] == ["perform", "reply"]
    (answer,) = story.bot("answer")
    assert answer["text"].startswith(RESTARTED)
    assert answer["at"] > story.calls[0]["at"]


def test_action_given_up(story):
    assert story.calls == []
    assert story.actions == ["perform", "escalate"]
    assert story.codes() == {"action_failed"}
    assert not [post for post in story.bot() if RESTARTED in post["text"]]


def test_action_invoice(story):
    (private,) = story.bot("part")
    assert private["to"] == ["Mara Voss"]
    assert "Invoice INV-204: EUR 420.00, overdue, due 2026-10-31. https://app.pelicanledger.example/billing/invoices/INV-204" in private["text"]
    shared = [post["text"] for post in story.bot() if post["channel"] == "acme-shared"]
    assert not [text for text in shared if "INV" in text or "420" in text]
    assert story.actions == ["perform", "reply", "escalate"]


def test_action_password_reset(story):
    known, unknown = (post["text"] for post in story.bot("answer"))
    assert known.replace("Mara Voss", "Poppy Lane") == unknown
    assert [post["to"] for post in story.bot("part")] == [["Mara Voss"], ["Poppy Lane"]]
    assert len({post["text"] for post in story.bot("part")}) == 1
    assert not [post for post in story.bot() if "acme" in post["text"].lower()]
    assert story.actions == ["perform", "reply"] * 2


def test_suspended(story):
    (private,) = story.bot("part")
    assert private["to"] == ["Mara Voss"]
    assert "The outstanding amount is EUR 840.00: INV-196, INV-204" in private["text"]
    assert "https://app.pelicanledger.example/billing/invoices/INV-196" in private["text"]
    assert not [post for post in story.bot() if post["channel"] == "community" and ("840" in post["text"] or "INV" in post["text"])]


def whispered(story, to):
    """Return what was whispered to somebody of the team, in order."""
    return [post["text"] for post in story.bot("notice", op="whisper", inside=True) if post["to"] == [to]]


def announced(story):
    """Return what the team was told in the agents channel by commands, in order."""
    return [post["text"] for post in story.bot("notice", op="post", inside=True)]


def test_policy_changed(story):
    assert whispered(story, "Jonas Reed")[0] == "`policy set` is for admins only."
    assert "write a number from 0 to 1" in whispered(story, "Ruth Calder")[0]
    changed, back = announced(story)
    assert ("answers.threshold: calibrated -> 0.999" in changed, "Reason: we want to read every answer first" in changed) == (True, True)
    assert "answers.threshold: 0.999 -> as the policy file says" in back
    assert story.actions == ["suggest", "reply"]
    assert "by Ruth Calder: we want to read every answer first" in whispered(story, "Jonas Reed")[1]
    assert "Ruth Calder: we read enough of them" in whispered(story, "Ruth Calder")[-1]


def test_article_pasted(story):
    assert story.actions == ["suggest", "reply"]
    (answer,) = story.bot("answer")
    assert [source["document"] for source in answer["evidence"]] == ["pasted/can-i-pay-by-cheque"]
    assert "takes 6 working days" in answer["text"]
    told = [post["text"] for post in story.posts if post["channel_kind"] == "direct" and post["to"] == ["Ruth Calder"]]
    assert told[0].startswith("The article 'Can I pay by cheque?' is in the knowledge base")
    (failed,) = [post for post in story.bot("notice", op="post", inside=True) if "shelf was not read" in post["text"]]
    assert (failed["to"], "there is no file or folder" in failed["text"]) == (["Ruth Calder"], True)
    assert "shelf" not in whispered(story, "Ruth Calder")[-1]


def test_customer_linked(story):
    (part,) = story.bot("part")
    assert (part["audience"], "INV-205" in part["text"]) == ("person:mara-voss", True)
    (linked,) = announced(story)
    assert ("Jonas Reed linked a customer" in linked, "is Mara Voss (mara-voss)." in linked) == (True, True)
    assert "linked by Jonas Reed" in whispered(story, "Jonas Reed")[-1]


def test_person_forgotten(story):
    written = " ".join(post["text"] for post in story.posts)
    assert ("Elm Street" in written, "Oak Street" in written) == (False, True)
    assert whispered(story, "Jonas Reed") == ["(erased)", "`forget` is for admins only."]
    assert whispered(story, "Ruth Calder")[0] == "Write their whole name to confirm"
    (report,) = [post["text"] for post in story.posts if post["channel_kind"] == "direct" and post["author"] == "frontdesk"]
    assert report.startswith("Forgotten")
    assert "Poppy" not in " ".join((report, *announced(story), *whispered(story, "Ruth Calder")[1:]))
    assert {ticket["customer"] for ticket in story.tickets} == {"", "Lucia Ferrer"}


def test_ticket_shown(story):
    (shown,) = whispered(story, "Jonas Reed")
    for words in (story.ticket["id"], "Poppy Lane: Hi! How long does a refund take", "in mode draft a teammate approves every answer"):
        assert words in shown
    assert story.ticket["owner"] == "Jonas Reed"


def test_question_tried(story):
    observed, drafted, unknown = whispered(story, "Jonas Reed")
    for words in ("I would: observe", "mode observe", "5 to 7 working days", "In mode auto"):
        assert words in observed
    assert ("I would: suggest" in drafted, "shared, enterprise account" in drafted) == (True, True)
    assert "There would be no answer" in unknown
    assert (story.tickets, story.decisions, story.bot()) == ([], [], [])


def test_assigned(story):
    (told,) = story.bot("page")
    assert (told["to"], told["channel_kind"]) == (["Priya Dale"], "direct")
    assert whispered(story, "Jonas Reed") == [
        "Priya Dale holds it now and was told.",
        "Priya Dale holds this ticket: they or a lead may hand it on.",
    ]
    (answer,) = story.standing("answer")
    assert "arrives by Friday" in answer["text"]
    assert story.ticket["owner"] == "Priya Dale"


def test_snoozed(story):
    lines = [post["text"] for post in story.bot("draft_card", op="edit", inside=True) if post["text"].startswith("Put aside")]
    assert lines[0].startswith("Put aside until 11:00 UTC by Jonas Reed (waits for what the bank says)  for Poppy Lane")
    assert lines[1].startswith("Put aside until Tuesday 3 November, 09:00 UTC by Jonas Reed")
    (back,) = [post for post in story.bot("notice", op="post", inside=True) if post["text"].startswith("Back in the queue")]
    assert (back["at"][:19], back["to"]) == ("2026-11-02T11:00:10", ["Jonas Reed"])
    assert ["Nothing waits" in text for text in whispered(story, "Priya Dale")] == [True, False]
    assert not any("what the bank says" in post["text"] for post in story.bot())


def test_filed_by_hand(story):
    assert [(decision["mode"], decision["category"]) for decision in story.decisions] == [
        ("draft", "billing"),
        ("auto", "onboarding"),
        ("auto", "onboarding"),
    ]
    assert story.actions == ["suggest", "reply", "reply"]
    changed = next(post["text"] for post in story.bot("draft_card", op="edit", inside=True))
    assert "Priority: high 55 (set by Jonas Reed)" in changed
    assert story.ticket["priority"]["level"] == "low"


def test_merged(story):
    first, second = story.tickets
    assert (first["status"], second["status"]) == ("waiting_customer", "closed")
    (answer,) = story.standing("answer")
    assert answer["thread"] == QUESTION
    assert "5 to 7 working days" in answer["text"]
    assert "Forgot password?" in answer["text"]
    assert [post["thread"] for post in story.bot("notice") if "it goes on there" in post["text"]] == ["second"]
    assert [post["text"] for post in story.standing("draft_card") if post["text"].startswith(f"Part of {first['id']} now")]


def test_split(story):
    first, second = story.standing("answer")
    assert ("5 to 7 working days" in first["text"], "Forgot password?" in first["text"]) == (True, False)
    assert ("5 to 7 working days" in second["text"], "Forgot password?" in second["text"]) == (False, True)
    assert [ticket["category"] for ticket in story.tickets] == ["billing", "account access"]


def test_resolved_by_us(story):
    assert (story.ticket["status"], story.ticket["containment"]) == ("closed", None)
    assert story.actions == ["suggest", "close"]
    assert len(story.bot("csat")) == 1
    assert not any("phone" in post["text"] for post in story.bot())
    assert "a teammate closed it" in whispered(story, "Priya Dale")[0]


def test_regenerated(story):
    (told,) = whispered(story, "Jonas Reed")
    assert told.startswith("This draft is quoted from articles and records, word for word: its tone, its length and its language (English)")
    (answer,) = story.standing("answer")
    assert "5 to 7 working days" in answer["text"]


def test_agent_redrafted(story):
    first, second = [post for post in story.bot("draft_card", inside=True) if post["op"] == "post"]
    assert "Hello Poppy, a refund reaches your card within 5 to 7 working days. [1]" in first["text"]
    assert "Guten Tag Poppy, danke für Ihre Frage!" in second["text"]
    assert "Hello Poppy, thank you for your question!" in second["text"]
    (answer,) = story.standing("answer")
    assert answer["text"].startswith("Guten Tag Poppy")
    assert whispered(story, "Jonas Reed") == []


def test_customer_on_slack(story):
    (answer,) = story.standing("answer")
    assert answer["text"].startswith("Hello Poppy, within 5 to 7 working days after we approve it.")
    assert (answer["thread"], story.ticket["channel"]) == (QUESTION, "community")
    assert story.actions == ["suggest", "reply", "close"]
    assert (story.ticket["status"], story.ticket["customer"], story.ticket["account"]) == ("solved", "Poppy Lane", "Harbor Books")


def test_team_on_slack(story):
    (answer,) = story.standing("answer")
    assert answer["text"].startswith("Hello Poppy, within 5 to 7 working days after we approve it.")
    aside = next(post for post in story.posts if post["ref"] == "aside")
    assert (aside["thread"], aside["audience"]) == (story.bot("draft_card", op="post", inside=True)[0]["ref"], "internal")
    assert not [post for post in story.bot() if "kind word" in post["text"]]
    assert story.actions == ["suggest", "reply", "close"]


def test_ticket_by_emoji(story):
    whispers = {post["to"][0]: post["text"] for post in story.posts if post["op"] == "whisper"}
    assert whispers["Lucia Ferrer"] == "Only the support team, or whoever wrote a message, can open a ticket from it."
    assert whispers["Jonas Reed"] == "Opened a ticket for Poppy Lane."
    assert f"It is in ticket {story.ticket['id']} already" in whispers["Leo Marsh"]
    (answer,) = story.bot("answer")
    assert (answer["thread"], answer["at"][:16]) == (QUESTION, "2026-11-02T10:05")
    assert story.actions == ["reply", "close"]


def test_mentions_only(story):
    first, *_ = story.bot(op="post")
    assert (first["thread"], first["at"][:19]) == (QUESTION, "2026-11-02T10:20:08")
    assert (story.ticket["customer"], story.ticket["attention"]) == ("Poppy Lane", "active")
    (card,) = [post for post in story.bot("draft_card", op="post", inside=True) if post["at"] < "2026-11-02T10:20:10"]
    assert "5 to 7 working days" in card["text"]
    assert "Invite a colleague" in story.bot("draft_card", op="post", inside=True)[-1]["text"]


def test_questions_only(story):
    assert story.ticket["customer"] == "Poppy Lane"
    (answer,) = story.bot("answer")
    assert (answer["thread"], story.actions) == ("hello", ["reply"])


def test_mid_thread(story):
    assert (story.ticket["customer"], story.ticket["thread"]) == ("Poppy Lane", QUESTION)
    assert [post["thread"] for post in story.bot("holding")] == [QUESTION]
    (card,) = story.bot("draft_card", op="post", inside=True)
    assert "5 to 7 working days" in card["text"]


def test_colleague_thread(story):
    assert story.bot() == []
    assert set(story.actions) == {"stand_by"}
    assert (story.ticket["customer"], story.ticket["attention"]) == ("Poppy Lane", "dormant")
