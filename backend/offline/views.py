"""Content turned into what templates receive. Pure: content and a day in, page contexts out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from backend.guidance.advice import Part, references
from backend.guidance.guide import GROUPS, Guide
from backend.guidance.html import advice_html
from backend.guidance.source import Source
from backend.offline.content import Content
from backend.offline.lines import (
    DESPAIR,
    FIRST_LINES,
    FIRST_TWO,
    first_lines,
    is_listed,
    shell_lines,
    summary,
    sure_cards,
)
from backend.offline.pages import (
    ClaimView,
    ContactPage,
    ContactsPage,
    Door,
    EmergencyLine,
    GuideGroup,
    GuideLink,
    GuidePage,
    GuidesPage,
    HomePage,
    HoursView,
    NoticesPage,
    PartView,
    SearchEntry,
    SearchPage,
    SourcesPage,
    SourceView,
    StepView,
)
from backend.offline.sorter_view import sorter_view
from backend.permanences.cards import CONFIDENCE_WORDS, LANGUAGE_WORDS, Card, SureLine, card, sure_line
from backend.permanences.contact import Contact
from backend.permanences.organisation import Organisation
from backend.permanences.schedule import Schedule
from backend.permanences.schema_org import contact_json_ld
from backend.permanences.week_words import coming, holiday_lines, usual_lines, week_rows
from backend.words import day_words, partial_day_words

GROUP_WORDS = {
    "urgence": "Par où commencer",
    "situations": "Selon ce qui se passe",
    "agir": "Agir, pas à pas",
    "soi": "Pour vous",
}
VERDICT_WORDS = {"still_true": "Encore vrai", "corrected": "Corrigé", "outdated": "Dépassé"}
# The doors of the home page: slug of a guide, and how a reader says it.
DOORS = (
    ("premieres-heures", "C’est à moi que ça arrive", "Les premières heures, pas à pas", "heart"),
    ("temoin", "Je suis témoin", "Cinq gestes qui aident", "eye"),
    ("jeunes", "J’ai moins de 18 ans", "Vous pouvez porter plainte, avec ou sans adulte", "people"),
    ("parents", "Je suis parent ou adulte de confiance", "Quoi dire, quoi faire, qui appeler", "shield"),
)
# Beside a contact on a wide screen: all the others, up to so many.
MOST_BESIDE = 100
ONLINE = ("web", "email")


class Views:
    """Page contexts of one content on one day (cards depend on freshness, hence on the day)."""

    def __init__(self, content: Content, day: date) -> None:
        self.content = content
        self.day = day
        made = {
            contact.id: card(contact, content.organisations[contact.organisation], day)
            for contact in content.contacts.values()
        }
        self.sure = {id_: sure_cards(made, content.contacts[id_]) for id_ in made}
        self.cards = {id_: replace(item, beside=self._told_beside(item)) for id_, item in made.items()}
        self.listed = tuple(item for item in self.cards.values() if is_listed(item))
        self.by_organisation: dict[str, list[str]] = {}
        for contact in content.contacts.values():
            self.by_organisation.setdefault(contact.organisation, []).append(contact.id)
        self.groups = tuple(
            GuideGroup(name, GROUP_WORDS[name], tuple(self.guide_link(guide) for guide in guides))
            for name in GROUPS
            if (guides := self._guides_of(name))
        )

    def _told_beside(self, item: Card) -> tuple[SureLine, ...]:
        """In a list of many, what is confirmed names only what somebody chose for it."""
        named = item.status != "confirmed" or self.content.contacts[item.id].beside
        return tuple(sure_line(line) for line in self.sure[item.id]) if named else ()

    def _guides_of(self, group: str) -> list[Guide]:
        return sorted((g for g in self.content.guides.values() if g.group == group), key=lambda g: (g.order, g.slug))

    def guide_link(self, guide: Guide) -> GuideLink:
        return GuideLink(guide.slug, f"/guides/{guide.slug}/", guide.title, guide.summary, guide.icon)

    def home(self) -> HomePage:
        doors = tuple(
            Door(f"/guides/{slug}/", title, summary, icon)
            for slug, title, summary, icon in DOORS
            if slug in self.content.guides
        )
        first = next(iter(self.lines_of(FIRST_LINES)), None)
        despair = next(iter(self.lines_of([DESPAIR])), None)
        return HomePage(first, despair, doors, first_lines(self.cards), self.groups)

    def lines_of(self, numbers: Iterable[str]) -> tuple[EmergencyLine, ...]:
        """Those of them that answer still."""
        known = {line.number: line for line in self.lines()}
        return tuple(known[number] for number in numbers if number in known)

    def lines(self) -> tuple[EmergencyLine, ...]:
        return tuple(shell_lines(self.cards, self.content.contacts))

    def schedules(self) -> dict[str, Schedule]:
        """What phones may say of now: the hours of what is confirmed, and of nothing else."""
        return {id_: known for id_, known in self.content.schedules.items() if self.cards[id_].status == "confirmed"}

    def guides(self) -> GuidesPage:
        return GuidesPage(self.groups)

    def guide(self, guide: Guide) -> GuidePage:
        following = self.content.guides.get(guide.next or "")
        return GuidePage(
            title=guide.title,
            summary=guide.summary,
            numbered=guide.numbered,
            intro=tuple(self._part(part) for part in guide.intro),
            steps=tuple(
                StepView(step.id, step.title, tuple(self._part(part) for part in step.parts)) for step in guide.steps
            ),
            sources=tuple(self._source(self.content.sources[id_]) for id_ in self._sources_of(guide)),
            reviewed=day_words(guide.reviewed_on),
            review_by=day_words(guide.review_by),
            next=self.guide_link(following) if following else None,
            groups=self.groups,
        )

    def _part(self, part: Part) -> PartView:
        if part.kind == "contact":
            return PartView(card=self.cards[part.value])
        if part.kind == "sorter":
            sorter = self.content.sorters[part.value]
            return PartView(sorter=sorter_view(sorter, self.cards, self.lines_of([*FIRST_TWO, DESPAIR])))
        return PartView(html=advice_html(part.value))

    def _sources_of(self, guide: Guide) -> Iterable[str]:
        """Sources a guide leans on, each once, in the order of the text; its sorter's included."""
        texts: list[str] = []
        for part in (*guide.intro, *(part for step in guide.steps for part in step.parts)):
            sorter = self.content.sorters[part.value] if part.kind == "sorter" else None
            texts += [text for o in sorter.outcomes for text in o.steps] if sorter else [part.value]
        found = [reference.id for text in texts for reference in references(text) if reference.kind == "source"]
        return dict.fromkeys(found)

    def _source(self, source: Source) -> SourceView:
        return SourceView(
            id=source.id,
            title=source.title,
            url=source.url,
            date=partial_day_words(source.date) if source.date else None,
            confidence=CONFIDENCE_WORDS[source.confidence],
            says=source.says,
        )

    def notices(self) -> NoticesPage:
        return NoticesPage(tuple(item for item in self.listed if self.can_follow(item)))

    def can_follow(self, item: Card) -> bool:
        """Whether its hours are known, and can change: emergency lines never shut."""
        return self.content.contacts[item.id].schedule is not None and not item.emergency

    def _known(self, ids: Iterable[str]) -> tuple[Card, ...]:
        return tuple(self.cards[id_] for id_ in ids if id_ in self.cards)

    def contacts(self) -> ContactsPage:
        """Lists hold what can be reached; withdrawn contacts keep a page but leave the lists."""
        rest = [item for item in self.listed if not item.emergency]
        spoken = {code for item in rest for code in item.marks.languages.split()}
        return ContactsPage(
            emergency=tuple(item for item in self.listed if item.emergency),
            talk=tuple(item for item in rest if item.kind not in ONLINE),
            online=tuple(item for item in rest if item.kind in ONLINE),
            closed=tuple(item for item in self.cards.values() if item.status == "closed"),
            languages=tuple((code, name.capitalize()) for code, name in LANGUAGE_WORDS.items() if code in spoken),
            territory=self.content.pack.territory,
        )

    def contact(self, id_: str) -> ContactPage:
        contact = self.content.contacts[id_]
        organisation = self.content.organisations[contact.organisation]
        item = self.cards[id_]
        siblings = [other for other in self.by_organisation[organisation.id] if other != id_]
        unsure = item.status in ("to_confirm", "stale", "withdrawn")
        closed = organisation.closed_on if item.status == "closed" else None
        return ContactPage(
            card=item,
            hours=self._hours(contact),
            structured=contact_json_ld(contact, organisation, self.day) if item.value_words else None,
            organisation=organisation,
            others=self._known(siblings),
            beside=self._known(line.id for line in self.sure[id_]) if unsure else (),
            aged=tuple(sure_line(line) for line in self.sure[id_]) if item.status == "confirmed" else (),
            successors=self._successors(organisation) if closed else (),
            closed_words=f"Fermé définitivement le {day_words(closed)}." if closed else None,
            confirm_by=day_words(contact.confirm_by),
            can_follow=is_listed(item) and self.can_follow(item),
            # All of them on every page would make a country's edition grow with the square of its contacts.
            list=self.listed if len(self.listed) <= MOST_BESIDE else self._known([id_, *siblings]),
        )

    def _successors(self, organisation: Organisation) -> tuple[Card, ...]:
        """Those that can be reached; where none is left, the first line that can."""
        found = tuple(item for item in self._known(organisation.successors) if is_listed(item))
        return found or first_lines(self.cards)[:1]

    def _hours(self, contact: Contact) -> HoursView | None:
        schedule = contact.schedule
        if schedule is None:
            return None
        plain = schedule.always or schedule.never_open
        lines = usual_lines(schedule) if plain else list(holiday_lines(schedule))
        return HoursView(
            rows=[] if plain else week_rows(schedule.weekly),
            lines=[
                *lines,
                *(["Sur rendez-vous"] if schedule.by_appointment else []),
                *([schedule.note] if schedule.note else []),
            ],
            coming=coming(schedule, self.day),
            checked=f"Relevés le {day_words(contact.confirmed_on)}"
            if contact.confirmed_on
            else "Jamais confirmés par nous",
        )

    def sources(self) -> SourcesPage:
        return SourcesPage(
            claims=tuple(
                ClaimView(claim.id, claim.said, claim.verdict, VERDICT_WORDS[claim.verdict], advice_html(claim.today))
                for claim in self.content.claims.values()
            ),
            sources=tuple(self._source(source) for source in self.content.sources.values()),
            territory=self.content.pack.territory,
        )

    def search(self, index: str) -> SearchPage:
        guides = [g for group in self.groups for g in group.guides]
        return SearchPage(
            guides=tuple(SearchEntry(g.href, g.title, g.summary) for g in guides),
            contacts=tuple(
                SearchEntry(item.href, item.label, summary(item))
                for item in self.cards.values()
                if item.status != "withdrawn"
            ),
            lines=self.lines_of(FIRST_TWO),
            index=index,
        )
