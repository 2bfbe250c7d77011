"""The contract of mailers: a mail arrives whole or not at all, and whoever calls knows whether to try again. Run on the fake and over the wire."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP, AuthResult

from desk.errors import FrontdeskError, Misconfigured, Rejected, Unavailable
from desk.ports import Mailer
from mail.smtp import SmtpMailer
from tests.fakes import FakeMailer

SENDER, MARA = "support@pelicanledger.example", "mara.voss@acme-robotics.example"
SECONDS = 0.5


@dataclass
class MailServer:
    """What an SMTP server got, and what it answers at each command instead of yes."""

    mails: list[tuple[str, str, str]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    """What is answered at RCPT and DATA, in order of the protocol; "" for no answer, "-" to hang up."""

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = await self._answer("RCPT", server)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        return await self._answer("DATA", server, arrived=lambda: self._take(envelope, message))

    def _take(self, envelope, message):
        self.raw.append(envelope.content)
        self.mails.append((envelope.rcpt_tos[0], message["Subject"], message.get_content().strip().replace("\r\n", "\n")))

    async def _answer(self, command, server, arrived=lambda: None):
        answer = self.says.get(command, "250 yes")
        if answer in ("250 yes", "", "-"):
            arrived()
        if answer == "-":
            server.transport.abort()
        if answer == "":
            await asyncio.sleep(SECONDS * 4)
        return answer or "250 yes"


@dataclass
class Stage:
    """A mailer, what arrived, and ways to say what happens to the next mail."""

    mailer: Mailer
    mails: list[tuple[str, str, str]]
    away: Callable[[], None]
    refuses: Callable[[], None]
    back: Callable[[], None]


@asynccontextmanager
async def served(there, **options):
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(there, **options), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def faked() -> AsyncIterator[Stage]:
    fake = FakeMailer()
    yield Stage(fake, fake.mails, lambda: fake.errors.append(Unavailable("mail")), lambda: fake.errors.append(Rejected("no")), fake.errors.clear)


@asynccontextmanager
async def wired() -> AsyncIterator[Stage]:
    there = MailServer()
    async with served(there) as port:
        mailer = SmtpMailer(f"smtp://127.0.0.1:{port}", SENDER, seconds=SECONDS)
        away, refuses = (lambda: there.says.update(RCPT="451 later")), (lambda: there.says.update(RCPT="550 nobody here"))
        yield Stage(mailer, there.mails, away, refuses, there.says.clear)


@pytest_asyncio.fixture(params={"the fake": faked, "SMTP": wired}.items(), ids=lambda pair: pair[0])
async def stage(request) -> AsyncIterator[Stage]:
    async with request.param[1]() as made:
        yield made


async def test_a_mail_arrives_as_it_was_written(stage):
    text = "123456 ist Ihr Code.\n\nWenn Sie ihn nicht angefordert haben, müssen Sie nichts tun: geben Sie ihn niemandem."
    await stage.mailer.send(to=MARA, subject="Ihr Code für Pelican Ledger", text=text)
    assert stage.mails == [(MARA, "Ihr Code für Pelican Ledger", text)]


async def test_what_nobody_took_may_be_tried_again(stage):
    stage.away()
    with pytest.raises(Unavailable, match="mail"):
        await stage.mailer.send(to=MARA, subject="Code", text="123456")
    assert stage.mails == []
    stage.back()
    await stage.mailer.send(to=MARA, subject="Code", text="123456")
    assert len(stage.mails) == 1


async def test_a_refused_address_is_final(stage):
    stage.refuses()
    with pytest.raises(Rejected):
        await stage.mailer.send(to=MARA, subject="Code", text="123456")
    assert stage.mails == []


# Over the wire alone


async def sends(there, *, address="127.0.0.1", user="", **options):
    """Send one mail to a server, and return what went wrong, None for nothing."""
    async with served(there, **options) as port:
        mailer = SmtpMailer(f"smtp://{user}{address}:{port}", SENDER, seconds=SECONDS)
        try:
            await mailer.send(to=MARA, subject="Code", text="123456")
        except FrontdeskError as error:
            return error
    return None


@pytest.mark.parametrize(
    ("command", "answer", "kind", "arrived"),
    [
        pytest.param("RCPT", "-", Unavailable, 0, id="a server that hangs up before it has the mail"),
        pytest.param("RCPT", "", Unavailable, 0, id="a server that falls silent before it has the mail"),
        pytest.param("DATA", "451 try later", Unavailable, 0, id="a server that has no room for the mail now"),
        pytest.param("DATA", "554 no", Misconfigured, 0, id="a server that wants no such mail"),
        pytest.param("DATA", "-", None, 1, id="a server that hangs up when it has the mail"),
        pytest.param("DATA", "", None, 1, id="a server that falls silent when it has the mail"),
    ],
)
async def test_what_was_handed_over_counts_as_sent_and_nothing_else_does(command, answer, kind, arrived):
    there = MailServer(says={command: answer})
    error = await sends(there)
    assert (type(error) if error else None, len(there.mails)) == (kind, arrived)


async def test_nobody_there_may_be_tried_again():
    with pytest.raises(Unavailable):
        await SmtpMailer("smtp://127.0.0.1:9", SENDER, seconds=SECONDS).send(to=MARA, subject="Code", text="123456")


async def test_a_wrong_password_names_the_setting_and_not_the_password():
    def never(*_):
        return AuthResult(success=False, handled=False)

    error = await sends(MailServer(), user="desk:topsecret@", authenticator=never, auth_require_tls=False)
    assert isinstance(error, Misconfigured)
    assert ("FRONTDESK_SMTP_URL" in str(error), "topsecret" in str(error)) == (True, False)


async def test_a_password_may_hold_what_an_address_writes_otherwise():
    given = []

    def knows(server, session, envelope, mechanism, data):
        given.append((data.login, data.password))
        return AuthResult(success=True)

    assert await sends(MailServer(), user="desk:p%40ss%2Fword@", authenticator=knows, auth_require_tls=False) is None
    assert given == [(b"desk", b"p@ss/word")]


async def test_off_this_machine_nothing_goes_in_the_open():
    there = MailServer()
    error = await sends(there, address="127.0.0.2")
    assert (isinstance(error, FrontdeskError), there.mails) == (True, [])


@pytest.mark.parametrize(
    "to",
    [pytest.param("mara@acme.example\r\nBcc: eve@mailbox.example", id="with a line break"), pytest.param("müller@acme.example", id="beyond ASCII")],
)
async def test_an_address_that_no_header_may_hold_is_refused(to):
    with pytest.raises(Rejected):
        await SmtpMailer("smtp://127.0.0.1:9", SENDER).send(to=to, subject="Code", text="123456")


async def test_no_refusal_repeats_the_address():
    error = await sends(MailServer(says={"RCPT": f"550 {MARA} is unknown here"}))
    assert MARA not in str(error)


async def test_a_mail_says_that_a_machine_wrote_it_and_where_from():
    there = MailServer()
    await sends(there)
    message = email.message_from_bytes(there.raw[0])
    assert (message["From"], message["Auto-Submitted"]) == (SENDER, "auto-generated")
    assert message["Message-ID"].endswith("@pelicanledger.example>")
    assert message["Date"]


async def test_doctor_connects_and_sends_nothing():
    there = MailServer()
    async with served(there) as port:
        assert await SmtpMailer(f"smtp://127.0.0.1:{port}", SENDER).check() == "127.0.0.1"
    assert there.mails == []
