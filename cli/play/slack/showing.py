"""Showing: the Web API's methods that open modals and fill App Home."""

from __future__ import annotations

from typing import Any

from cli.play.slack import events
from cli.play.slack.limits import check_view
from cli.play.slack.posting import Call
from cli.play.slack.refused import Refused
from cli.play.slack.state import View

Json = dict[str, Any]


def open_view(call: Call) -> Json:
    """views.open: one modal for one press."""
    id, shown = call.text("trigger_id"), call.table("view")
    trigger = call.workspace.triggers.get(id)
    if trigger is None:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    check_view(shown)
    trigger.used = True
    view = _kept(call, View(f"V{call.workspace.number():09}", trigger.user, shown, id))
    return {"view": events.opened(view)}


def update_view(call: Call) -> Json:
    """views.update."""
    view = call.workspace.views.get(call.text("view_id"))
    if view is None:
        raise Refused("not_found")
    if call.text("hash", view.hash) != view.hash:
        raise Refused("hash_conflict")
    shown = call.table("view")
    check_view(shown)
    view.shown = shown
    return {"view": events.opened(_kept(call, view))}


def publish(call: Call) -> Json:
    """views.publish."""
    user, shown = call.text("user_id"), call.table("view")
    if user not in call.workspace.members:
        raise Refused("user_not_found")
    check_view(shown)
    if shown["type"] != "home":
        raise Refused("invalid_arguments")
    view = call.workspace.homes[user] = View(f"V{call.workspace.number():09}", user, shown)
    return {"view": events.opened(view)}


def _kept(call: Call, view: View) -> View:
    view.hash = f"{call.workspace.number()}.play"
    call.workspace.views[view.id] = view
    return view
