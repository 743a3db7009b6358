import contextlib
import hmac
import json

import jwt
import pytest
from gateway_world import NOW, OTHER_SECRET, SECRET, claims, part, quickly, signed, token
from hypothesis import given
from hypothesis import strategies as st

from ambient_contracts.tokens import HEADER
from webhook_gateway.domain.tokens import InvalidTokenError, check_token


def check(candidate: str, secret: bytes | None = SECRET) -> str:
    return check_token(candidate, secret, project="harbour", now=NOW).bot


def test_a_token_of_the_projects_bot_names_the_bot() -> None:
    assert check(token()) == "jira"


def test_a_token_that_another_library_signed_is_the_same() -> None:
    made = jwt.encode(claims(), SECRET, algorithm="HS256", headers={"kid": "1"})
    assert check(made) == "jira"


@pytest.mark.parametrize("head", [{"alg": "HS256"}, {"alg": "HS256", "typ": "JWT"}])
def test_a_header_may_leave_out_what_it_need_not_say(head: dict[str, str]) -> None:
    assert check(signed(head, claims())) == "jira"


@pytest.mark.parametrize(
    "head",
    [
        {**HEADER, "alg": "none"},
        {**HEADER, "alg": "None"},
        {**HEADER, "alg": "HS384"},
        {**HEADER, "alg": "HS512"},
        {**HEADER, "alg": "RS256"},
        {**HEADER, "alg": "ES256"},
        {**HEADER, "alg": "hs256"},
        {**HEADER, "alg": ["HS256"]},
        {**HEADER, "alg": None},
        {"typ": "JWT", "kid": "1"},
        {**HEADER, "typ": "at+jwt"},
        {**HEADER, "kid": "2"},
        {**HEADER, "kid": 1},
        {**HEADER, "kid": None},
        {**HEADER, "kid": "../../dev/null"},
        {**HEADER, "jwk": {"kty": "oct", "k": part(OTHER_SECRET)}},
        {**HEADER, "jku": "https://evil.example/keys"},
        {**HEADER, "x5u": "https://evil.example/cert"},
        {**HEADER, "x5c": ["MII"]},
        {**HEADER, "crit": ["exp"], "exp": NOW},
        {**HEADER, "b64": False},
        {**HEADER, "zip": "DEF"},
        ["HS256"],
        "HS256",
    ],
    ids=json.dumps,
)
def test_any_other_header_is_refused_though_the_signature_is_right(head: object) -> None:
    with pytest.raises(InvalidTokenError):
        check(signed(head, claims()))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"exp": NOW - 61}, "expired"),
        ({"exp": NOW - 60}, "expired"),
        ({"nbf": NOW + 61}, "not valid yet"),
        ({"iat": NOW + 61, "nbf": NOW + 61}, "not valid yet"),
        ({"iss": "somebody"}, "iss"),
        ({"aud": "ambient:other:webhooks"}, "another project"),
        ({"aud": "ambient:harbour:publish"}, "aud"),
        ({"aud": ["ambient:harbour:webhooks"]}, "aud"),
        ({"sub": "jira"}, "sub"),
        ({"sub": "system:admin"}, "sub"),
        ({"exp": "1900000000"}, "exp"),
        ({"exp": None}, "exp"),
        ({"jti": ""}, "jti"),
    ],
    ids=str,
)
def test_claims_that_are_not_valid_here_and_now_are_refused(
    changes: dict[str, object], says: str
) -> None:
    with pytest.raises(InvalidTokenError, match=says):
        check(token(**changes))


@pytest.mark.parametrize("changes", [{"exp": NOW - 59}, {"nbf": NOW + 60}])
def test_clocks_may_lie_a_minute_apart(changes: dict[str, int]) -> None:
    assert check(token(**changes)) == "jira"


@pytest.mark.parametrize("missing", ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"])
def test_every_claim_is_needed(missing: str) -> None:
    without = {name: value for name, value in claims().items() if name != missing}
    with pytest.raises(InvalidTokenError):
        check(signed(HEADER, without))


@pytest.mark.parametrize("secret", [OTHER_SECRET, None, b"", SECRET[:31]])
def test_another_projects_secret_and_none_and_a_weak_one_are_refused(secret: bytes | None) -> None:
    with pytest.raises(InvalidTokenError):
        check(token(secret=secret or b""), SECRET if secret == OTHER_SECRET else secret)


@pytest.mark.parametrize("secret", [SECRET, OTHER_SECRET, None, b"short"])
def test_what_is_checked_against_no_secret_takes_the_same_work(
    secret: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, keys = token(), []
    digest = hmac.digest

    def counted(key: bytes, message: bytes, kind: str) -> bytes:
        keys.append(len(key) >= 32)
        return digest(key, message, kind)

    monkeypatch.setattr(hmac, "digest", counted)
    with contextlib.suppress(InvalidTokenError):
        check(good, secret)
    assert keys == [True]


def test_a_signature_has_one_spelling() -> None:
    good = token()
    last = good[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    # The last of 43 characters carries four bits of signature and two that have to be zero.
    twin = alphabet[alphabet.index(last) | 1]
    with pytest.raises(InvalidTokenError, match="canonical"):
        check(good[:-1] + twin)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda good: good + "=",
        lambda good: good + "\n",
        lambda good: " " + good,
        lambda good: good.replace(".", "..", 1),
        lambda good: good + "." + good,
        lambda good: good.rpartition(".")[0] + ".",
        lambda good: good.rpartition(".")[0],
        lambda good: "." + good.partition(".")[2],
        lambda good: good.replace("-", "+").replace("_", "/") + "/",
        lambda good: "é" + good,
        lambda good: "A" * 5000 + good,
        lambda good: "",
        lambda good: part(b'{"alg":"HS256","alg":"none"}') + "." + good.partition(".")[2],
    ],
)
def test_what_is_no_canonical_token_is_refused(spoil: object) -> None:
    with pytest.raises(InvalidTokenError):
        check(spoil(token()))  # type: ignore[operator]


@quickly
@given(st.text(max_size=200) | st.from_regex(r"[\w-]{1,40}\.[\w-]{1,40}\.[\w-]{1,43}"))
def test_no_text_that_was_not_signed_is_a_token(text: str) -> None:
    with pytest.raises(InvalidTokenError):
        check(text)


@quickly
@given(st.integers(min_value=0), st.sampled_from("ABCabc019-_"))
def test_no_token_with_another_character_is_one(place: int, other: str) -> None:
    good = token()
    place %= len(good)
    if good[place] != other:
        with pytest.raises(InvalidTokenError):
            check(good[:place] + other + good[place + 1 :])
