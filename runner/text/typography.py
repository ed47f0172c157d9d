"""Text as it is typeset: spaces, apostrophes and ellipses of French and English.

French rules after the *Lexique des règles typographiques en usage à l'Imprimerie nationale*:
a no-break space before `:` and inside `« »`, a narrow one before `;`, `!` and `?`.  Texts of
the customers' replies and of the catalogues alike are set by it: a placeholder such as `{name}`
counts as a word, and code in backquotes is left as it is.
"""

import re

NO_BREAK = "\u00a0"
NARROW = "\u202f"

_CODE = re.compile(r"`[^`\n]*`")
_APOSTROPHE = re.compile(r"(?<=[\w}])['\u02bc](?=[\w{])")
_ELLIPSIS = re.compile(r"\.{3,}")
_SPACES = re.compile(r"[ \t\u00a0\u202f]+")
_AROUND_BREAKS = re.compile(r" ?\n ?")
_BEFORE_COMMA = re.compile(r" +(?=[,.](?:[\s»]|$))")

_HIGH = re.compile(r"(?<=[\w)\]}»’%€…*`]) ?([!?;]+)(?=[\s»)\]]|$)")
_COLON = re.compile(r"(?<=[\w)\]}»’%€…*`]) ?:(?=[\s»]|$)")
_OPENING = re.compile(r"« ?(?=\S)")
_CLOSING = re.compile(r"(?<=\S) ?»")
_UNIT = re.compile(r"(?<=[\d}]) (?=[€%$£]|(?:EUR|s|ko|Mo)(?![\w’]))")
_NUMBER = re.compile(r"(?<=\bn°) (?=[\d{])")
_THOUSAND = re.compile(r"(?<=\d) (?=\d{3}\b)")
_ENGLISH_SIGN = re.compile(r"(?<=\w) +(?=[!?;:](?:\s|$))")

_VOWELS = "aeiouàâäæéèêëîïôöœùûü"


def typeset(text: str, locale: str) -> str:
    """Return a text as a careful printer of `fr` or `en` sets it; twice changes nothing.

    Words, letters and line breaks stay; code, addresses and times such as `9:30` are left alone.
    """
    codes = iter(_CODE.findall(text))
    # Empty code stands for each meanwhile: a sign that follows it still finds it before.
    text = _set(_CODE.sub("``", text), locale)
    return _CODE.sub(lambda _: next(codes), text)


def _set(text: str, locale: str) -> str:
    text = _SPACES.sub(" ", text)
    text = _AROUND_BREAKS.sub("\n", text).strip()
    text = _ELLIPSIS.sub("…", _APOSTROPHE.sub("’", text))
    text = _BEFORE_COMMA.sub("", text)
    if locale != "fr":
        return _ENGLISH_SIGN.sub("", text)
    text = _HIGH.sub(rf"{NARROW}\1", text)
    text = _COLON.sub(f"{NO_BREAK}:", text)
    text = _CLOSING.sub(f"{NO_BREAK}»", _OPENING.sub(f"«{NO_BREAK}", text))
    return _THOUSAND.sub(NARROW, _NUMBER.sub(NO_BREAK, _UNIT.sub(NO_BREAK, text)))


def with_de(text: str) -> str:
    """Return French words with `de` before them: `d’Aube`, `du colis`, `des colis`, `de Lumen`.

    Before `h` and `y` there is no elision, since most brands there take none.
    """
    article, _, rest = text.partition(" ")
    match article.casefold():
        case "le" if rest:
            return f"du {rest}"
        case "les" if rest:
            return f"des {rest}"
    return f"d’{text}" if text[:1].casefold() in _VOWELS and text else f"de {text}"


def with_a(text: str) -> str:
    """Return French words with `à` before them: `au colis`, `aux colis`, `à Lumen`."""
    article, _, rest = text.partition(" ")
    match article.casefold():
        case "le" if rest:
            return f"au {rest}"
        case "les" if rest:
            return f"aux {rest}"
    return f"à {text}"
