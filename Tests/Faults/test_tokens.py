"""Who may call: tokens that are good, forged, stale, for something else; keys that change while the server serves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import subprocess
import time
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from client import Client, Reply
from front_door import OTHER_SECRET, POSTS, PROBES, READS, SECRET, Call
from raw import RawConnection
from server import Server, free_port, poll
from test_settings import BAD_USAGE, run

ISSUER, AUDIENCE = "https://issuer.test", "dealhealth"
KEY_ID, OTHER_KEY_ID = "key-1", "key-2"
KEYS = json.dumps({KEY_ID: SECRET, OTHER_KEY_ID: OTHER_SECRET})
STRICT = {"JWT_SECRET": KEYS, "JWT_ISSUER": ISSUER, "JWT_AUDIENCE": AUDIENCE, "READS_PROTECTED": "true"}
# The files of secrets are looked at every five seconds.
ROTATION_SECONDS = 10.0


# MARK: tokens as an attacker makes them

def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def good_header(**changes: Any) -> dict[str, Any]:
    return changed({"alg": "HS256", "typ": "JWT", "kid": KEY_ID}, changes)


def good_claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    return changed({
        "sub": "tester", "scope": "deals:read events:write", "iat": now, "exp": now + 600, "iss": ISSUER, "aud": AUDIENCE,
    }, changes)


def changed(members: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`members` with `changes`; what is changed to None is not there."""
    return {name: value for name, value in (members | changes).items() if value is not None}


def signed(header: dict[str, Any] | str, claims: dict[str, Any] | str, secret: str = SECRET, hash_name: str = "sha256") -> str:
    """A token of any header and claims, or of their texts; signed with our own secret, unless said, so that nothing but the rule
    that it breaks refuses it."""
    texts = [part if isinstance(part, str) else json.dumps(part) for part in (header, claims)]
    text = ".".join(base64url(part.encode()) for part in texts)
    return f"{text}.{base64url(hmac.new(secret.encode(), text.encode(), hash_name).digest())}"


def with_header(**changes: Any) -> str:
    return signed(good_header(**changes), good_claims())


def with_claims(**changes: Any) -> str:
    return signed(good_header(), good_claims(**changes))


def in_claims(old: str, new: str) -> str:
    """Claims whose text has `new` where it had `old`: for JSON that `json` would not write."""
    text = json.dumps(good_claims())
    assert old in text
    return signed(good_header(), text.replace(old, new, 1))


def unsigned(algorithm: str) -> str:
    return f"{base64url(json.dumps(good_header(alg=algorithm)).encode())}.{base64url(json.dumps(good_claims()).encode())}."


def resigned_parts(change: Callable[[str, str, str], str]) -> str:
    return change(*signed(good_header(), good_claims()).split("."))


def other_last_letter(signature: str) -> str:
    """The same bytes in base64url, but for two bits at the end that stand for nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return signature[:-1] + alphabet[alphabet.index(signature[-1]) ^ 1]


def soon(seconds: int) -> int:
    return int(time.time()) + seconds


ATTACKS: dict[str, Callable[[], str]] = {
    # the algorithm
    "alg none, no signature": lambda: unsigned("none"),
    "alg None": lambda: unsigned("None"),
    "alg nOnE": lambda: unsigned("nOnE"),
    "alg none, with a signature": lambda: with_header(alg="none"),
    "alg empty": lambda: with_header(alg=""),
    "alg null": lambda: signed('{"alg":null,"typ":"JWT","kid":"key-1"}', good_claims()),
    "alg missing": lambda: with_header(alg=None),
    "alg hs256": lambda: with_header(alg="hs256"),
    "alg a list": lambda: with_header(alg=["HS256"]),
    "alg twice": lambda: signed('{"alg":"none","alg":"HS256","typ":"JWT","kid":"key-1"}', good_claims()),
    "HS512 with our secret": lambda: signed(good_header(alg="HS512"), good_claims(), hash_name="sha512"),
    "HS384 with our secret": lambda: signed(good_header(alg="HS384"), good_claims(), hash_name="sha384"),
    "HS512 said, HS256 done": lambda: with_header(alg="HS512"),
    "HS256 said, HS512 done": lambda: signed(good_header(), good_claims(), hash_name="sha512"),
    "RS256 confusion": lambda: with_header(alg="RS256"),
    "ES256 with r and s of zero": lambda: unsigned("ES256") + base64url(bytes(64)),
    "PS256": lambda: with_header(alg="PS256"),
    "EdDSA": lambda: with_header(alg="EdDSA"),
    # the key
    "wrong key": lambda: signed(good_header(), good_claims(), "not-the-secret-of-this-server-0123456789abcdef"),
    "empty key": lambda: signed(good_header(), good_claims(), ""),
    "the other key under this id": lambda: signed(good_header(), good_claims(), OTHER_SECRET),
    "the whole setting as the key": lambda: signed(good_header(), good_claims(), KEYS),
    "kid missing": lambda: with_header(kid=None),
    "kid unknown": lambda: with_header(kid="key-3"),
    "kid empty": lambda: with_header(kid=""),
    "kid a number": lambda: with_header(kid=1),
    "kid a list": lambda: with_header(kid=[KEY_ID]),
    "kid a path, empty key": lambda: signed(good_header(kid="../../../../dev/null"), good_claims(), ""),
    "kid a path, NUL byte": lambda: signed(good_header(kid="key-1\0/dev/null"), good_claims()),
    "kid SQL": lambda: signed(good_header(kid="x' UNION SELECT 'key"), good_claims(), "key"),
    "kid a command": lambda: with_header(kid="key-1|sleep 10"),
    "kid with a blank": lambda: with_header(kid="key-1 "),
    "kid in capitals": lambda: with_header(kid="KEY-1"),
    "jwk": lambda: with_header(jwk={"kty": "oct", "k": base64url(SECRET.encode())}),
    "jku": lambda: with_header(jku="http://127.0.0.1:1/keys"),
    "x5u": lambda: with_header(x5u="http://127.0.0.1:1/chain"),
    "x5c": lambda: with_header(x5c=["MIIB"]),
    "crit": lambda: with_header(crit=["exp"]),
    "crit empty": lambda: with_header(crit=[]),
    "b64 false": lambda: with_header(b64=False, crit=["b64"]),
    "zip": lambda: with_header(zip="DEF"),
    "enc": lambda: with_header(enc="A128GCM"),
    "typ other": lambda: with_header(typ="at+jwt"),
    # time
    "exp missing": lambda: with_claims(exp=None),
    "exp null": lambda: in_claims('"exp": ', '"exp": null, "expires": '),
    "exp float": lambda: with_claims(exp=soon(600) + 0.5),
    "exp with an exponent": lambda: in_claims('"exp": ', '"exp": 9e9, "x": '),
    "exp huge": lambda: with_claims(exp=1 << 62),
    "exp beyond 64 bits": lambda: with_claims(exp=1 << 64),
    "exp of 400 digits": lambda: in_claims('"exp": ', f'"exp": {"9" * 400}, "x": '),
    "exp infinite": lambda: in_claims('"exp": ', '"exp": Infinity, "x": '),
    "exp negative": lambda: with_claims(exp=-1),
    "exp zero": lambda: with_claims(exp=0),
    "exp a string": lambda: with_claims(exp=str(soon(600))),
    "exp true": lambda: with_claims(exp=True),
    "exp twice": lambda: in_claims('"exp": ', f'"exp": {soon(-600)}, "exp": '),
    "exp escaped, twice": lambda: in_claims('"exp": ', f'"\\u0065xp": {soon(-600)}, "exp": '),
    "expired": lambda: with_claims(exp=soon(-1)),
    "expired long ago": lambda: with_claims(exp=1_000_000_000),
    "nbf ahead": lambda: with_claims(nbf=soon(300)),
    "nbf a string": lambda: with_claims(nbf="0"),
    "nbf negative": lambda: with_claims(nbf=-1),
    "iat ahead": lambda: with_claims(iat=soon(300)),
    "iat float": lambda: with_claims(iat=1.5),
    # who and for whom
    "iss wrong": lambda: with_claims(iss="https://issuer.test.evil"),
    "iss missing": lambda: with_claims(iss=None),
    "iss a list": lambda: with_claims(iss=[ISSUER]),
    "aud wrong": lambda: with_claims(aud="somebody"),
    "aud missing": lambda: with_claims(aud=None),
    "aud empty list": lambda: with_claims(aud=[]),
    "aud list of others": lambda: with_claims(aud=["somebody", "dealhealth2"]),
    "aud nested": lambda: with_claims(aud=[[AUDIENCE]]),
    "sub missing": lambda: with_claims(sub=None),
    "sub empty": lambda: with_claims(sub=""),
    "sub a number": lambda: with_claims(sub=7),
    "sub with a line feed": lambda: with_claims(sub="a\r\nX: y"),
    "sub of 256 bytes": lambda: with_claims(sub="s" * 256),
    "scope missing": lambda: with_claims(scope=None),
    "scope a list": lambda: with_claims(scope=["events:write"]),
    # form
    "padded": lambda: resigned_parts(lambda h, p, s: f"{h}.{p}.{s}="),
    "padded payload": lambda: padded_payload(),
    "ordinary base64": lambda: signed(good_header(), good_claims()).replace("-", "+").replace("_", "/") + "+",
    "bits that stand for nothing": lambda: resigned_parts(lambda h, p, s: f"{h}.{p}.{other_last_letter(s)}"),
    "signature cut": lambda: resigned_parts(lambda h, p, s: f"{h}.{p}.{s[:-4]}"),
    "signature empty": lambda: resigned_parts(lambda h, p, s: f"{h}.{p}."),
    "signature twice": lambda: resigned_parts(lambda h, p, s: f"{h}.{p}.{s}{s}"),
    "signature zero": lambda: resigned_parts(lambda h, p, s: f"{h}.{p}.{base64url(bytes(32))}"),
    "payload changed": lambda: resigned_parts(
        lambda h, p, s: f"{h}.{base64url(json.dumps(good_claims(scope='admin')).encode())}.{s}"),
    "two parts": lambda: resigned_parts(lambda h, p, s: f"{h}.{p}"),
    "four parts": lambda: resigned_parts(lambda h, p, s: f"{h}.{p}.{s}.{s}"),
    "five parts, as a JWE": lambda: resigned_parts(lambda h, p, s: f"{h}..{p}.{p}.{s}"),
    "dots": lambda: "..",
    "one letter": lambda: "x",
    "JSON serialization": lambda: json.dumps({"payload": "e30", "signatures": []}),
    "header no object": lambda: signed('["HS256"]', good_claims()),
    "claims no object": lambda: signed(good_header(), "[]"),
    "claims cut": lambda: signed(good_header(), json.dumps(good_claims())[:-1]),
    "claims and more": lambda: signed(good_header(), json.dumps(good_claims()) + "{}"),
    "claims of deep lists": lambda: signed(good_header(), '{"a":' + "[" * 1_000 + "]" * 1_000 + "}"),
    "claims with a surrogate": lambda: in_claims('"sub": "tester"', '"sub": "\\ud800"'),
    "a blank inside": lambda: resigned_parts(lambda h, p, s: f"{h}. {p}.{s}"),
    "a comma behind": lambda: signed(good_header(), good_claims()) + ",",
    "two tokens": lambda: f"{signed(good_header(), good_claims())}, {signed(good_header(), good_claims())}",
    "5 KiB": lambda: with_claims(padding="x" * 3_800),
    "12 KiB": lambda: "x" * 12_000,
}


def padded_payload() -> str:
    """Signed as it stands, padding and all."""
    header = base64url(json.dumps(good_header()).encode())
    payload = base64.urlsafe_b64encode(json.dumps(good_claims(x="1")).encode()).decode()
    text = f"{header}.{payload if payload.endswith('=') else payload + '===='}"
    return f"{text}.{base64url(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest())}"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def minted(binary: Path, scope: str, env: dict[str, str], *more: str) -> str:
    """What `dealhealth token` prints."""
    result = run(binary, "token", "--subject", "tester", "--scope", scope, *more, env=env)
    assert result.returncode == 0 and result.stderr == "", result
    assert result.stdout.count("\n") == 1 and len(result.stdout.split()) == 1, f"not the token alone: {result.stdout!r}"
    return result.stdout.strip()


def assert_refused(reply: Reply, status: int, what: str) -> None:
    assert reply.status == status, f"{what}: {reply}"
    assert reply.headers["www-authenticate"].startswith("Bearer "), f"{what}: {reply.headers}"


@pytest.fixture(scope="module")
def strict(binary: Path, module_work: Path) -> Iterator[Server]:
    """A server that asks for everything: two keys, an issuer, an audience, reads too."""
    with Server(binary, module_work / "strict", STRICT).start() as server:
        yield server


# MARK: tests

@pytest.mark.parametrize("call", POSTS, ids=[call.name for call in POSTS])
def test_posts_need_their_scope(call: Call, binary: Path, strict: Server) -> None:
    with strict.client() as client:
        assert_refused(call.send(client, {}), 401, "no token")
        assert_refused(call.send(client, {"Authorization": "Basic YTpi"}), 401, "another scheme")
        assert_refused(call.send(client, bearer("nonsense")), 401, "nonsense")
        assert_refused(call.send(client, bearer(minted(binary, "deals:read", STRICT))), 403, "a reader's token")
        for scope in ("events:write", "admin", "deals:read events:write"):
            reply = call.send(client, bearer(minted(binary, scope, STRICT)))
            assert reply.status == 200, f"{scope}: {reply}"


@pytest.mark.parametrize("call", READS, ids=[call.name for call in READS])
def test_protected_reads_need_their_scope(call: Call, binary: Path, strict: Server) -> None:
    with strict.client() as client:
        POSTS[0].send(client, bearer(minted(binary, "events:write", STRICT)))
        assert_refused(call.send(client, {}), 401, "no token")
        assert_refused(call.send(client, bearer("nonsense")), 401, "nonsense")
        assert_refused(call.send(client, bearer(minted(binary, "events:write", STRICT))), 403, "a writer's token")
        for scope in ("deals:read", "admin"):
            reply = call.send(client, bearer(minted(binary, scope, STRICT)))
            assert reply.status == 200, f"{scope}: {reply}"


def test_probes_need_no_token(strict: Server) -> None:
    for port in (strict.port, strict.metrics_port):
        with Client(port) as client:
            for path in PROBES:
                for fields in ({}, bearer("nonsense")):
                    reply = client.request("GET", path, fields=fields)
                    assert reply.status == 200, f"{path} at {port}: {reply}"


def test_open_reads_beside_protected_posts(binary: Path, work: Path) -> None:
    """Reads need no token unless `READS_PROTECTED`; one that is shown must be good all the same."""
    env = {"JWT_SECRET": SECRET}
    with Server(binary, work / "data", env).start() as server, server.client() as client:
        assert_refused(POSTS[0].send(client, {}), 401, "no token")
        token = minted(binary, "events:write", env)
        assert POSTS[0].send(client, bearer(token)).status == 200
        # The scheme's name is the same in any case (RFC 9110 §11.1).
        assert POSTS[0].send(client, {"Authorization": f"bEARER {token}"}).status == 200
        for call in READS:
            assert call.send(client, {}).status == 200, call
            assert_refused(call.send(client, bearer("nonsense")), 401, call.name)


def test_tokens_of_another_maker_are_taken(strict: Server) -> None:
    jwt = pytest.importorskip("jwt", reason="PyJWT (requirements.txt)")
    writers = {
        "plain": ({}, {}, KEY_ID, SECRET), "the second key": ({}, {}, OTHER_KEY_ID, OTHER_SECRET),
        "audiences": ({"aud": ["x", AUDIENCE]}, {}, KEY_ID, SECRET), "a header of no effect": ({}, {"cty": "x"}, KEY_ID, SECRET),
        "nbf and jti": ({"nbf": soon(-5), "jti": "1"}, {}, KEY_ID, SECRET), "unknown scopes too": ({"scope": "x events:write y"}, {}, KEY_ID, SECRET),
        "claims of others": ({"email": "a@b", "roles": [{"x": 1}]}, {}, KEY_ID, SECRET),
    }
    with strict.client() as client:
        for name, (claims, header, key_id, secret) in writers.items():
            token = jwt.encode(good_claims(**claims), secret, algorithm="HS256", headers={"kid": key_id, **header})
            for call in POSTS:
                reply = call.send(client, bearer(token))
                assert reply.status == 200, f"{name}, {call.name}: {reply}"
        # And the other way round.
        ours = jwt.decode(
            minted(strict.binary, "admin", STRICT), SECRET, algorithms=["HS256"], audience=AUDIENCE, issuer=ISSUER)
        assert (ours["sub"], ours["scope"]) == ("tester", "admin")


@pytest.mark.parametrize("name", ATTACKS)
def test_attack(name: str, strict: Server) -> None:
    """None gets in, in either lane, by any call; also right after the good token, which is remembered."""
    good, token = bearer(signed(good_header(), good_claims())), ATTACKS[name]()
    with strict.client() as client:
        for call in (POSTS[0], POSTS[1], READS[0], READS[6]):
            assert call.send(client, good).status == 200, f"{call.name}: the good token is not taken"
            reply = call.send(client, bearer(token))
            assert reply.status == 401 or len(token) > 8_000 and reply.status == 431, f"{call.name}: {reply}"
    assert strict.is_running, strict.describe()


def test_there_are_as_many_attacks_as_claimed() -> None:
    assert len(ATTACKS) >= 100


def test_heads_with_odd_authorization(strict: Server) -> None:
    """What stands on the wire and no client library sends."""
    good = signed(good_header(), good_claims())
    body = b"[]"

    def post(fields: str) -> bytes:
        return (f"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{fields}"
                f"Content-Length: {len(body)}\r\n\r\n").encode() + body

    heads = {
        "twice, the good one first": f"Authorization: Bearer {good}\r\nAuthorization: Bearer x\r\n",
        "twice, the good one last": f"Authorization: Bearer x\r\nAuthorization: Bearer {good}\r\n",
        "twice the good one": f"Authorization: Bearer {good}\r\nAuthorization: Bearer {good}\r\n",
        "another scheme too": f"Authorization: Basic YTpi\r\nAuthorization: Bearer {good}\r\n",
        "a tab for the blank": f"Authorization: Bearer\t{good}\r\n",
        "no blank": f"Authorization: Bearer{good}\r\n",
        "two blanks": f"Authorization: Bearer  {good}\r\n",
        "folded": f"Authorization: Bearer\r\n {good}\r\n",
        "a blank before the colon": f"Authorization : Bearer {good}\r\n",
        "empty": "Authorization: \r\n",
        "the scheme alone": "Authorization: Bearer\r\n",
        "another scheme": f"Authorization: DPoP {good}\r\n",
        "another field": f"Proxy-Authorization: Bearer {good}\r\nX-Authorization: Bearer {good}\r\n",
        "an underscore": f"Author_ization: Bearer {good}\r\n",
        "a NUL byte": f"Authorization: Bearer {good}\0\r\n",
        "UTF-8": f"Authorization: Bearer {good}\u00e9\r\n",
        "1 MiB": f"Authorization: Bearer {'x' * (1 << 20)}\r\n",
    }
    statuses = {}
    for name, fields in heads.items():
        with RawConnection(strict.port) as connection:
            try:
                connection.send(post(fields))
            except ConnectionError:
                pass  # refused while still sending
            # None when a reset overtook the answer: not let in either.
            replies = connection.replies(1)
            statuses[name] = replies[0].status if replies else None
    assert all(status in (400, 401, 431, None) for status in statuses.values()), statuses
    assert list(statuses.values()).count(401) >= 10, statuses
    assert strict.is_running, strict.describe()


def test_mutated_tokens(strict: Server, seed: str, rounds: float) -> None:
    """A good token with single characters changed, removed, doubled, swapped: never another good one."""
    generator = random.Random(seed)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/~ "
    good = signed(good_header(), good_claims())
    with strict.client() as client:
        for _ in range(round(400 * rounds)):
            token = list(good)
            place = generator.randrange(len(token))
            match generator.randrange(4):
                case 0: token[place] = generator.choice(letters)
                case 1: del token[place]
                case 2: token.insert(place, generator.choice(letters))
                case _: token[place], token[place - 1] = token[place - 1], token[place]
            text = "".join(token)
            # White space around a field's value is none of it.
            if text.strip() == good:
                continue
            reply = READS[generator.randrange(len(READS))].send(client, bearer(text))
            assert reply.status == 401, f"{text!r}: {reply}"


def test_keys_are_replaced_while_it_serves(binary: Path, work: Path) -> None:
    """The oldest key goes, a new one comes, one stays: true of every call soon after the file has changed, without a restart."""
    secrets = work / "secrets"
    secrets.mkdir()

    def put(text: str) -> None:
        """As an operator, or Kubernetes, replaces a secret: at once."""
        (secrets / "next").write_text(text)
        (secrets / "next").rename(secrets / "JWT_SECRET")

    env = {"SECRETS_DIR": str(secrets)}
    before = json.dumps({"current": SECRET, "oldest": OTHER_SECRET})
    after = json.dumps({"new": "third-secret-of-the-fault-rigs-0123456789abcdefgh", "current": SECRET})
    tokens = [
        minted(binary, "events:write", {"JWT_SECRET": keys})
        for keys in (json.dumps({"oldest": OTHER_SECRET}), before, after)
    ]
    put(before)
    with Server(binary, work / "data", env).start() as server, server.client() as client:
        def are(*statuses: int) -> bool:
            """Whether tokens of the oldest, the current and the new key have these statuses by every call."""
            return all(
                call.send(client, bearer(token)).status == status
                for token, status in zip(tokens, statuses) for call in POSTS)

        pid = server.pid
        assert are(200, 200, 401)
        # What cannot be used is told, and changes nothing.
        put('{"new": "shortish"}')
        assert poll(lambda: "cannot be used" in server.output, ROTATION_SECONDS), server.describe()
        assert are(200, 200, 401)
        put(after)
        assert poll(lambda: are(401, 200, 200), ROTATION_SECONDS, 0.05), f"not in force: {server.describe()}"
        assert minted(binary, "events:write", env).split(".")[0] == tokens[2].split(".")[0], "the first key does not sign"
        assert server.pid == pid and server.is_running
        server.terminate()
        assert "secret-of-the-fault-rigs" not in server.output and "shortish" not in server.output, server.describe()


def test_production_without_a_secret_does_not_start(binary: Path, work: Path) -> None:
    result = run(binary, "serve", "--data-dir", str(work / "data"), env={"ENVIRONMENT": "production"})
    assert result.returncode == BAD_USAGE, result
    assert result.stdout == "" and len(result.stderr.splitlines()) == 1 and "JWT_SECRET" in result.stderr, result
    assert not (work / "data").exists()


def test_without_a_secret_it_listens_on_loopback_only(binary: Path, work: Path) -> None:
    def listeners(env: dict[str, str], name: str) -> tuple[set[str], str]:
        """The addresses that listen on the API's port, and what was said."""
        port, metrics_port = free_port(), free_port()
        with Server(binary, work / name, {"HOST": "0.0.0.0", **env}) as server:
            # `Server` says --host, which would be stronger.
            server.process = subprocess.Popen(
                [str(binary), "serve", "--port", str(port), "--metrics-port", str(metrics_port), "--data-dir", str(work / name)],
                stdin=subprocess.DEVNULL, stdout=server._log, stderr=server._log, env=server._env, start_new_session=True)
            server.port = port
            assert server.wait_ready(), server.describe()
            return addresses(port), server.output

    found, output = listeners({}, "open")
    assert found == {"127.0.0.1"}, found
    assert "loopback only" in output, output
    found, output = listeners({"JWT_SECRET": SECRET}, "protected")
    assert found == {"0.0.0.0"}, found
    assert "loopback only" not in output, output


def addresses(port: int) -> set[str]:
    """Where IPv4 sockets listen at `port` (proc(5), /proc/net/tcp); one of IPv6 counts by its text."""
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            address, _, number = local.partition(":")
            if state == "0A" and int(number, 16) == port:
                found.add(".".join(str(byte) for byte in bytes.fromhex(address)[::-1]) if table == "tcp" else address)
    return found


@pytest.mark.parametrize("is_structured", ["false", "true"])
def test_secrets_and_tokens_are_never_told(is_structured: str, binary: Path, work: Path) -> None:
    """At the level that tells the most, whatever goes wrong."""
    env = {**STRICT, "MONITORING_LOG_LEVEL": "trace", "MONITORING_ENABLE_STRUCTURED_LOGGING": is_structured}
    good = signed(good_header(), good_claims())
    expired = with_claims(exp=soon(-1))
    with Server(binary, work / "data", env).start() as server, server.client() as client:
        for call in POSTS + READS:
            for fields in (bearer(good), bearer(expired), bearer("nonsense-nonsense"), {}):
                reply = call.send(client, fields)
                assert SECRET.encode() not in reply.body and good.encode() not in reply.body
        text = client.get("/openapi.json").body.decode() + client.get("/docs").body.decode()
        text += "\n".join(server.metrics())
        server.terminate()
        text += server.output
    assert "recovered" in text, "void: nothing was logged"
    for secret in (SECRET, OTHER_SECRET, good.split(".")[2], expired.split(".")[2], "nonsense-nonsense"):
        assert secret not in text, f"{secret} is told"
    for command in ("config", "token"):
        result = run(binary, command, "--subject", "s" * 300, "--scope", "x", env=env) if command == "token" else run(
            binary, command, env=env)
        assert SECRET not in result.stdout + result.stderr and OTHER_SECRET not in result.stdout + result.stderr, command
