"""Questions that were answered beside the stars, each kept as it was worded, and what the answers come to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from json import dumps
from typing import Any

from sqlalchemy import ForeignKey, String, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk.database import Record
from helpdesk.ratings.records import Rating
from helpdesk.ratings.results import EXPORTED_MOST, Scope, Tally
from helpdesk.statements import rows
from helpdesk.tickets import Ticket

TEXTS_MOST, TEXTS_READ = 10, 200


class QuestionKind(StrEnum):
    """What sort of answer is counted."""

    STARS = "stars"
    CHOICE = "choice"
    YES_NO = "yes_no"
    TEXT = "text"


class AskedQuestion(Record):
    """A question that was answered at least once. digest: of its kind and words, so other words are another question.

    words: label by language, and options, each with its value and its labels.
    """

    __tablename__ = "survey_question"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    words: Mapped[dict[str, Any]]

    def label(self, language: str) -> str:
        return str(self.words["label"].get(language) or self.words["label"]["pl"])

    def say(self, value: str, language: str) -> str:
        """An answer in words."""
        labels = next((one for one in self.words["options"] if one["value"] == value), None)
        return str(labels.get(language) or labels["pl"]) if labels else value


class RatingAnswer(Record):
    """One answer of one rating to one question; a question with several answers has a row for each."""

    __tablename__ = "rating_answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    rating_id: Mapped[int] = mapped_column(ForeignKey("rating.id"), index=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("survey_question.id"), index=True)
    value: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Answered:
    """An answer on its way into the tables: the question as it was worded, and what was chosen or written."""

    kind: QuestionKind
    words: Mapping[str, Any]
    values: Sequence[str]

    @property
    def digest(self) -> str:
        return digest_of(self.kind.value, self.words)


@dataclass(frozen=True)
class Outcome:
    """What the answers to one question come to. counts: by value; texts: the newest ones, with the request's number."""

    question: AskedQuestion
    counts: Mapping[str, int]
    texts: Sequence[tuple[str, str]]
    number: int

    @property
    def average(self) -> float | None:
        """Of stars; of anything else there is none."""
        is_counted = self.question.kind == QuestionKind.STARS.value
        return Tally({int(value): count for value, count in self.counts.items()}).average if is_counted else None

    def share(self, value: str) -> float:
        return self.counts.get(value, 0) / self.number if self.number else 0.0


def digest_of(kind: str, words: Mapping[str, Any]) -> str:
    """What a question is known by: the same words are the same question, in whichever process they are asked."""
    return sha256(dumps([kind, words], sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def write_answers(session: Session, rating: Rating, answered: Iterable[Answered], *, is_first: bool) -> None:
    """Keep the answers beside the stars, in the place of those that were given before."""
    if not is_first:
        session.execute(delete(RatingAnswer).where(RatingAnswer.rating_id == rating.id))
    told = [one for one in answered if one.values]
    if not told:
        return
    known = {one.digest: one.id for one in session.scalars(
        select(AskedQuestion).where(AskedQuestion.digest.in_([one.digest for one in told])))}
    for one in told:
        if one.digest not in known:
            known[one.digest] = rows.add_now(session, AskedQuestion, digest=one.digest, kind=one.kind.value,
                                             words=dict(one.words))
    rows.add_all(session, RatingAnswer, [
        {"rating_id": rating.id, "question_id": known[one.digest], "value": value} for one in told
        for value in one.values])


def answers_of(session: Session, rating_ids: Collection[int], language: str) -> dict[int, list[tuple[str, str]]]:
    """By rating: each question as it was worded, and the answer in words."""
    found: dict[int, list[tuple[str, str]]] = {}
    for rating_id, value, question in session.execute(
            select(RatingAnswer.rating_id, RatingAnswer.value, AskedQuestion)
            .join(AskedQuestion, AskedQuestion.id == RatingAnswer.question_id)
            .where(RatingAnswer.rating_id.in_(list(rating_ids))).order_by(RatingAnswer.id)):
        found.setdefault(rating_id, []).append((question.label(language), question.say(value, language)))
    return found


def read_outcomes(session: Session, scope: Scope) -> list[Outcome]:
    """What every question came to that was answered in the scope, the one with most answers first."""
    narrow = scope.given()
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    for question_id, value, count in session.execute(
            select(RatingAnswer.question_id, RatingAnswer.value, func.count(RatingAnswer.id))
            .join(Rating, Rating.id == RatingAnswer.rating_id)
            .join(AskedQuestion, AskedQuestion.id == RatingAnswer.question_id)
            .where(*narrow, AskedQuestion.kind != QuestionKind.TEXT.value)
            .group_by(RatingAnswer.question_id, RatingAnswer.value)):
        counted[question_id][value] = count
    numbers: dict[int, int] = {row[0]: row[1] for row in session.execute(
        select(RatingAnswer.question_id, func.count(func.distinct(RatingAnswer.rating_id)))
        .join(Rating, Rating.id == RatingAnswer.rating_id).where(*narrow).group_by(RatingAnswer.question_id))}
    texts = _texts(session, scope)
    asked = session.scalars(select(AskedQuestion).where(AskedQuestion.id.in_(numbers))).all()
    found = [Outcome(one, counted.get(one.id, {}), texts.get(one.id, ()), numbers[one.id]) for one in asked]
    return sorted(found, key=lambda one: (-one.number, one.question.id))


def list_answers(session: Session, scope: Scope) -> tuple[list[AskedQuestion], Mapping[int, Mapping[int, list[str]]]]:
    """The questions answered in the scope, and the values by rating and question; for a file."""
    found: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    ids = set()
    ratings = select(Rating.id).where(*scope.given()).order_by(Rating.given_at).limit(EXPORTED_MOST)
    for rating_id, question_id, value in session.execute(
            select(RatingAnswer.rating_id, RatingAnswer.question_id, RatingAnswer.value)
            .where(RatingAnswer.rating_id.in_(ratings)).order_by(RatingAnswer.id)):
        found[rating_id][question_id].append(value)
        ids.add(question_id)
    asked = session.scalars(select(AskedQuestion).where(AskedQuestion.id.in_(ids)).order_by(AskedQuestion.id)).all()
    return list(asked), found


def _texts(session: Session, scope: Scope) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for question_id, value, number in session.execute(
            select(RatingAnswer.question_id, RatingAnswer.value, Ticket.number)
            .join(Rating, Rating.id == RatingAnswer.rating_id).join(Ticket, Ticket.id == Rating.ticket_id)
            .join(AskedQuestion, AskedQuestion.id == RatingAnswer.question_id)
            .where(*scope.given(), AskedQuestion.kind == QuestionKind.TEXT.value)
            .order_by(Rating.given_at.desc(), RatingAnswer.id).limit(TEXTS_READ)):
        if len(found[question_id]) < TEXTS_MOST:
            found[question_id].append((value, number))
    return found
