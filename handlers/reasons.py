"""Reasons in words: codes and facts become sentences only when somebody reads them."""

from __future__ import annotations

from desk.decision import Decision
from desk.facts import Facts
from desk.ticket import Reason
from handlers.shortfalls import shortfall

SENTENCES: dict[str, str] = {
    "action_failed": "what the answer says could not be done",
    "action_limit": "what it asks for was run as often as its limits allow",
    "action_refused": "it asks for something that policy does not allow for who asks",
    "action_under_way": "what an earlier draft asks for is being done",
    "action_unknown": "nobody knows whether what it asks for was done",
    "abstained": "no answer was kept: {why}",
    "acknowledged": "{who} acknowledged it",
    "answer_stands": "the answer that was given still stands",
    "approved": "a {role} approved it",
    "armed_again": "nobody closed it in time, so it is armed again",
    "bound": "a bound or budget of the language model was reached, so a person goes on",
    "asks_human": "the customer asks for a human",
    "breached": "the promise was broken",
    "closed": "{who} closed it: {verdict}",
    "chain": "people are called as the chain {chain} says",
    "churn": "they may leave: {what}",
    "contractual_sla": "a time in the contract is being used up: {share}",
    "confirmed": "the customer confirmed what it asks for",
    "corrected": "a {role} corrected the answer",
    "data_loss": "data may be lost",
    "disagreed": "{field}: the local classifier says {local}, the model {model}",
    "declined": "the customer does not want what it asks for",
    "displeased": "the customer has had enough",
    "down": "{system} is down",
    "merged": "its ticket became part of {into}",
    "guest": "the thread is not the bot's and nobody addressed it",
    "collapsed": "told of with its incident, {incident}",
    "incident": "{count} have the same problem",
    "incident_told": "a {role} approved one reply for everybody in its incident",
    "joined_later": "it came to its incident after the reply to all was approved",
    "reply_to_all": "others have the same problem, and all are answered together",
    "reopened": "it is called for by itself again",
    "handed_over": "the agent handed it to a person",
    "held": "a human holds the ticket",
    "left_out": "a part of the reply may be told nowhere here and was left out",
    "internal_knowledge": "an internal article fits the question better than any that may be shown",
    "language_mismatch": "the sources are in another language than the customer's",
    "kept": "what was promised is in danger no more",
    "late": "the message came long after it was written, so a person checks the answer",
    "legal": "it has a legal side",
    "loop": "the conversation goes round in circles: {what}",
    "low_confidence": "the answer to a top tier is not sure",
    "mode_draft": "in mode draft a teammate approves every answer",
    "mode_observe": "in mode observe the bot only remembers what it would have done",
    "money": "much money is at stake: {amount}",
    "model_refused": "the language model would not answer",
    "moved_private": "a part of the reply was moved to the private message",
    "muted": "a teammate muted the thread",
    "needs_customer": "what it asks for needs the customer's word",
    "needs_lead": "what it asks for needs a lead's word",
    "needs_teammate": "what it asks for needs a teammate's word",
    "no_answer": "there is no answer that may be given",
    "not_a_request": "nobody asks anything",
    "nothing_claimed": "nothing in it rests on evidence",
    "not_solved": 'the customer said "not solved" {count} times',
    "nothing_left": "nothing is left to answer",
    "observe": "the customer addressed the bot while it only observes",
    "paused": "an admin paused the bot here",
    "performed": "what it asks for was done",
    "priority_affected": "{points} {what}",
    "priority_answered": "{points} {what}",
    "priority_contacts": "{points} {what}",
    "priority_health": "{points} {what}",
    "priority_impact": "{points} '{what}'",
    "priority_money": "{points} {what}",
    "priority_promise": "{points} promise {what}",
    "priority_rule": "{points} {what}",
    "priority_sentiment": "{points} {what}",
    "priority_set": "set by {who}",
    "priority_tier": "{points} {what} account",
    "priority_trend": "{points} mood getting {what}",
    "priority_urgency": "{points} {what}",
    "priority_value": "{points} {what}",
    "promise_passed": "the promised time passed",
    "public_personal_data": "personal data stands in a public channel",
    "question_replaced": "the question the model wrote may not be asked here, so the fixed one is",
    "question_missing": "something is missing to answer",
    "rejected": "a {role} rejected the draft",
    "repeated": "{count} earlier tickets about the same were not solved",
    "replied": "a {role} wrote the reply",
    "reply_language": "the reply is in another language than the customer's",
    "requested": "a teammate decides about this draft",
    "resolved": "a {role} closed it",
    "resumed": "it is up again",
    "retracted": "a {role} took the answer back",
    "route_closed": "{team} is not there at this hour",
    "route_everybody": "no rule sends it anywhere, so it is everybody's",
    "route_fallback": "{team} stands in",
    "route_language": "somebody who speaks {language}",
    "route_load": "who holds the fewest tickets ({count})",
    "route_manager": "{who} is the account manager",
    "route_no_language": "nobody of {team} speaks {language}",
    "route_nobody": "nobody is there",
    "route_nobody_of": "nobody is of {team}",
    "route_oncall": "{who} is on call",
    "route_passed": "nobody of {team} accepted it, so it is all of theirs",
    "route_rule": "{what}: {team}",
    "route_senior": "a senior, because it is pressing",
    "route_turn": "whose turn it is",
    "route_unspoken": "nobody speaks {language}, so it goes to somebody who does not",
    "runs_first": "what it asks for is done first",
    "safety": "somebody may come to harm",
    "security": "it may be a security matter",
    "silence": "the customer has been silent",
    "silence_over": "the customer stayed silent",
    "snoozed": "{who} put it off until {until}",
    "solved": "the customer says it is solved",
    "sla_at_risk": "a promise is about to be broken: {what}",
    "sla_breached": "a promise was broken: {what}",
    "part_unanswered": "one of several questions in the message gets no answer by it",
    "someone_unanswered": "one of those who asked gets no answer by it",
    "fixed_sentences": "it says nothing but policy's fixed sentences",
    "sure": "confidence {confidence} reaches the threshold {threshold}, and every sentence has evidence",
    "told": "somebody was told",
    "translated": "the reply is not in the team's language: its sentences were checked by their translation",
    "unread_file": "a file could not be read",
    "unsupported": "a sentence has no evidence",
    "unsure": "confidence {confidence} is below the threshold {threshold}",
    "vip": "they must not wait: {who}",
    "withdrawn": "the answer was withdrawn",
    "worsening": "the customer's mood gets worse",
}
"""One sentence a code; a code without one is shown as words."""


def render(reason: Reason, facts: Facts | None = None) -> str:
    """Return a reason as a sentence; values it lacks come from the facts, or are shown as a dash."""
    known = {"count": "several", "role": "teammate", **_from(facts), **dict(reason.values)}
    template = SENTENCES.get(reason.code, reason.code.replace("_", " "))
    said = {name: value.removeprefix("handed_over_").replace("_", " ") if name == "why" else value for name, value in known.items()}
    return template.format_map(_Dashed(said)).removesuffix(": -")


def asides(facts: Facts) -> tuple[Reason, ...]:
    """Return what decided nothing and is worth knowing: what somebody was told of, and what local classifier and model see differently."""
    differing = [(field, *views.rsplit("/", 1)) for field, _, views in (entry.partition(":") for entry in facts.disagreed) if "/" in views]
    told = tuple(Reason(rule) for rule in facts.notices)
    return told + tuple(
        Reason("disagreed", (("field", field.replace("_", " ")), ("local", local), ("model", model))) for field, local, model in differing
    )


def told(decision: Decision) -> tuple[str, ...]:
    """Return a decision's reasons as sentences, what could not be used as it should, and what else is worth knowing."""
    facts = decision.facts
    reasons, others = ([render(reason, facts) for reason in each] for each in (decision.reasons, asides(facts)))
    return (*reasons, *map(shortfall, facts.degraded), *others)


def decision_lines(decision: Decision) -> tuple[str, ...]:
    """Return one decision as lines for people: what, when, and why."""
    would = f" (would {decision.would})" if decision.would else ""
    head = f"{decision.at:%Y-%m-%d %H:%M:%S} turn {decision.turn}: {decision.word}{would}, mode {decision.facts.mode.word}"
    saved = (f"  - with the saved text {item.title!r} ({item.id})" for item in decision.evidence if item.source == "macro")
    return (head, *(f"  - {sentence}" for sentence in told(decision)), *saved)


class _Dashed(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "-"


def _from(facts: Facts | None) -> dict[str, str]:
    if facts is None:
        return {}
    # "0.81 is below the threshold 0.81" explains nothing.
    digits = 2 if round(facts.confidence, 2) != round(facts.threshold, 2) else 4
    return {
        "confidence": f"{facts.confidence:.{digits}f}",
        "threshold": f"{facts.threshold:.{digits}f}",
        "system": facts.down,
        "role": facts.teammate or "teammate",
    }
