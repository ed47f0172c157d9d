"""Which phrases a text says: all phrases of a policy looked for in one go.

Every distinct word of the phrases is a *slot*.  A token of a text is turned into
the slots that it fills, once per word and process; a phrase is looked at only
where the text fills all its slots.  So the work follows the length of the text
and what it says, hardly the number of phrases.  Stemming costs most: a word of a
phrase is stemmed only when a text first has a word that begins alike.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from runner.policies.rules import Negations, Phrase
from runner.text.words import Words, beginnings, stems

GAP = 4
"""Words that `...` may stand for: `marche toujours vraiment plus du tout`."""
DENIED_WITHIN = 3
"""Words between a denial and what it denies: `aucun gros petit problème`."""
REMEMBERED_WORDS = 200_000
"""Words whose slots are kept; strangers can make up words without end."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: the tokens from `first` to `last`, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Searched:
    phrase: Phrase
    slots: tuple[int, ...]
    gaps: tuple[bool, ...]
    needed: frozenset[int]
    deniable: bool


@dataclass(slots=True)
class PhraseIndex:
    """Phrases made ready to be found."""

    negations: Negations
    _searched: list[_Searched] = field(default_factory=list)
    _number_of: dict[tuple[frozenset[str], ...], int] = field(default_factory=dict)
    _slot_of: dict[frozenset[str], int] = field(default_factory=dict)
    _slots_by_key: dict[str, set[int]] = field(default_factory=dict)
    _unstemmed: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    _stemmed: set[str] = field(default_factory=set)
    _by_rarest: dict[int, list[int]] = field(default_factory=dict)
    _known: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _until: int = -1
    _denying: tuple[int, ...] = ()
    _excepted: tuple[int, ...] = ()

    @classmethod
    def of(cls, phrases: Iterable[Phrase], negations: Negations) -> "PhraseIndex":
        """Return an index of the phrases, each known by its text and steps."""
        index = cls(negations)
        denying = negations.words
        if negations.until:
            index._until = index._slot(negations.until)
        for phrase in dict.fromkeys(phrases):
            index._add(phrase, denying)
        index._denying = tuple(index._add(phrase, denying) for phrase in negations.phrases)
        index._excepted = tuple(index._add(phrase, denying) for phrase in negations.but_not)
        uses = [0] * len(index._slot_of)
        for searched in index._searched:
            for slot in searched.needed:
                uses[slot] += 1
        for number, searched in enumerate(index._searched):
            rarest = min(searched.needed, key=lambda slot: (uses[slot], slot))
            index._by_rarest.setdefault(rarest, []).append(number)
        return index

    def number(self, phrase: Phrase) -> int:
        """Return the number by which `Reading.find` knows a phrase of the index."""
        return self._number_of[_shape(phrase)]

    def _slot(self, words: frozenset[str]) -> int:
        if words not in self._slot_of:
            slot = self._slot_of[words] = len(self._slot_of)
            for word in words:
                for beginning in beginnings(word):
                    self._unstemmed.setdefault(beginning, []).append((word, slot))
        return self._slot_of[words]

    def _add(self, phrase: Phrase, denying: frozenset[str]) -> int:
        shape = _shape(phrase)
        if shape not in self._number_of:
            slots = tuple(self._slot(step.words) for step in phrase.steps)
            denies = any(step.words & denying for step in phrase.steps)
            self._number_of[shape] = len(self._searched)
            self._searched.append(
                _Searched(
                    phrase,
                    slots,
                    tuple(step.after_gap for step in phrase.steps),
                    frozenset(slots),
                    not denies,
                )
            )
        return self._number_of[shape]

    def _slots_filled(self, word: str) -> tuple[int, ...]:
        if word in self._known:
            return self._known[word]
        filled: tuple[int, ...] = ()
        if self._has_alike(word):
            found = {slot for key in stems(word) for slot in self._slots_by_key.get(key, ())}
            filled = tuple(sorted(found))
        if len(self._known) >= REMEMBERED_WORDS:
            self._known.clear()
        self._known[word] = filled
        return filled

    def _has_alike(self, word: str) -> bool:
        """Whether a phrase has a word that begins like this one; all such are stemmed then."""
        alike = False
        for beginning in beginnings(word):
            for other, slot in self._unstemmed.pop(beginning, ()):
                self._stemmed.add(beginning)
                for key in stems(other):
                    self._slots_by_key.setdefault(key, set()).add(slot)
            alike = alike or beginning in self._stemmed
        return alike

    def read(self, words: Words) -> "Reading":
        """Return what a text says, in terms of this index."""
        filled = [self._slots_filled(token.word) for token in words.tokens]
        places: dict[int, list[int]] = {}
        for position, slots in enumerate(filled):
            for slot in slots:
                places.setdefault(slot, []).append(position)
        return Reading(self, words, filled, places)


@dataclass(slots=True)
class Reading:
    """One text, read through an index.  Found phrases are remembered."""

    index: PhraseIndex
    words: Words
    _filled: list[tuple[int, ...]]
    _places: dict[int, list[int]]
    _hits: dict[int, tuple[Hit, ...]] = field(default_factory=dict)
    _candidates: frozenset[int] | None = None
    _denials: dict[int, bool] | None = None

    def find(self, number: int, quoted: bool = True, denied: bool = False) -> Hit | None:
        """Return the first place where a phrase is said.

        Without `quoted`, not between quotation marks; without `denied`, not denied.
        """
        if number not in self.candidates:
            return None
        if number not in self._hits:
            self._hits[number] = tuple(self._search(self.index._searched[number]))
        for hit in self._hits[number]:
            if not quoted and self.words.tokens[hit.first].quoted:
                continue
            if not denied and self.index._searched[number].deniable and self._is_denied(hit):
                continue
            return hit
        return None

    @property
    def candidates(self) -> frozenset[int]:
        """The phrases all of whose words the text holds, in any order."""
        if self._candidates is None:
            present = self._places.keys()
            index = self.index
            self._candidates = frozenset(
                number
                for slot in present
                for number in index._by_rarest.get(slot, ())
                if index._searched[number].needed <= present
            )
        return self._candidates

    def said(self, hit: Hit) -> str:
        """Return the words of a hit as they stand in the text, from the start of a word."""
        tokens, text = self.words.tokens, self.words.text
        start = tokens[hit.first].start
        while start and text[start].isalnum() and text[start - 1].isalnum():
            start -= 1
        return text[start : tokens[hit.last].end]

    def _search(self, searched: _Searched) -> Iterator[Hit]:
        for first in self._places[searched.slots[0]]:
            ends = {first}
            for slot, gap in zip(searched.slots[1:], searched.gaps[1:], strict=True):
                ends = self._next(ends, slot, GAP if gap else 0)
                if not ends:
                    break
            else:
                yield Hit(first, min(ends))

    def _next(self, ends: set[int], slot: int, gap: int) -> set[int]:
        """Return where `slot` is filled within `gap` words behind one of `ends`, in its clause."""
        tokens = self.words.tokens
        return {
            place
            for end in ends
            for place in range(end + 1, min(end + gap + 2, len(tokens)))
            if slot in self._filled[place] and tokens[place].clause == tokens[end].clause
        }

    @property
    def denials(self) -> dict[int, bool]:
        """Where a denial ends; true for a single word, which may also stand within a phrase."""
        if self._denials is None:
            excepted = {
                place
                for hit in self._hits_of(self.index._excepted)
                for place in range(hit.first, hit.last + 1)
            }
            self._denials = {
                hit.last: hit.first == hit.last
                for hit in self._hits_of(self.index._denying)
                if hit.last not in excepted
            }
        return self._denials

    def _hits_of(self, numbers: tuple[int, ...]) -> Iterator[Hit]:
        for number in numbers:
            if number in self.candidates:
                yield from self._search(self.index._searched[number])

    def _is_denied(self, hit: Hit) -> bool:
        if not self.denials:
            return False
        clause = self.words.tokens[hit.first].clause
        for place in range(hit.last - 1, max(0, hit.first - DENIED_WITHIN) - 1, -1):
            if self.words.tokens[place].clause != clause:
                return False
            if place in self.denials and (place < hit.first or self.denials[place]):
                return True
            if place <= hit.first and self.index._until in self._filled[place]:
                return False
        return False


def _shape(phrase: Phrase) -> tuple[frozenset[str], ...]:
    """Return what makes two phrases the same, but for how they are written."""
    return tuple(step.words | {"..."} if step.after_gap else step.words for step in phrase.steps)
