"""People and organisations of the demonstration: who registers when, joins whom, and how verification goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from flask_security import hash_password

from marketplace.accounts.actions import create_person, grant_role
from marketplace.accounts.adapters import totp_secret
from marketplace.accounts.models import User
from marketplace.accounts.queries import account_of
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.calendar_days import review_due
from marketplace.core.config import Settings
from marketplace.core.permissions import EDIT_CONTENT, MANAGE_ORGANISATION
from marketplace.moderation.actions import sanctions
from marketplace.moderation.submission import Submission
from marketplace.organisations import actions as organisations
from marketplace.organisations.models import Organisation
from marketplace.pages.demo import review
from marketplace.pages.demo.accounts import DEMO_PASSWORD, TWO_STEP
from marketplace.pages.demo.content import Entry, read
from marketplace.pages.demo.pictures import paper
from marketplace.pages.demo.script import Script
from marketplace.values import clock
from marketplace.values.places import HANOI
from marketplace.values.text import slug
from marketplace.vocabulary import MEMBER_ROLES

MODERATORS = ("moderator@demo.example", "moderator2@demo.example")
ADMINISTRATOR = "admin@demo.example"
_TITLES = {"PGS.", "GS.", "TS.", "BS.", "Nghệ", "nhân", "Luật", "sư"}  # in front of a representative's name
_STAFF_DAYS = 345  # days ago at which the exchange's own people began


@dataclass
class World:
    """Everybody who acts. Filled while the script runs."""

    settings: Settings
    script: Script
    people: dict[str, User] = field(default_factory=dict)
    orgs: dict[str, Organisation] = field(default_factory=dict)
    editors: dict[str, list[str]] = field(default_factory=dict)  # e-mails by organisation, the founder first
    roles: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    staff: dict[str, tuple[str, ...]] = field(default_factory=dict)
    secret: str = ""
    published: dict[tuple[str, str], datetime] = field(default_factory=dict)  # by kind and title

    def public_since(self, kind: str, title: str) -> datetime:
        """Return when the listing or need whose title begins so is published. Raises LookupError when it never is."""
        for (own, whole), at in self.published.items():
            if own == kind and whole.startswith(title):
                return at
        raise LookupError(title)

    def person(self, email: str, name: str, phone: str = "") -> User:
        """Register a person with a confirmed address and the password of the demonstration."""
        self.secret = self.secret or hash_password(DEMO_PASSWORD)  # slow by design, so once for all
        made = create_person(email, name, SYSTEM, confirmed=True)
        made.password, made.phone, made.terms_accepted_at = self.secret, phone, clock.now()
        self.people[email] = made
        return made

    def acting(self, key: str, turn: int = 0) -> Actor:
        """Return one of the organisation's editors, acting for it; `turn` lets colleagues share the work."""
        emails, organisation = self.editors[key], self.orgs[key]
        email = emails[turn % len(emails)]
        user = self.people[email]
        return Actor(
            user_id=user.id, name=user.name, email=email, org_id=organisation.id, org_name=organisation.name,
            org_verified=organisation.verified, org_roles=frozenset(self.roles[email, key]),
            org_ids=frozenset({organisation.id}),
        )

    def officer(self, email: str) -> Actor:
        """Return a person of the exchange's own staff."""
        user = self.people[email]
        return Actor(user_id=user.id, name=user.name, email=email, staff_roles=frozenset(self.staff[email]))

    def moderator(self, turn: int) -> Actor:
        """Return one of the moderators."""
        return self.officer(MODERATORS[turn % len(MODERATORS)])


def write_people_and_organisations(world: World) -> None:
    """Write the lines of everybody's coming."""
    people = read("people")
    for person in people:
        if "staff" in person:
            world.script.add(world.script.day(_STAFF_DAYS, 8), partial(_staff, world, person))
    for number, entry in enumerate(read("organisations")):
        own = [person for person in people if person.get("org") == entry["key"]]
        _Coming(world, entry, number, own).write()


def _staff(world: World, person: Entry) -> None:
    user = world.person(person["email"], person["name"])
    world.staff[user.email] = tuple(person["staff"])
    if user.email == TWO_STEP:
        user.tf_primary_method, user.tf_totp_secret = "authenticator", totp_secret()
    for role in person["staff"]:
        grant_role(user.email, role, "Phân công khi sàn bắt đầu vận hành", SYSTEM)


@dataclass
class _Coming:
    """How one organisation comes: founder, profile, documents, verification, colleagues."""

    world: World
    entry: Entry
    number: int
    own: list[Entry]

    @property
    def key(self) -> str:
        """The organisation's key in the data files."""
        return str(self.entry["key"])

    def write(self) -> None:
        """Write the lines up to where verification stands."""
        script, days, story = self.world.script, self.entry["days"], self.entry.get("story", "verified")
        begin = script.day(days, 8 + self.number % 4, self.number * 7 % 60)
        script.add(begin, self.found)
        script.add(begin + timedelta(minutes=35), self.describe)
        if story == "draft":
            return
        submitted = begin + timedelta(minutes=70)
        script.add(submitted, self.submit)
        if story == "submitted":
            return
        claimed = script.office(submitted, 1, self.number * 11 % 240)
        script.add(claimed, lambda: review.claim(self.subject(), self.moderator()))
        script.add(claimed + timedelta(minutes=25), lambda: self.decide(story))
        for person in self.own:
            if not MANAGE_ORGANISATION.held_by(person["roles"]):
                self.write_joining(person, claimed + timedelta(days=1))
        if story == "suspended":
            script.add(script.day(9, 10), self.suspend)

    def moderator(self) -> Actor:
        """Return who reviews this organisation."""
        return self.world.moderator(self.number)

    def subject(self) -> Submission:
        """Return the organisation as moderation sees it."""
        organisation = self.world.orgs[self.key]
        return Submission("organisation", organisation, organisation)

    def found(self) -> None:
        """Register the founder and create the organisation."""
        founder = next((person for person in self.own if MANAGE_ORGANISATION.held_by(person["roles"])), None)
        name = " ".join(word for word in self.entry["representative"].split() if word not in _TITLES)
        words = slug(name).split("-")
        email = founder["email"] if founder else f"{words[-1]}.{words[0]}@{self.key}.example"
        user = self.world.person(email, founder["name"] if founder else name, founder.get("phone", "") if founder else "")
        made = organisations.create(account_of(user), kind=self.entry["kind"], name=self.entry["name"])
        self.world.orgs[self.key], self.world.editors[self.key] = made, [email]
        self.world.roles[email, self.key] = tuple(MEMBER_ROLES.codes)

    def describe(self) -> None:
        """Fill in the profile and add the proof of existence."""
        entry, organisation, actor = self.entry, self.world.orgs[self.key], self.world.acting(self.key)
        values = {
            "name_en": entry.get("name_en", ""), "tax_code": entry["tax_code"],
            "legal_representative": entry["representative"], "representative_title": entry["title"],
            "province_code": entry.get("province", HANOI), "ward_code": entry["ward"], "street": entry["street"],
            "field_codes": entry["fields"], "description": entry["description"],
            "description_en": entry.get("description_en", ""), "website": f"https://{self.key}.example",
            "email": f"lien-he@{self.key}.example", "phone": f"024 3900 {1000 + self.number * 7}",
        }
        organisations.change(organisation, actor, values)
        if entry["kind"] != "individual" and entry.get("story") != "draft":
            kind = "establishment" if entry["kind"] in {"agency", "institute", "university"} else "registration"
            organisations.add_document(organisation, actor, paper("giay-to-minh-hoa.pdf"), kind, "Bản quét minh họa")

    def submit(self) -> None:
        """Send the organisation to verification."""
        organisation = self.world.orgs[self.key]
        due = review_due(organisation.subject_kind, clock.now(), clock.PUBLIC)
        organisations.submit(organisation, self.world.acting(self.key), due)

    def decide(self, story: str) -> None:
        """Verify, ask for information, or reject."""
        action = {"needs_info": "request_changes", "rejected": "reject"}.get(story, "approve")
        words = (self.entry["reason_code"], self.entry["reason"]) if action != "approve" else ("", "")
        review.decide(self.subject(), self.moderator(), action, *words)

    def suspend(self) -> None:
        """Suspend the organisation, with everything it has published."""
        sanctions.sanction(
            "organisation", self.world.orgs[self.key], "suspend", self.moderator(),
            self.entry["reason_code"], self.entry["reason"],
        )

    def write_joining(self, person: Entry, at: datetime) -> None:
        """Let the founder invite a colleague, who accepts an hour later."""
        self.world.script.add(at, lambda: self.join(person))

    def join(self, person: Entry) -> None:
        """Register the colleague, invite and accept."""
        user = self.world.person(person["email"], person["name"], person.get("phone", ""))
        organisation = self.world.orgs[self.key]
        invitation = organisations.invite(organisation, self.world.acting(self.key), user.email, person["roles"])
        organisations.accept(invitation, account_of(user))
        self.world.roles[user.email, self.key] = tuple(person["roles"])
        if EDIT_CONTENT.held_by(person["roles"]):
            self.world.editors[self.key].append(user.email)
