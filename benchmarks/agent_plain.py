"""Plain: an agent as the SDK's documentation shows it, for comparison: a tool runner over functions, with text at the end."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import httpx2
from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient, beta_async_tool
from anthropic.types.beta import BetaMessageParam

from agent.toolbox import FOUND, INVOICES, SUBSCRIPTION, USAGE
from desk.answering import Tools
from desk.customer import Author
from desk.draft import Passage

SYSTEM = """You are the support agent of Pelican Ledger, an online bookkeeping program. You are talking to {name} in a chat.

Answer the customer's question with the tools you have. Always search the knowledge base before you answer a question about the product, and look \
things up in the customer's record when the question is about their own account. Use only what the tools return; never guess, and never promise \
refunds, dates or features. When you cannot answer, when the customer asks for a human, or when it is about security or lost data, call \
escalate_to_human. Ask one short question when something only the customer knows is missing.

Be friendly and brief, and write in the customer's language."""
ROUNDS = 8


class PlainAgent:
    """Answers a conversation with `client.beta.messages.tool_runner`, without caching."""

    def __init__(self, transport: httpx2.AsyncBaseTransport, *, model: str, output: int) -> None:
        http = DefaultAsyncHttpxClient(transport=transport)
        self._client = AsyncAnthropic(api_key="scripted", max_retries=0, http_client=http, _strict_response_validation=True)
        self._model = model
        self._output = output

    async def answer(self, talk: list[BetaMessageParam], author: Author, tools: Tools) -> str:
        """Return the reply to a conversation, and add to it what the model said, which tools it called and what they returned."""
        runner = self._client.beta.messages.tool_runner(
            model=self._model,
            max_tokens=self._output,
            system=SYSTEM.format(name=author.name),
            tools=_functions(author, tools),
            messages=list(talk),
            max_iterations=ROUNDS,
            thread=False,
        )
        text = ""
        async for message in runner:
            talk.append({"role": "assistant", "content": message.content})
            if results := await runner.generate_tool_call_response():
                talk.append(results)
            text = "".join(block.text for block in message.content if block.type == "text")
        return text

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


def _functions(author: Author, tools: Tools) -> list[Any]:
    """Return the tools of one conversation, as functions with docstrings."""

    @beta_async_tool
    async def search_knowledge(query: str) -> str:
        """Search the knowledge base of Pelican Ledger for passages about a topic.

        Args:
            query: What to search for, a question or a few keywords.
        """
        return _json([_passage(found) for found in await tools.search(query, k=FOUND)])

    @beta_async_tool
    async def read_article(document: str) -> str:
        """Read a whole article of the knowledge base.

        Args:
            document: The document of a search result.
        """
        return _json([_passage(found) for found in await tools.article(document)])

    @beta_async_tool
    async def get_customer() -> str:
        """Get the customer's contact data and account manager."""
        return await _record(tools, lambda kind: kind not in SUBSCRIPTION | INVOICES | USAGE)

    @beta_async_tool
    async def get_subscription() -> str:
        """Get the plan and the contract of the customer's account."""
        return await _record(tools, SUBSCRIPTION.__contains__)

    @beta_async_tool
    async def get_invoices() -> str:
        """Get the invoices of the customer's account with amount, status and due date."""
        return await _record(tools, INVOICES.__contains__)

    @beta_async_tool
    async def get_usage() -> str:
        """Get the usage and the integrations of the customer's account."""
        return await _record(tools, USAGE.__contains__)

    @beta_async_tool
    async def get_past_tickets() -> str:
        """Get the customer's earlier support tickets with what was asked and answered."""
        return _json([dataclasses.asdict(past) for past in await tools.past_tickets()])

    @beta_async_tool
    async def resend_invoice(number: str) -> str:
        """Send an invoice once more to the billing address of the customer's account.

        Args:
            number: The number of the invoice, such as INV-123.
        """
        return _json({"status": "sent", "number": number})

    @beta_async_tool
    async def password_reset_link() -> str:
        """Send the customer a link to reset their password."""
        return _json({"status": "sent", "to": author.name})

    @beta_async_tool
    async def escalate_to_human(summary: str) -> str:
        """Hand the conversation over to a human of the support team.

        Args:
            summary: What the customer wants and what was tried, for the colleague who takes over.
        """
        return _json({"status": "a colleague was told", "characters": len(summary)})

    record = [get_customer, get_subscription, get_invoices, get_usage, get_past_tickets]
    return [search_knowledge, read_article, *record, resend_invoice, password_reset_link, escalate_to_human]


async def _record(tools: Tools, kinds: Callable[[str], bool]) -> str:
    return _json([{"field": fact.label, "value": fact.value, **dict(fact.attributes)} for fact in await tools.record() if kinds(fact.kind)])


def _passage(found: Passage) -> dict[str, str]:
    return {
        "document": found.document,
        "title": found.title,
        "section": found.heading,
        "url": found.url,
        "updated": found.updated,
        "text": found.text,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
