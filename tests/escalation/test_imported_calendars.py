"""Imported calendars: repetition, exceptions, zones and whole days as other programs write them, and files that are none."""

from datetime import UTC, datetime

import pytest

from desk.errors import InvalidInput, Misconfigured
from desk.oncall import Rota
from escalation.calendars.files import CalendarFiles, imported_path
from escalation.calendars.imported import people, read_shifts

ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(*events: str, zone: str = "") -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{zone}{body}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def event(*lines: str, who: str = "SUMMARY:Jonas Reed") -> str:
    return "\n".join(("UID:1", "DTSTAMP:20261001T000000Z", *([who] if who else []), *lines))


def shifts(*events: str, since: str = "2026-10-19", until: str = "2026-11-30", zone: str = "Europe/Berlin", head: str = ""):
    found = read_shifts(calendar(*events, zone=head), at(since), at(until), zone=zone)
    return [(shift.person, f"{shift.start:%m-%d %H:%M}", f"{shift.until:%m-%d %H:%M}") for shift in found]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(["DTSTART:20261102T080000Z", "DTEND:20261102T160000Z"], [("11-02 08:00", "11-02 16:00")], id="in UTC"),
        pytest.param(["DTSTART:20261102T090000", "DTEND:20261102T170000"], [("11-02 08:00", "11-02 16:00")], id="without a zone, by the rota's"),
        pytest.param(
            ["DTSTART;TZID=America/New_York:20261102T090000", "DURATION:PT8H"], [("11-02 14:00", "11-02 22:00")], id="in another zone, by a duration"
        ),
        pytest.param(
            ["DTSTART;VALUE=DATE:20261102", "DTEND;VALUE=DATE:20261104"], [("11-01 23:00", "11-03 23:00")], id="whole days, by the rota's zone"
        ),
        pytest.param(["DTSTART;VALUE=DATE:20261102"], [("11-01 23:00", "11-02 23:00")], id="a whole day without an end"),
        pytest.param(
            ["DTSTART;TZID=Europe/Berlin:20261019T090000", "DTEND;TZID=Europe/Berlin:20261020T090000", "RRULE:FREQ=WEEKLY;COUNT=3"],
            [("10-19 07:00", "10-20 07:00"), ("10-26 08:00", "10-27 08:00"), ("11-02 08:00", "11-03 08:00")],
            id="each week at nine on the wall, across a change of clocks",
        ),
        pytest.param(
            ["DTSTART;TZID=Europe/Berlin:20261024T200000", "DTEND;TZID=Europe/Berlin:20261025T080000", "RRULE:FREQ=WEEKLY;COUNT=1"],
            [("10-24 18:00", "10-25 07:00")],
            id="the night that is an hour longer",
        ),
        pytest.param(
            ["DTSTART:20261102T080000Z", "DTEND:20261102T160000Z", "RRULE:FREQ=DAILY;UNTIL=20261104T080000Z"],
            [("11-02 08:00", "11-02 16:00"), ("11-03 08:00", "11-03 16:00"), ("11-04 08:00", "11-04 16:00")],
            id="daily until an instant",
        ),
        pytest.param(
            ["DTSTART;VALUE=DATE:20261102", "RRULE:FREQ=DAILY;UNTIL=20261103"],
            [("11-01 23:00", "11-02 23:00"), ("11-02 23:00", "11-03 23:00")],
            id="whole days until a day",
        ),
        pytest.param(
            ["DTSTART;TZID=Europe/Berlin:20261102T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=Europe/Berlin:20261103T090000"],
            [("11-02 08:00", "11-02 09:00"), ("11-04 08:00", "11-04 09:00")],
            id="but for one day",
        ),
        pytest.param(
            ["DTSTART:20261102T080000Z", "DURATION:PT1H", "RDATE:20261110T080000Z,20261112T080000Z"],
            [("11-02 08:00", "11-02 09:00"), ("11-10 08:00", "11-10 09:00"), ("11-12 08:00", "11-12 09:00")],
            id="and on other days",
        ),
        pytest.param(["DTSTART:20261102T080000Z", "DURATION:PT1H", "STATUS:CANCELLED"], [], id="cancelled"),
        pytest.param(
            ["DTSTART:20200106T090000Z", "DURATION:P7D", "RRULE:FREQ=WEEKLY;INTERVAL=4"],
            [("11-02 09:00", "11-09 09:00")],
            id="every fourth week for years",
        ),
    ],
)
def test_events_become_shifts(lines, expected):
    assert [(start, until) for _, start, until in shifts(event(*lines))] == expected


def test_a_moved_event_takes_the_place_of_the_one_it_was():
    series = event("DTSTART:20261102T080000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3")
    moved = event("RECURRENCE-ID:20261103T080000Z", "DTSTART:20261103T120000Z", "DURATION:PT2H", who="SUMMARY:Priya Dale")
    assert shifts(series, moved) == [
        ("Jonas Reed", "11-02 08:00", "11-02 09:00"),
        ("Priya Dale", "11-03 12:00", "11-03 14:00"),
        ("Jonas Reed", "11-04 08:00", "11-04 09:00"),
    ]


def test_one_event_of_a_series_may_be_cancelled():
    series = event("DTSTART:20261102T080000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2")
    gone = event("RECURRENCE-ID:20261103T080000Z", "DTSTART:20261103T080000Z", "DURATION:PT1H", "STATUS:CANCELLED")
    assert [start for _, start, _ in shifts(series, gone)] == ["11-02 08:00"]


def test_a_zone_that_the_file_describes_itself_is_understood():
    lines = ("DTSTART;TZID=Europe/Berlin:20261026T090000", "DTEND;TZID=Europe/Berlin:20261026T170000")
    assert [start for _, start, _ in shifts(event(*lines), head=ZONE)] == ["10-26 08:00"]


@pytest.mark.parametrize(
    ("lines", "person"),
    [
        pytest.param("SUMMARY:Jonas Reed", "Jonas Reed", id="the title"),
        pytest.param("SUMMARY:On call: Jonas Reed", "Jonas Reed", id="what follows a colon in it"),
        pytest.param(
            "SUMMARY:Night\nATTENDEE;CN=Jonas:mailto:Jonas.Reed@pelicanledger.example", "jonas.reed@pelicanledger.example", id="who is invited"
        ),
    ],
)
def test_an_event_names_who_is_on_call(lines, person):
    file = calendar(event("DTSTART:20261102T080000Z", "DURATION:PT1H", who=lines))
    assert people(file, zone="UTC") == (person,)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "no iCalendar file", id="nothing"),
        pytest.param(b"name,from,until\nJonas,1,2\n", "no iCalendar file", id="a table"),
        pytest.param(b"\x00\xff\x00", "no iCalendar file", id="no text"),
        pytest.param(b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", "no iCalendar file", id="an event alone"),
        pytest.param(calendar(event("DTEND:20261102T080000Z")), "event 1 cannot be read", id="without a beginning"),
        pytest.param(calendar(event("DTSTART:20261102T080000Z", "DTEND:20261102T070000Z")), "event 1 cannot be read", id="ends before it begins"),
        pytest.param(calendar(event("DTSTART:20261102T080000Z", "DURATION:PT1H", who="")), "event 1 names nobody", id="names nobody"),
        pytest.param(
            calendar(event("DTSTART:20261102T080000Z", "DURATION:PT1H", "RRULE:FREQ=SECONDLY")), "event 1 cannot be read", id="every second"
        ),
        pytest.param(calendar(event("DTSTART:someday", "DURATION:PT1H")), "cannot be read", id="a beginning that is none"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_in_a_sentence(content, said):
    with pytest.raises(InvalidInput, match=said):
        read_shifts(content, at("2026-11-01"), at("2026-12-01"), zone="UTC")


def test_a_calendar_larger_than_any_rota_is_refused():
    with pytest.raises(InvalidInput, match="4 MB"):
        read_shifts(b" " * (4 * 1024 * 1024 + 1), at("2026-11-01"), at("2026-12-01"), zone="UTC")


async def test_files_lie_beside_the_policy_or_were_imported(tmp_path):
    (tmp_path / "support.ics").write_bytes(calendar(event("DTSTART:20261102T080000Z", "DURATION:PT1H")))
    kept = imported_path(tmp_path / "calendars", "support")
    kept.parent.mkdir()
    kept.write_bytes(calendar(event("DTSTART:20261103T080000Z", "DURATION:PT1H", who="SUMMARY:Priya Dale")))
    files = CalendarFiles(tmp_path, tmp_path / "calendars")
    found = await files.shifts(Rota("support", calendar="support.ics"), at("2026-11-01"), at("2026-12-01"))
    assert [shift.person for shift in found] == ["Jonas Reed", "Priya Dale"]
    assert list(await files.shifts(Rota("other"), at("2026-11-01"), at("2026-12-01"))) == []


async def test_a_calendar_that_is_not_there_or_none_is_a_setting_to_change(tmp_path):
    files = CalendarFiles(tmp_path, tmp_path)
    with pytest.raises(Misconfigured, match=r"'support' cannot be read: gone\.ics"):
        await files.shifts(Rota("support", calendar="gone.ics"), at("2026-11-01"), at("2026-12-01"))
    (tmp_path / "bad.ics").write_text("no calendar")
    with pytest.raises(Misconfigured, match="no iCalendar file"):
        await files.shifts(Rota("support", calendar="bad.ics"), at("2026-11-01"), at("2026-12-01"))


def test_the_name_of_a_rota_leads_to_no_other_folder(tmp_path):
    assert imported_path(tmp_path, "../../etc/passwd").parent == tmp_path
