"""The search index: what the device looks through, offline. Part of the edition."""

from __future__ import annotations

import json
import re
import unicodedata

from backend.offline.lines import DESPAIR, summary
from backend.offline.views import Views

URL = "/recherche.json"
# Words too common to tell one page from another.
_COMMON = frozenset(
    [
        "a",
        "au",
        "aux",
        "avec",
        "ce",
        "ces",
        "cette",
        "comme",
        "dans",
        "de",
        "des",
        "du",
        "elle",
        "elles",
        "en",
        "est",
        "et",
        "eux",
        "il",
        "ils",
        "je",
        "la",
        "le",
        "les",
        "leur",
        "leurs",
        "lui",
        "ma",
        "mais",
        "me",
        "mes",
        "moi",
        "mon",
        "ne",
        "nos",
        "notre",
        "nous",
        "on",
        "ou",
        "par",
        "pas",
        "plus",
        "pour",
        "qu",
        "que",
        "qui",
        "sa",
        "sans",
        "se",
        "ses",
        "si",
        "son",
        "sont",
        "sur",
        "ta",
        "te",
        "tes",
        "toi",
        "ton",
        "tu",
        "un",
        "une",
        "vos",
        "votre",
        "vous",
        "y",
        "etre",
        "avoir",
        "fait",
        "faire",
        "peut",
        "peuvent",
        "pouvez",
        "aussi",
        "tout",
        "tous",
        "toute",
        "toutes",
        "meme",
        "c",
        "d",
        "l",
        "j",
        "n",
        "s",
        "m",
        "t",
        "ai",
        "suis",
        "veux",
        "article",
        "code",
        "penal",
    ]
)


def fold(text: str) -> str:
    """Lower case, no accents: « Harcèlement » and « harcelement » are the same word. The device does as much."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words(text: str) -> list[str]:
    """Distinct telling words of a text, in their order."""
    found = re.findall(r"[a-z0-9]+", fold(text))
    return [word for word in dict.fromkeys(found) if word not in _COMMON and (len(word) > 1 or word.isdigit())]


def search_index(views: Views) -> bytes:
    """`common`: words the device leaves out of what is asked, as they are left out here.

    `entries`: [address, title, summary, strong words, weak words]; strong words weigh more, equals keep this order.

    Made of titles, summaries and chosen keywords alone: mending a paragraph changes its page, not the index.
    """
    entries = []
    for guide in views.content.guides.values():
        strong = words(" ".join([guide.title, guide.tab, *guide.keywords]))
        weak = [word for word in words(guide.summary) if word not in strong]
        entries.append([f"/guides/{guide.slug}/", guide.title, guide.summary, " ".join(strong), " ".join(weak)])
    for id_, contact in views.content.contacts.items():
        item = views.cards[id_]
        if item.status == "withdrawn":
            continue
        organisation = views.content.organisations[contact.organisation]
        strong = words(" ".join([contact.label, organisation.name, id_, *contact.keywords]))
        weak = [word for word in words(f"{contact.purpose} {contact.audience or ''}") if word not in strong]
        entries.append([item.href, contact.label, summary(item), " ".join(strong), " ".join(weak)])
    # Between equals, who answers the phone comes before what one reads.
    entries.sort(key=lambda entry: entry[0] != f"/contacts/{DESPAIR}/")
    index = {"common": sorted(_COMMON), "entries": entries}
    return json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()
