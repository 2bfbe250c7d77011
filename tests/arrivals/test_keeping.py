"""What listens to a platform goes on after a defect, and quotes nobody in the log."""

from bot.arrivals.keeping import kept_up


async def test_a_defect_in_what_listens_is_said_and_ends_nothing_else(caplog, monkeypatch):
    monkeypatch.setattr("bot.arrivals.keeping.PAUSE", 0.001)
    left = [ExceptionGroup("of shards", [LookupError("Mara's words")]), AttributeError()]

    async def work() -> None:
        if left:
            raise left.pop(0)

    await kept_up(work, platform="Slack")
    said = [record.getMessage() for record in caplog.records]
    assert [sentence.partition(" at ")[0].rpartition(": ")[2] for sentence in said] == ["LookupError", "AttributeError"]
    assert "Mara" not in caplog.text
