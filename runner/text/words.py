"""Words as rules compare them: folded, cut into tokens, reduced to stems. French and English.

Nobody writes on the web as in a dictionary.  Case, accents, ligatures and typographic
apostrophes make no difference; `j'ai`, `can't` and `cant` become whole words; `nuuul`
is `nul`, `k1ll` is `kill` and `k i l l` is one word.  A stem stands for all
inflections of a word, with the accents or without.
"""

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import snowballstemmer

ELISIONS = {
    "c": "ce",
    "d": "de",
    "j": "je",
    "jusqu": "jusque",
    "l": "le",
    "lorsqu": "lorsque",
    "m": "me",
    "n": "ne",
    "puisqu": "puisque",
    "qu": "que",
    "s": "se",
    "t": "te",
}
"""French words that lose their vowel before an apostrophe."""

CONTRACTIONS = {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would"}
"""What English writes behind an apostrophe."""

UNMARKED = {
    "aint": ("is", "not"),
    "arent": ("are", "not"),
    "cannot": ("can", "not"),
    "cant": ("can", "not"),
    "couldnt": ("could", "not"),
    "didnt": ("did", "not"),
    "doesnt": ("does", "not"),
    "hadnt": ("had", "not"),
    "hasnt": ("has", "not"),
    "havent": ("have", "not"),
    "isnt": ("is", "not"),
    "jai": ("je", "ai"),
    "jarrive": ("je", "arrive"),
    "shouldnt": ("should", "not"),
    "wasnt": ("was", "not"),
    "werent": ("were", "not"),
    "wont": ("will", "not"),
    "wouldnt": ("would", "not"),
    "j": ("je",),
    "n": ("ne",),
    "qu": ("que",),
}
"""Contractions as people type them in a hurry, without the apostrophe."""

LEET = str.maketrans("0134578@$", "oieastbas")
"""Digits and signs written for the letters they look like."""

STEMMERS = ("french", "english")
SHORTEST_STEM = 4
"""Below this many letters a stem says too little: `note` is not `not`, `useful` is not `use`."""
ENDING = 2
"""... unless it is an English word less an ending of so many letters: `bugs`, `fixed`."""

TOKEN = re.compile(
    r"(?P<number>\d+(?:[.,:]\d+)+)"
    r"|(?P<word>(?i:quelqu['’]une?|aujourd['’]hui)\b|[^\W_]+(?:[@$][^\W_]+)*)"
    r"|(?P<emoji>[\u2600-\u27bf\U0001f300-\U0001faff])"
    r"|(?P<apostrophe>['’])"
    r"|(?P<mark>[.,;:!?…()\[\]{}\"«»“”|\n]|\s[-–—]\s)"
)
QUOTED = re.compile(r"\"[^\"\n]{1,400}\"|«[^»]{1,400}»|“[^”\"]{1,400}[”\"]")
LONG_DRAWN = re.compile(r"(.)\1{2,}")
SPELLED_FROM = 4
"""So many single letters in a row, one blank between, are one word spelled out."""

FRENCH_ENDINGS = re.compile(r"(?<=\w{3})(e)nt$|(?<=\w{2}[^\Waeoq])(u)(?:e|s|es)$")
"""What the French stemmer leaves alone: `marchent`, `perdues`."""

APOSTROPHES = str.maketrans("‘ʼ′`´＇", "’’’’’’")
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "’": "'"})


class Token(NamedTuple):
    """One word of a text.

    `word` is in lower case, contractions undone, accents kept.  `start` and `end` are
    where it stands in `Words.text`.  Tokens with the same `clause` have no punctuation
    between them.  `quoted` when it stands between quotation marks.
    """

    word: str
    start: int
    end: int
    clause: int
    quoted: bool


class Words(NamedTuple):
    """A text (in Unicode's compatibility form) and its tokens in order."""

    text: str
    tokens: tuple[Token, ...]


def fold(text: str) -> str:
    """Return `text` in lower case without accents, ligatures or typographic apostrophes.

    Patterns are matched on text folded like this.  The length may change.
    """
    plain = text.translate(APOSTROPHES)
    if plain.isascii():
        return plain.lower()
    lowered = unicodedata.normalize("NFKD", plain).lower().translate(LIGATURES)
    return "".join(mark for mark in lowered if not unicodedata.combining(mark))


def read_words(text: str) -> Words:
    """Cut a text into tokens."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(APOSTROPHES))
    tokens: list[Token] = []
    for clause, spoken in enumerate(_read_clauses(text)):
        tokens += (
            Token(word, start, end, clause, False)
            for word, start, end in _undo_contractions(_join_spelled(spoken))
        )
    quotes = [match.span() for match in QUOTED.finditer(text)]
    if quotes:
        starts = [start for start, _ in quotes]
        tokens = [
            token._replace(quoted=True)
            if (near := bisect_right(starts, token.start)) and token.end <= quotes[near - 1][1]
            else token
            for token in tokens
        ]
    return Words(text, tuple(tokens))


@lru_cache(maxsize=8192)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text that comes again and again, such as a part of a rule."""
    plain = text.isalpha() and text.islower() and unicodedata.is_normalized("NFKC", text)
    if plain and text not in UNMARKED:
        return (text,)
    return tuple(token.word for token in read_words(text).tokens)


_Piece = tuple[str, int, int]


def _read_clauses(text: str) -> list[list[_Piece]]:
    clauses: list[list[_Piece]] = [[]]
    for match in TOKEN.finditer(text):
        if match.lastgroup == "mark":
            if clauses[-1]:
                clauses.append([])
        else:
            clauses[-1].append((match[0].lower(), match.start(), match.end()))
    return clauses


def _join_spelled(pieces: list[_Piece]) -> list[_Piece]:
    if sum(len(piece[0]) == 1 for piece in pieces) < SPELLED_FROM:
        return pieces
    joined: list[_Piece] = []
    run: list[_Piece] = []
    for piece in [*pieces, ("", -1, -1)]:
        single = len(piece[0]) == 1 and piece[0].isalpha()
        if single and (not run or piece[1] == run[-1][2] + 1):
            run.append(piece)
            continue
        joined += _spell(run)
        run = []
        if single:
            run = [piece]
        elif piece[0]:
            joined.append(piece)
    return joined


def _spell(run: list[_Piece]) -> list[_Piece]:
    """Join single letters; a leading `i`, `y`, `a` may be a word of its own, so it stays too."""
    if len(run) < SPELLED_FROM:
        return run
    head = run[:1] if len(run) > SPELLED_FROM and run[0][0] in "iày" else []
    letters = run[len(head) :]
    return [*head, ("".join(piece[0] for piece in letters), letters[0][1], letters[-1][2])]


def _undo_contractions(pieces: list[_Piece]) -> list[_Piece]:
    whole: list[_Piece] = []
    for index, (word, start, end) in enumerate(pieces):
        if word in {"'", "’"}:
            continue
        before = pieces[index - 1] if index else ("", -1, -1)
        after = pieces[index + 1] if index + 1 < len(pieces) else ("", -1, -1)
        if before[0] in {"'", "’"} and before[2] == start and index > 1:
            if word == "t" and whole and whole[-1][0].endswith("n"):
                stem = {"can": "can", "won": "will", "shan": "shall"}.get(
                    whole[-1][0], whole[-1][0][:-1]
                )
                whole[-1] = (stem, whole[-1][1], whole[-1][2])
                whole.append(("not", start - 2, end))
                continue
            if word in CONTRACTIONS:
                whole.append((CONTRACTIONS[word], start, end))
                continue
        if after[0] in {"'", "’"} and after[1] == end and word in ELISIONS:
            whole.append((ELISIONS[word], start, end))
        elif word in UNMARKED:
            whole += ((part, start, end) for part in UNMARKED[word])
        else:
            whole.append((word, start, end))
    return whole


@lru_cache(maxsize=1)
def _stemmers() -> "tuple[tuple[str, snowballstemmer.stemmer], ...]":
    import snowballstemmer

    return tuple((name, snowballstemmer.stemmer(name)) for name in STEMMERS)


def spellings(word: str) -> tuple[str, ...]:
    """Return what a word as typed may stand for, folded: `nuuul` is `nul`, `k1ll` is `kill`."""
    plain = fold(word)
    found = [plain]
    if not plain.isalpha() and not plain.isdigit():
        read = plain.translate(LEET)
        if read.isalpha():
            found.append(read)
    if LONG_DRAWN.search(plain):
        found += (LONG_DRAWN.sub(r"\1", plain), LONG_DRAWN.sub(r"\1\1", plain))
    return tuple(dict.fromkeys(found))


def beginnings(word: str) -> frozenset[str]:
    """Return how a word begins in each of its spellings: words that share a stem begin alike.

    That is three letters, as no stemmer changes more than these: `try` becomes `tri`,
    `dying` becomes `die`, `using` becomes `use`.
    """
    plain = [form.replace("y", "i") for form in spellings(word)]
    return frozenset(form[:2] + "e" if form[2:5] == "ing" else form[:3] for form in plain)


@lru_cache(maxsize=65536)
def stems(word: str) -> frozenset[str]:
    """Return what `word` is compared by: two words are the same when these sets meet.

    The word itself and its stem in each language, of the word as typed and of the
    word without accents, so that `arrivée`, `arrive` and `arrivé` meet.
    """
    plain = spellings(word)
    found = {fold(word), *plain}
    for language, stemmer in _stemmers():
        # English has no accents that say anything.
        for form in {word, *plain} if language == "french" else plain:
            whole = FRENCH_ENDINGS.sub(r"\1\2", form) if language == "french" else form
            stem = fold(stemmer.stemWord(whole))
            short = len(stem) < SHORTEST_STEM
            if short and (language == "french" or len(stem) < 3 or len(form) - len(stem) > ENDING):
                stem = fold(form)
            found.add(f"{language}:{stem}")
    return frozenset(found)
