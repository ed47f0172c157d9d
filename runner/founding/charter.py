"""What a new desk is to be, as who founds it says."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from runner.errors import UsageError
from runner.text.words import fold

FORGES = ("github", "gitea", "local")
ROLES = ("watcher", "community-manager", "brand-care", "quality")
"""The roles that the policies of a new desk know; its team.yaml says what each of them does."""
_NAME = r"[^<>,\s][^<>,]{0,99}?"
_EMAIL = r"[^<>\s@]{1,100}@[^<>\s@]{1,100}"
_LOGIN = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}"
_CONTACT = re.compile(rf"(?:mailto:)?{_EMAIL}|https?://\S+")
_PERSON = re.compile(
    rf"\s*(?P<name>{_NAME})\s*<(?P<email>{_EMAIL})>"
    rf"(?:\s*,\s*@?(?P<login>{_LOGIN}))?"
    r"(?:\s*,\s*(?P<roles>[a-z-]+(?:\s*\+\s*[a-z-]+)*))?\s*"
)
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}", re.ASCII)
_SERVER = re.compile(
    r"https?://[A-Za-z0-9.-]{1,200}(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)*", re.ASCII
)
_ADDRESS = re.compile(r"(?:git\+)?https?://[A-Za-z0-9._~:/@%+=#&?-]{1,500}", re.ASCII)
_WORD = re.compile(r"[^\W_]+")
_LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class Founder:
    """One person of a new team; `login` is "" where the forge has no pages or it is not known."""

    id: str
    name: str
    email: str
    login: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Charter:
    """What a new desk is to be.

    `language` is what the team reads, `customers` are the languages in which it answers.  `server`
    is the forge's address and `repository` `owner/name` there, "" where they follow from the git
    remote.  `install_from` is the address of the package, "" for the version of this program
    from the index.
    """

    brand: str
    language: str
    customers: tuple[str, ...]
    forge: str
    zone: str
    contact: str
    people: tuple[Founder, ...]
    server: str = ""
    repository: str = ""
    install_from: str = ""

    @property
    def brand_id(self) -> str:
        """The brand as an id: its words without accents."""
        return make_id(self.brand, "brand")

    def logins_of(self, *roles: str) -> tuple[str, ...]:
        """Return the logins of those who hold one of these roles."""
        return tuple(p.login for p in self.people if p.login and set(roles) & set(p.roles))


def make_id(words: str, otherwise: str) -> str:
    """Return words as an id of small letters, digits and dashes, else `otherwise`."""
    return "-".join(re.findall(r"[a-z0-9]+", fold(words)))[:_LONGEST_ID].strip("-") or otherwise


def parse_people(given: Iterable[str]) -> tuple[Founder, ...]:
    """Return a team from texts such as `Inès Martin <ines@example.org>, ines-m, brand-care`.

    Roles that nobody is given are the first person's; who is given none is a community manager.

    Raises:
        UsageError: for a text of another form, a role that there is not, or two equal people.
    """
    people: list[Founder] = []
    for text in given:
        found = _PERSON.fullmatch(text)
        if found is None or not text.isprintable():
            raise UsageError(
                f"--team: {text!r} is not of the form NAME <EMAIL>, LOGIN, ROLE+ROLE",
                "such as 'Inès Martin <ines@example.org>, ines-m, community-manager'",
            )
        roles = tuple(re.findall(r"[a-z-]+", found["roles"] or "community-manager"))
        if unknown := [role for role in roles if role not in ROLES]:
            raise UsageError(f"--team: there is no role {unknown[0]}", f"one of {', '.join(ROLES)}")
        person_id = make_id(found["name"].split()[0], f"person-{len(people) + 1}")
        if any(person_id == other.id for other in people):
            person_id = make_id(found["name"], person_id)
        name = {person_id, found["email"].casefold(), (found["login"] or "").casefold()} - {""}
        for other in people:
            if name & {other.id, other.email.casefold(), other.login.casefold()}:
                raise UsageError(f"--team: {other.name} and {found['name']} cannot be told apart")
        people.append(
            Founder(person_id, found["name"], found["email"], found["login"] or "", roles)
        )
    if people:
        held = {role for person in people for role in person.roles}
        first = people[0]
        missing = tuple(role for role in ROLES if role not in held)
        people[0] = Founder(
            first.id, first.name, first.email, first.login, (*first.roles, *missing)
        )
    return tuple(people)


def is_brand(text: str) -> bool:
    """Return whether a brand can be called so."""
    return bool(_WORD.search(text)) and text.isprintable() and not set("{}") & set(text)


def is_name(text: str) -> bool:
    """Return whether a person of a team can be called so."""
    return re.fullmatch(_NAME, text) is not None and text.isprintable()


def is_email(text: str) -> bool:
    """Return whether that has the form of an e-mail address."""
    return re.fullmatch(_EMAIL, text) is not None and text.isprintable()


def is_login(text: str) -> bool:
    """Return whether a person can be called so on a forge."""
    return re.fullmatch(_LOGIN, text) is not None


def is_contact(text: str) -> bool:
    """Return whether a desk can be reached there: an e-mail address or a page."""
    return _CONTACT.fullmatch(text) is not None and text.isprintable()


def is_repository(text: str) -> bool:
    """Return whether that is of the form `owner/name`."""
    return _REPOSITORY.fullmatch(text) is not None


def is_server(text: str) -> bool:
    """Return whether a forge can stand there."""
    return _SERVER.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Return whether workflows can be told to install the program from there."""
    return _ADDRESS.fullmatch(text) is not None


def check_charter(charter: Charter) -> None:
    """Refuse what no desk can be.

    Raises:
        UsageError: naming the option.
    """
    if not is_brand(charter.brand):
        raise UsageError("--brand: that is no name", "as customers write it, such as Lumen")
    if not charter.people:
        raise UsageError("--team: a desk needs somebody", "--team 'NAME <EMAIL>, LOGIN'")
    if charter.repository and not is_repository(charter.repository):
        raise UsageError(f"--repository: {charter.repository!r} is no OWNER/NAME")
    if charter.server and not is_server(charter.server):
        raise UsageError(
            f"--server: {charter.server!r} is no address", "such as https://git.example.org"
        )
    if charter.forge == "gitea" and not charter.server:
        raise UsageError("--forge gitea needs --server", "such as https://codeberg.org")
    if charter.install_from and not is_address(charter.install_from):
        raise UsageError(
            f"--install-from: {charter.install_from!r} is no address",
            "https://… of a wheel or an archive, git+https://…@COMMIT, or the word index",
        )
