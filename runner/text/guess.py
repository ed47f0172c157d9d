"""Whether a message is French or English.

Counts words that only one of the two languages uses all the time, and French letters.  No
model: a wrong guess can be understood by looking at the lists.
"""

import re

_ENGLISH = frozenset(
    """
    the and is are was were be been have has had do does did don't doesn't didn't can't won't isn't
    it its it's i i'm i've you your he she they their them this that these those there here what
    which who when where why how not no of to in for with from about into by at my we our will
    would could should just very too so but or if then than because also only after before again
    still please thanks thank good great love hate bad work works working worked get got help want
    need make use using any all some more most much many every never always now since even well
    really nice best worst awesome amazing useful easy like phone watch update helpful
    improvement takes makes showing think recommend fix fixed buy bought order ordered delivery
    people am as an wasn't haven't wouldn't couldn't shouldn't aren't
    """.split()  # noqa: SIM905
)
_FRENCH = frozenset(
    """
    le la les un une des du de au aux et est sont etait ete etre ont avait avoir je
    il elle nous vous ils elles mon ma mes ton ta tes sa ses notre votre vos nos leur leurs
    ce cet cette ces cela ca qui que qu quoi dont ou quand comment pourquoi pas ne ni non oui
    dans sur sous avec sans pour par chez vers depuis pendant entre mais donc car si comme plus
    moins tres trop bien mal bon bonne bonjour bonsoir merci svp aussi alors toujours jamais rien
    tout tous toute toutes meme encore deja fait faire peut peux veux veut faut suis sommes
    avez avons ai appli montre facile pratique genial parfait nul nulle
    nickel excellente utile simple mise jour marche fonctionne commande livraison colis
    en quel quelle lui eux autre fois beaucoup dernier derniere aucun aucune
    """.split()  # noqa: SIM905
)
_ELIDED = frozenset({"l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "quelqu"})
"""What French shortens before a vowel; counts as a word only with its apostrophe."""

_FOLDS = tuple(zip("àâäçéèêëîïôöùûüÿ’", "aaaceeeeiioouuuy'", strict=True))
_FRENCH_LETTER = re.compile("[àâçéèêëîïôùûœ]")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_OTHER_WRITING = re.compile("[\u0370-\u1cff\u3040-\ud7ff]")

_READ = 2000
"""Characters looked at: a language shows early."""


def guess_language(text: str) -> str | None:
    """Return `fr`, `en`, or None where the words do not tell.

    Each word that only English or only French uses constantly counts one; a French accent
    counts half.  The winner needs a lead of one and of half as much again over the other.
    """
    text = text[:_READ].lower()
    french = 0.0
    if not text.isascii():
        if len(_OTHER_WRITING.findall(text)) * 2 > len(text):
            return None
        french += len(_FRENCH_LETTER.findall(text)) / 2
        for letter, folded in _FOLDS:
            text = text.replace(letter, folded)
    words = _WORD.findall(text)
    english = sum(map(_ENGLISH.__contains__, words))
    french += sum(map(_FRENCH.__contains__, words))
    if "'" in text:
        for word in words:
            elided, apostrophe, rest = word.partition("'")
            if apostrophe and elided in _ELIDED:
                french += 1 + (rest in _FRENCH)
    if french >= english + 1 and french >= 1.5 * english:
        return "fr"
    if english >= french + 1 and english >= 1.5 * french:
        return "en"
    return None
