"""Web addresses in one canonical, harmless form.

Two addresses of one message become one text: tracking, session ids and redirect wrappers
are gone, and what RFC 3986 calls equivalent is written alike.  The result is plain ASCII
(an internationalised host is in its `xn--` form), so it cannot imitate another host or
reorder a line.
"""

import ipaddress
import re
from urllib.parse import unquote, urlsplit

LENGTH_LIMIT = 4096
"""Longer addresses are none of messages, and servers themselves refuse more than about 8,000."""

TRACKING = (
    "utm_", "at_", "pk_", "mtm_", "piwik_", "matomo_", "hsa_", "itm_", "_hs", "__hs", "vero_",
    "oly_", "ns_", "wt_", "wt.", "trk_",
)  # fmt: skip
"""Starts of query names that only say where a reader came from: Google Analytics (`utm_`),
Piano/AT Internet (`at_`), Matomo (`pk_`, `mtm_`, `piwik_`), HubSpot (`hsa_`, `_hs`, `__hs`),
Vero, Omeda, Comscore (`ns_`), Webtrekk and Webtrends (`wt_`, `wt.`), LinkedIn (`trk_`)."""

TRACKING_NAMES = frozenset(
    {"gclid", "gclsrc", "dclid", "gbraid", "wbraid", "gad_source", "gad_campaignid", "srsltid"}
    | {"_ga", "_gl", "_gac", "fbclid", "fb_ref", "fb_source", "fb_action_ids", "mibextid"}
    | {"igshid", "igsh", "msclkid", "cvid", "twclid", "ref_src", "ref_url", "ttclid", "rdt_cid"}
    | {"yclid", "ysclid", "_openstat", "li_fat_id", "trkcampaign", "epik", "mc_cid", "mc_eid"}
    | {"mkt_tok", "ml_subscriber", "ml_subscriber_hash", "_kx", "xtor", "xtref", "xtcr", "xts"}
    | {"s_cid", "s_kwcid", "icid", "cmpid", "dicbo", "tblci", "wickedid", "_branch_match_id"}
    | {"hsctatracking", "spm", "scm", "__twitter_impression", "guccounter"}
    | {"guce_referrer", "guce_referrer_sig", "amp"}
)  # fmt: skip
"""Whole query names of the same kind: click ids of Google, Meta, Microsoft, X, TikTok, Reddit,
Yandex, LinkedIn and Pinterest; Mailchimp, Marketo, MailerLite, Klaviyo, AT Internet (`xtor`),
Adobe, Outbrain, Taboola, Alibaba, Yahoo; and the flags that only ask for the light (AMP) page."""

_SESSION_NAMES = frozenset(
    {"phpsessid", "jsessionid", "asp.net_sessionid", "cfid", "cftoken", "zenid", "oscsid"}
    | {"sessionid", "session_id", "sess_id", "xoopscube_session"}
)
_SESSION_VALUE_NAMES = frozenset({"s", "sid", "session", "osid"})
"""Session ids only with a value of 32 hexadecimal digits (phpBB `sid`, vBulletin `s`):
elsewhere the same names number stories and searches."""

_SITE_NAMES = (
    (re.compile(r"(?:^|\.)youtube\.com$|^youtu\.be$"), frozenset({"si", "feature", "pp",
                                                               "ab_channel"})),
    (re.compile(r"(?:^|\.)(?:twitter|x)\.com$"), frozenset({"s", "t"})),
)  # fmt: skip
"""Names that track on one site and mean something elsewhere."""

_WRAPPERS = (
    (r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?", r"/url", ("url", "q")),
    (r"l[m]?\.facebook\.com|(?:www\.|m\.)?facebook\.com", r"/l\.php", ("u",)),
    (r"l\.(?:instagram|messenger|wl|threads)\.(?:com|co|net)", r"/.*", ("u",)),
    (r"t\.umblr\.com", r"/redirect", ("z",)),
    (r"(?:www\.|m\.)?youtube\.com", r"/redirect", ("q",)),
    (r"(?:[a-z0-9-]+\.)*safelinks\.protection\.outlook\.com", r"/.*", ("url",)),
    (r"(?:www\.)?linkedin\.com", r"/(?:redir/redirect|safety/go)/?", ("url",)),
    (r"(?:www\.)?bing\.com", r"/news/apiclick\.aspx", ("url",)),
    (r"duckduckgo\.com", r"/l/?", ("uddg",)),
    (r"out\.reddit\.com", r"/.*", ("url",)),
    (r"(?:www\.|m\.)?vk\.com|away\.vk\.com", r"/away(?:\.php)?", ("to",)),
    (r"steamcommunity\.com", r"/linkfilter/?", ("u", "url")),
    (r"slack-redir\.net", r"/link", ("url",)),
    (r"(?:www\.)?getpocket\.com", r"/redirect", ("url",)),
    (r"exit\.sc|gate\.sc", r"/.*", ("url",)),
    (r"go\.redirectingat\.com|go\.skimresources\.com", r"/.*", ("url",)),
    (r"click\.linksynergy\.com", r"/.*", ("murl",)),
    (r"(?:www\.)?awin1\.com", r"/(?:cread|awclick)\.php", ("ued", "p")),
)  # fmt: skip
_REDIRECTS = tuple((re.compile(host), re.compile(path), names) for host, path, names in _WRAPPERS)
"""Pages that only send the reader on: host, path, and the query names that hold the target."""
_REDIRECTING = re.compile("|".join(f"(?:{host})" for host, _, _ in _WRAPPERS))

_MESSAGE_FRAGMENT = re.compile(
    r"![!-~]*"
    r"|[0-9]+"
    r"|(?:p|c|a|r|id|pid|com|post|posts|msg|message|comment|commentaire|issuecomment|reply|reponse"
    r"|discussioncomment|discussion_r|pullrequestreview|answer|review|avis|note|tweet|status)"
    r"[-_/=:]?[0-9][A-Za-z0-9_-]{0,40}"
    r"|(?:li-|div-)?(?:post|msg|message|comment|commentaire|reply|reponse|answer|review|avis)"
    r"[-_/=:](?=[A-Za-z-]{0,35}[0-9])[A-Za-z0-9_-]{1,40}",
    re.IGNORECASE,
)
"""Fragments that point at one message of a page: `#p123`, `#post-12`, `#comment-5f3a`, `#c12`,
`#issuecomment-1`, `#42`, `#!…`.  `#comments`, `#respond`, `#:~:text=…` do not."""

_SCHEME = re.compile(r"(?:(https?):)?//", re.IGNORECASE)
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*")
_ORDINARY = re.compile(
    r"https?://(?=[^/]{1,253}/)[a-z0-9_][a-z0-9_-]{0,62}(?:\.[a-z0-9_][a-z0-9_-]{0,62})*"
    r"(?:/(?!\.)[A-Za-z0-9\-._~!$&'()*+,=:@]*)+"
)
"""Most addresses: they are in their canonical form already."""
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNSAFE_PATH = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]")
_UNSAFE_QUERY = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical_url(url: str) -> str | None:
    """Return the one form of a web address, or None for what is none.

    `http` and `https` only (`//host/path` counts as `https`); no user name; lower-case host
    without final dot; no default port; dot segments resolved; escapes normalised; tracking
    and session ids dropped, the rest of the query in its order; a fragment only where it
    points at a message; redirect wrappers replaced by what they lead to.  Doing it twice
    changes nothing.
    """
    if len(url) <= LENGTH_LIMIT and _ORDINARY.fullmatch(url):
        return url
    while True:
        parts = _split(url)
        if parts is None:
            return None
        scheme, host, port, path, query, fragment = parts
        target = _target(host, path, query)
        if target is None:
            return (
                f"{scheme}://{host}{port}{path}"
                + (f"?{'&'.join(query)}" if query else "")
                + (f"#{fragment}" if fragment else "")
            )
        url = target


def _split(url: str) -> tuple[str, str, str, str, tuple[str, ...], str] | None:
    """Return scheme, host, `:port` or nothing, path, query fields and fragment, all canonical."""
    url = url.strip()
    start = _SCHEME.match(url)
    if not start or len(url) > LENGTH_LIMIT:
        return None
    scheme = (start[1] or "https").lower()
    rest = re.sub("[\t\r\n]", "", url[start.end() :])
    end = re.search("[?#]|$", rest)
    ahead = end.start() if end else len(rest)
    # Browsers read a backslash before the query as a slash.
    rest = rest[:ahead].replace("\\", "/") + rest[ahead:]
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        host = _host(parts.hostname or "")
        port = parts.port
    except ValueError:
        return None
    if host is None:
        return None
    return (
        scheme,
        host,
        "" if port is None or port == _DEFAULT_PORTS[scheme] else f":{port}",
        _path(parts.path),
        _query(parts.query, host),
        _fragment(parts.fragment),
    )


def _host(host: str) -> str | None:
    host = host.lower()
    if ":" in host and "%" not in host:
        return f"[{ipaddress.IPv6Address(host).compressed}]"
    host = host.removesuffix(".")
    if not host.isascii():
        import idna

        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            return None
    return host if _HOST.fullmatch(host) else None


def _path(path: str) -> str:
    path = _escape(path, _UNSAFE_PATH)
    if ";" in path:
        path = _PATH_SESSION.sub("", path)
    if "/." not in path and path.startswith("/"):
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for number, segment in enumerate(segments):
        last = number == len(segments) - 1
        if segment == "..":
            kept[-1:] = []
        elif segment != ".":
            kept.append(segment)
        if last and segment in {".", ".."}:
            kept.append("")
    return "/" + "/".join(kept)


def _query(query: str, host: str) -> tuple[str, ...]:
    if not query:
        return ()
    on_site = {name for site, names in _SITE_NAMES if site.search(host) for name in names}
    fields = (re.sub("^(?:amp;)+", "", field) for field in query.split("&"))
    escaped = (_escape(field, _UNSAFE_QUERY) for field in fields)
    return tuple(field for field in escaped if field and not _follows_readers(field, on_site))


def _follows_readers(field: str, on_site: set[str]) -> bool:
    name, _, value = field.partition("=")
    name = name.lower()
    return (
        name in TRACKING_NAMES
        or name in on_site
        or name in _SESSION_NAMES
        or name.startswith(TRACKING)
        or name.startswith("aspsessionid")
        or (name in _SESSION_VALUE_NAMES and re.fullmatch("[0-9a-fA-F]{32}", value) is not None)
    )


def _fragment(fragment: str) -> str:
    if not fragment:
        return ""
    fragment = _escape(fragment, _UNSAFE_QUERY)
    return fragment if _MESSAGE_FRAGMENT.fullmatch(fragment) else ""


def _target(host: str, path: str, query: tuple[str, ...]) -> str | None:
    """Return where a redirect page leads, or None for any other page."""
    if not query or not _REDIRECTING.fullmatch(host):
        return None
    for site, page, names in _REDIRECTS:
        if site.fullmatch(host) and page.fullmatch(path):
            for name in names:
                for field in query:
                    found, _, value = field.partition("=")
                    if found == name and _split(target := unquote(value.replace("+", " "))):
                        return target
    return None


def _escape(text: str, unsafe: re.Pattern[str]) -> str:
    """Return the text with needless escapes decoded, needed ones added, all in upper case."""
    if "%" not in text and not unsafe.search(text):
        return text

    def normal(found: re.Match[str]) -> str:
        if found[1] is None:
            return "%25"
        character = chr(int(found[1], 16))
        return character if character in _UNRESERVED else f"%{found[1].upper()}"

    def escaped(found: re.Match[str]) -> str:
        return "".join(f"%{byte:02X}" for byte in found.group().encode("utf-8", "replace"))

    return unsafe.sub(escaped, _ESCAPE.sub(normal, text))
