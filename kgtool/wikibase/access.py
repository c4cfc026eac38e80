"""The API of a Wikibase, through wikibaseintegrator (https://www.mediawiki.org/wiki/Wikibase/API)."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

from kgtool import __version__
from kgtool.errors import ServiceError, UsageError
from kgtool.extras import missing_extra
from kgtool.wikibase.applying import Refused, Unclear

try:
    import requests
    from wikibaseintegrator import wbi_helpers, wbi_login
    from wikibaseintegrator.wbi_exceptions import (
        MaxRetriesReachedException,
        MWApiError,
        NonExistentEntityError,
    )
except ImportError as error:
    raise missing_extra("asking a Wikibase", "wikidata", error) from error

TOKEN = "KGTOOL_WIKIBASE_TOKEN"
USER, PASSWORD = "KGTOOL_WIKIBASE_USER", "KGTOOL_WIKIBASE_PASSWORD"
_AGENT = f"kgtool/{__version__}"
#: Entities that one request may ask for.
_BATCH = 50
#: Seconds behind which replicas may be before edits wait for them.
_MAXLAG = 5
_TIMEOUT = 60
#: How often a request that was not taken is repeated, and the longest pause before, in seconds.
_TRIES = 8
#: How often a question that got no answer is asked.
_QUESTIONS = 3
_LONGEST = 120.0
#: Errors after which nothing has been done, and which pass by themselves.
_PASSING = ("maxlag", "ratelimited", "readonly", "actionthrottledtext")


class PatientSession(requests.Session):
    """Waits before edits, as often as is allowed, and where the Wikibase asks to wait.

    Only what has surely not been done is repeated here.
    """

    def __init__(
        self, per_minute: float, note: Callable[[str], None], sleep: Callable[[float], None]
    ) -> None:
        super().__init__()
        self._pause = 60 / per_minute
        self._note = note
        self._sleep = sleep
        self._last = 0.0

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """As of requests.Session."""
        kwargs.setdefault("timeout", _TIMEOUT)
        is_edit = (kwargs.get("data") or {}).get("action") == "wbeditentity"
        for attempt in range(_TRIES):
            if is_edit:
                self._sleep(max(0.0, self._last + self._pause - time.monotonic()))
                self._last = time.monotonic()
            response = super().request(method, url, *args, **kwargs)
            why = _reason_to_wait(response)
            if why is None or attempt == _TRIES - 1:
                break
            seconds = min(_asked_for(response) or 2.0**attempt, _LONGEST)
            self._note(f"the Wikibase asks to wait ({why}): {seconds:g} s")
            self._sleep(seconds)
        return response


def _reason_to_wait(response: requests.Response) -> str | None:
    """Why nothing was done now, and may be later; None for any other answer."""
    if response.status_code == requests.codes.too_many_requests:
        return "too many requests"
    error = _error(response)
    names = [error.get("code"), *(each.get("name") for each in error.get("messages", ()))]
    return next((name for name in names if name in _PASSING), None)


def _error(response: requests.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, dict) else {}


def _asked_for(response: requests.Response) -> float | None:
    """The seconds that the answer asks to wait."""
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else None


class _TokenLogin(wbi_login._Login):  # type: ignore[misc]
    """An OAuth 2 access token that belongs to one account."""

    def __init__(self, token: str, session: requests.Session, api: str) -> None:
        session.headers["Authorization"] = f"Bearer {token}"
        super().__init__(session=session, mediawiki_api_url=api, user_agent=_AGENT)


class Access:
    """A Wikibase by the address of its API. Edits need ``log_in``.

    ``per_minute`` bounds the edits; ``note`` is told of each wait.
    """

    def __init__(
        self,
        api: str,
        *,
        per_minute: float = 60,
        note: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        logging.getLogger("wikibaseintegrator").addHandler(logging.NullHandler())
        logging.getLogger("wikibaseintegrator").propagate = False
        self.api = api
        self.sleep = sleep
        self._session = PatientSession(per_minute, note, sleep)
        self._login: wbi_login._Login | None = None
        self._user = ""

    def log_in(self) -> None:
        """With what the environment has. Raises UsageError where that is nothing, or refused."""
        token, user = os.environ.get(TOKEN), os.environ.get(USER)
        try:
            if token:
                self._login = _TokenLogin(token, self._session, self.api)
            elif user:
                self._log_in_with_password(user, os.environ.get(PASSWORD, ""))
            else:
                raise UsageError(
                    "edits need the token of a bot",
                    expected=f"an OAuth 2 access token in {TOKEN}, or a bot password in {USER} "
                    f"and {PASSWORD}",
                )
        except wbi_login.LoginError as error:
            raise UsageError(f"the Wikibase does not let us in: {error}") from None
        except (requests.RequestException, ValueError, KeyError) as error:
            self._fail(error)
        answer = self._call({"action": "query", "meta": "userinfo"})
        self._user = answer["query"]["userinfo"]["name"]

    def _log_in_with_password(self, user: str, password: str) -> None:
        login = wbi_login.Login(user, password, mediawiki_api_url=self.api, user_agent=_AGENT)
        self._session.cookies.update(login.get_session().cookies)
        login.session = self._session
        self._login = login

    def entities(self, ids: Iterable[str]) -> Iterator[dict[str, Any]]:
        """The documents of items, without those that are not there. Raises ServiceError."""
        known = list(dict.fromkeys(ids))
        for start in range(0, len(known), _BATCH):
            batch = known[start : start + _BATCH]
            try:
                answer = self._call({"action": "wbgetentities", "ids": "|".join(batch)})
            except NonExistentEntityError:  # one of them is of no possible id
                if len(batch) > 1:
                    yield from (found for id_ in batch for found in self.entities([id_]))
                continue
            for document in answer["entities"].values():
                if "missing" not in document:
                    yield document

    def edit(
        self, document: dict[str, Any], id_: str | None, revision: int | None, summary: str
    ) -> str:
        """Makes an item, or changes one as of a revision; its id.

        Raises Refused, Unclear, and ServiceError.
        """
        try:
            answer = wbi_helpers.edit_entity(
                document, id_, "item", baserevid=revision, summary=summary, is_bot=True,
                login=self._login, mediawiki_api_url=self.api, user_agent=_AGENT,
                max_retries=1, retry_after=0, maxlag=_MAXLAG,
            )  # fmt: skip
            return str(answer["entity"]["id"])
        except MWApiError as error:
            raise Refused(error.code or "", error.info or str(error)) from None
        except (MaxRetriesReachedException, requests.RequestException, ValueError, KeyError) as e:
            raise Unclear(str(e)) from None

    def item_of_edit(self, summary: str) -> str | None:
        """The item that an edit of ours with this summary was of. Raises ServiceError."""
        answer = self._call(
            {"action": "query", "list": "usercontribs", "ucuser": self._user, "uclimit": "500",
             "ucprop": "title|comment"}
        )  # fmt: skip
        for each in answer["query"]["usercontribs"]:
            if summary in each.get("comment", ""):
                return str(each["title"]).rpartition(":")[2]
        return None

    def _call(self, data: dict[str, Any]) -> dict[str, Any]:
        for attempt in range(_QUESTIONS):
            try:
                answer: dict[str, Any] = wbi_helpers.mediawiki_api_call(
                    "POST", self.api, self._session, 1, 0, data=dict(data),
                    headers={"User-Agent": wbi_helpers.get_user_agent(_AGENT)},
                )  # fmt: skip
                return answer
            except NonExistentEntityError:
                raise
            except MWApiError as error:
                self._fail(error)
            except (MaxRetriesReachedException, requests.RequestException, ValueError) as error:
                if attempt == _QUESTIONS - 1:
                    self._fail(error)
                self.sleep(min(2.0**attempt, _LONGEST))
        raise AssertionError

    def _fail(self, error: Exception) -> NoReturn:
        raise ServiceError(f"{self.api} does not answer as it should: {error}") from None
