"""Personal data in what somebody wrote: recognized by form and, where the form has a checksum, by that."""

from __future__ import annotations

import re

SCANNED = 50_000
"""Characters that are looked at; longer texts are pasted logs."""
EMAIL = re.compile(r"(?<![\w.+-])([\w+-][\w.+-]{0,63})@((?:[\w-]{1,63}\.){1,4}[a-z]{2,12})\b", re.IGNORECASE)
ROLES = frozenset(
    {
        "info",
        "support",
        "sales",
        "billing",
        "help",
        "hello",
        "contact",
        "noreply",
        "no-reply",
        "security",
        "admin",
        "office",
        "privacy",
        "postmaster",
        "team",
    }
)
PHONE = re.compile(
    r"(?<![\w.,+/-])(?:(?:\+|00)\d{1,3}[ \d()./-]{6,18}\d|\(?0\d{2,4}\)?[ /-]\d[\d -]{4,10}\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})(?![\w-])"
)
TOLD_PHONE = re.compile(
    r"\b(?:phone|mobile|cell|tel|telefon|handy|telephone|portable|movil|telefono|telefone|telemovel|call me (?:at|on)|whatsapp)\b"
    r"\D{0,20}(\d[\d ()/-]{6,16}\d)",
    re.IGNORECASE,
)
CARD = re.compile(r"(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w-])")
IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![A-Z0-9])", re.IGNORECASE)


def kinds(text: str) -> tuple[str, ...]:
    """Return which kinds of personal data a text contains: any of email, phone, card, iban."""
    seen = text[:SCANNED]
    # The groups of an account number look like a card or a telephone number, those of a card like a telephone number.
    apart = IBAN.sub(" ", seen)
    numbers = CARD.sub(lambda match: " " if _is_card(match.group()) else match.group(), apart)
    found = {"email": _has_email(seen), "iban": _has_iban(seen), "card": _has_card(apart), "phone": _has_phone(numbers)}
    return tuple(kind for kind, present in found.items() if present)


def luhn(digits: str) -> bool:
    """Tell whether a card number's check digit is right (ISO/IEC 7812-1)."""
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def iban(text: str) -> bool:
    """Tell whether an account number's checksum is right (ISO 13616, modulo 97)."""
    turned = text[4:] + text[:4]
    return 15 <= len(text) <= 34 and int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _has_email(text: str) -> bool:
    return any(match.group(1).lower() not in ROLES for match in EMAIL.finditer(text))


def _has_card(text: str) -> bool:
    return any(_is_card(match.group()) for match in CARD.finditer(text))


def _is_card(run: str) -> bool:
    number = re.sub(r"\D", "", run)
    return number[0] in "23456" and len(set(number)) > 1 and luhn(number)


def _has_iban(text: str) -> bool:
    return any(_iban_prefix(match.group()) for match in IBAN.finditer(text))


def _iban_prefix(run: str) -> bool:
    """Tell whether a run of groups begins with an account number: the next word may have been caught with it."""
    groups = run.upper().split(" ")
    return any(iban("".join(groups[:count])) for count in range(1, len(groups) + 1))


def _has_phone(text: str) -> bool:
    said = [match.group() for match in PHONE.finditer(text)] + [match.group(1) for match in TOLD_PHONE.finditer(text)]
    return any(7 <= len(re.sub(r"\D", "", number)) <= 15 and not _is_date(number) for number in said)


def _is_date(number: str) -> bool:
    return bool(re.search(r"\b\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})\b|\b(?:19|20)\d\d-\d\d-\d\d\b", number))
