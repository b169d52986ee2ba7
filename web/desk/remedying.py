"""One-click remedies: what one would change, and then doing it."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from authoring import impact_job, remedies
from authoring.impact import preview
from authoring.remedies import BOOST, PHRASING, PIN, SYNONYM, VERBS, WORD, Remedy
from kb import access, articles, impact_runs
from kb.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from kb.models.knowledge import Article
from kb.models.steering import ImpactRun
from search import glossary
from web import current, errors
from web.desk import effects, frame
from web.desk.blueprint import desk
from web.desk.effects import Effect
from web.locale import gettext

MAX_QUESTION = 400
SECONDS = 2.0
"""How long a page asks before it shows what there is and leaves the rest to a job."""


@desk.get("/remedies", endpoint="remedy")
def show() -> ResponseReturnValue:
    """Show what a remedy would change; nothing is saved."""
    current.require("article.see")
    with current.reading() as session:
        q, article = _asked(session)
        try:
            remedy = remedies.checked(_remedy(article))
        except Invalid as error:
            return _page(session, q, article, None, fault=errors.sentence(error)), 400
        return _page(session, q, article, remedy)


@desk.post("/remedies", endpoint="remedy_post")
def carry_out() -> ResponseReturnValue:
    """Do what was looked at."""
    verb = VERBS.get(request.form.get("kind", ""))
    if verb is None:
        raise Invalid("refused", field="kind")
    current.require(verb)
    with current.reading() as session:
        q, article = _asked(session)
    try:
        with current.writing() as session:
            remedy = remedies.checked(_remedy(article))
            _apply(session, remedy)
    except (NotFound, Forbidden):
        raise
    except (Invalid, Conflict) as error:
        with current.reading() as session:
            page = _page(session, q, article, None, fault=errors.sentence(error))
            return page, errors.status_of(error)
    current.parts().finding.wake()
    return frame.back("why", "remedied", article_id=article.id, q=q)


def _asked(session: Session) -> tuple[str, Article]:
    """Return the question and the article that the remedy is about. Raises NotFound."""
    q = request.values.get("q", "").strip()[:MAX_QUESTION]
    return q, articles.get(session, current.whole("article") or 0)


def _remedy(article: Article) -> Remedy:
    values = request.values
    try:
        boost = float(values.get("boost", "") or 0)
    except ValueError as error:
        raise Invalid("number_invalid", field="boost") from error
    return Remedy(
        kind=values.get("kind", ""),
        article_id=article.id,
        text=values.get("text", ""),
        words=tuple(values.getlist("words")),
        boost=boost,
    )


def _apply(session: Session, remedy: Remedy) -> None:
    """Do it; a look that has not come to its end goes on as a check that tells the agent."""
    article, was = articles.get(session, remedy.article_id), glossary.texts(session)
    boost, live = article.boost, article.live_version
    run = _run(session, impact_job.remedy(remedy, article))
    remedies.apply(session, remedy, actor=current.actor(), now=current.now())
    if run is None:
        return
    known = impact_job.impact_of(session, run).worse
    unfinished = run.done_at is None
    impact_runs.drop(session, user_id=run.user_id, digest=run.digest)
    if not unfinished:
        return
    if remedy.kind in (SYNONYM, WORD):
        subject = impact_job.words_before(was, known=known)
    else:
        subject = impact_job.article_live(article, was=live, boost=boost, known=known)
    impact_job.later(session, subject, user_id=run.user_id, now=current.now())


def _run(session: Session, subject: impact_job.Subject) -> ImpactRun | None:
    me = current.user()
    digest = impact_job.digest_of(subject)
    number = me.id if me else 0
    return impact_runs.latest(session, user_id=number, digest=digest, now=current.now())


def _page(
    session: Session, q: str, article: Article, remedy: Remedy | None, *, fault: str = ""
) -> str:
    effect, going, down = None, "", False
    if remedy is not None:
        try:
            effect, going = _look(session, remedy, article)
        except Unavailable:
            down = True
    return render_template(
        "desk/impact.html",
        q=q,
        article={"id": article.id, "title": article.question},
        does=_words(remedy, article.question) if remedy else "",
        fields=_fields(remedy, q) if remedy else [],
        can=remedy is not None and access.can(current.actor(), VERBS[remedy.kind]),
        effect=effect,
        going=going,
        down=down,
        fault=fault,
        here_url=request.full_path,
        back_url=url_for("desk.why", article_id=article.id, q=q),
    )


def _look(session: Session, remedy: Remedy, article: Article) -> tuple[Effect, str]:
    """Return what a remedy would change, and where the rest is shown; "" when that is all.

    What takes longer than a page may take is asked by a job. Raises Unavailable.
    """
    subject = impact_job.remedy(remedy, article)
    run = _run(session, subject)
    if run is not None:
        return _so_far(session, run)
    rehearsal = current.parts().finding.rehearsal(session, now=current.now())
    edit = remedies.edit_of(session, rehearsal, remedy)
    near = remedies.near(remedy)
    impact = preview(session, rehearsal, edit, now=current.now(), seconds=SECONDS, near=near)
    me = current.user()
    if impact.complete or me is None:
        return effects.effect(session, impact), ""
    with current.writing() as session:
        run = impact_job.later(session, subject, user_id=me.id, now=current.now(), begun=impact)
        return _so_far(session, run)


def _so_far(session: Session, run: ImpactRun) -> tuple[Effect, str]:
    going = url_for("desk.remedy_progress", run_id=run.id) if run.done_at is None else ""
    return effects.effect(session, impact_job.impact_of(session, run)), going


@desk.get("/remedies/progress/<int:run_id>", endpoint="remedy_progress")
def progress(run_id: int) -> ResponseReturnValue:
    """Return the part of the page that changes while the rest is asked."""
    current.require("article.see")
    me = current.user()
    with current.reading() as session:
        run = session.get(ImpactRun, run_id)
        if run is None or me is None or run.user_id != me.id or not impact_job.is_look(run):
            raise NotFound(run=run_id)
        effect, going = _so_far(session, run)
        return render_template("desk/_impact_going.html", effect=effect, going=going)


def _fields(remedy: Remedy, q: str) -> list[tuple[str, str]]:
    """Return the hidden fields that carry the remedy on."""
    fields = [("kind", remedy.kind), ("article", str(remedy.article_id)), ("q", q)]
    fields += [("words", word) for word in remedy.words]
    return [*fields, ("text", remedy.text), ("boost", f"{remedy.boost:g}")]


def _words(remedy: Remedy, title: str) -> str:
    """Return what the remedy does, as the head of its page."""
    words = "、".join(f"“{word}”" for word in remedy.words)
    sentences = {
        PHRASING: gettext("给“%(title)s”加一个相似问：“%(text)s”", title=title, text=remedy.text),
        SYNONYM: gettext("把%(words)s当作同义词", words=words),
        WORD: gettext("把%(words)s当作一个词，不拆开", words=words),
        PIN: gettext("这样问时把“%(title)s”排在第一：“%(text)s”", title=title, text=remedy.text),
        BOOST: gettext("把“%(title)s”的位置调到%(n)s", title=title, n=f"{remedy.boost:+g}"),
    }
    return sentences[remedy.kind]
