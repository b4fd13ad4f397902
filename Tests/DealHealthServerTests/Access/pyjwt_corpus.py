"""Makes pyjwt-corpus.json: tokens of many forms, and whether PyJWT takes each.

    pip install PyJWT==2.15.1
    python3 pyjwt_corpus.py > pyjwt-corpus.json

PyJWT is asked as a careful user asks it: HS256 only, the key by `kid`, `exp`, `sub` and `scope` required, a minute of grace for `nbf`
and `iat` and none for `exp`. The clock and the random numbers are fixed, so that the same text comes out.
"""
import base64
import datetime
import hashlib
import hmac
import json
import random
import sys
import warnings

import jwt

NOW = 1_780_000_000
GRACE = 60
SECRET = "an issuer's secret of 41 bytes, as it is."
OLD = "another secret of more than 32 bytes"
ISSUER = "https://id.example"
AUDIENCE = "dealhealth"
KEYS = {"plain": {None: SECRET}, "several": {"K-new": SECRET, "old": OLD}, "bound": {None: SECRET}}
VERIFIERS = {
    "plain": {"secret": SECRET},
    "several": {"secret": json.dumps(KEYS["several"])},
    "bound": {"secret": SECRET, "issuer": ISSUER, "audience": AUDIENCE},
}


class FixedClock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(NOW, tz)


def is_taken(verifier, token):
    """PyJWT's verdict; the two calls differ in what has a grace."""
    bound = VERIFIERS[verifier]
    options = {"require": ["exp", "sub", "scope"]}
    expected = {"algorithms": ["HS256"], "issuer": bound.get("issuer"), "audience": bound.get("audience")}
    try:
        key = KEYS[verifier].get(jwt.get_unverified_header(token).get("kid"))
        if key is None:
            return False
        jwt.decode(token, key, options=options | {"verify_nbf": False, "verify_iat": False}, **expected)
        jwt.decode(token, key, options=options | {"verify_exp": False}, leeway=GRACE, **expected)
        return True
    except (jwt.PyJWTError, TypeError):
        return False


def encode(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else data.encode()).rstrip(b"=").decode()


def sign(text, secret=SECRET, digest=hashlib.sha256):
    return text + "." + encode(hmac.new(secret.encode(), text.encode(), digest).digest())


def by_hand(header='{"alg":"HS256","typ":"JWT"}', payload=None, **how):
    return sign(encode(header) + "." + encode(json.dumps(claims()) if payload is None else payload), **how)


def claims(**changed):
    """Claims that are taken; `None` takes one out."""
    all_claims = {"sub": "shop-7", "scope": "deals:read events:write", "iat": NOW, "exp": NOW + 3600} | changed
    return {name: value for name, value in all_claims.items() if value is not None}


def ordinary(rng):
    """Tokens that PyJWT itself makes, of random form."""
    for number in range(140):
        verifier = rng.choice(list(VERIFIERS))
        payload = claims(
            sub=rng.choice(["shop-7", "s", "Ärger", "店", "a b", "x" * 255, "user@example.com", "😀"]),
            scope=rng.choice(["", "admin", "deals:read", "events:write deals:read", "openid profile deals:read"]),
            exp=NOW + rng.choice([1, 2, 60, 3600, 86_400, 31_536_000]),
            iat=rng.choice([None, NOW, NOW - 1, NOW + GRACE, 0]),
            nbf=rng.choice([None, NOW, NOW - 86_400, NOW + GRACE, 0]),
            jti=rng.choice([None, "7f", ""]),
            iss=ISSUER if verifier == "bound" else rng.choice([None, "anyone"]),
            aud=rng.choice([AUDIENCE, [AUDIENCE], ["a", AUDIENCE]]) if verifier == "bound" else None,
            extra=rng.choice([None, 1.5, [1, 2], {"a": {"b": [True, "é"]}}, "\\\"\n"]),
        )
        kid = rng.choice(list(KEYS[verifier]))
        headers = {"kid": kid} if kid else {}
        headers |= rng.choice([{}, {"typ": "jwt"}, {"typ": None}, {"cty": "x"}, {"own": [1]}])
        yield f"made by PyJWT {number}", verifier, jwt.encode(
            payload, KEYS[verifier][kid], headers=headers, sort_headers=rng.random() < 0.5)


def claim_forms():
    """One claim of another form in an otherwise good token, as Python writes it."""
    far = 1 << 62
    values = {
        "exp": [None, NOW, NOW - 1, NOW + 0.5, NOW + 60.0, str(NOW + 60), -1, 0, True, [NOW + 60], {"a": 1}, "", "x", far, 1e300,
                float("inf"), float("nan"), 1 << 63, 1 << 70, NOW * 1000],
        "nbf": [NOW + GRACE + 1, NOW + 0.5, str(NOW), "x", [], far, -1, True, float("nan"), float("-inf")],
        "iat": [NOW + GRACE + 1, NOW - 0.5, str(NOW), "x", {}, far, -1, False],
        "sub": [None, "", 7, ["shop-7"], True, "x" * 256, "a\nb", "\x00"],
        "scope": [None, 7, ["admin"], {"admin": True}, True],
        "jti": [7, [], True],
        "aud": ["other", ["other"], [], "", [7], {"a": 1}],
        "iss": [7, ["anyone"]],
    }
    for name, forms in values.items():
        for form in forms:
            yield f"{name} = {form!r:.40}", "plain", by_hand(payload=json.dumps(claims(**{name: form})))
    for form in [None, "", "other", [], ["other"], [AUDIENCE, 7], [[AUDIENCE]], {AUDIENCE: 1}, AUDIENCE + " ", AUDIENCE[:-1]]:
        yield f"bound aud = {form!r}", "bound", by_hand(payload=json.dumps(claims(iss=ISSUER, aud=form)))
    for form in [None, "", "other", [ISSUER], ISSUER + "/", ISSUER.upper(), 7]:
        yield f"bound iss = {form!r}", "bound", by_hand(payload=json.dumps(claims(iss=form, aud=AUDIENCE)))


def attacks():
    """Attacks on the header, the signature and the text."""
    good = by_hand()
    head, body, tail = good.split(".")
    payload = json.dumps(claims())
    for algorithm in ["none", "None", "nOnE", "", "hs256", "HS256 ", "RS256", "ES256", "HS512", None, 256, ["HS256"]]:
        yield f"alg = {algorithm!r}", "plain", by_hand(json.dumps({"alg": algorithm}))
    yield "alg missing", "plain", by_hand("{}")
    yield "alg none, unsigned", "plain", f'{encode(json.dumps({"alg": "none"}))}.{body}.'
    for name, digest in [("HS384", hashlib.sha384), ("HS512", hashlib.sha512)]:
        yield f"{name} made", "plain", by_hand(json.dumps({"alg": name}), digest=digest)
        yield f"{name} made, HS256 named", "plain", by_hand(digest=digest)
    for parameter in [{"crit": []}, {"crit": ["exp"]}, {"jwk": {"kty": "oct", "k": "AAAA"}}, {"jku": "https://evil.example"},
                      {"x5u": "https://evil.example"}, {"x5c": ["MIIB"]}, {"x5t": "AAAA"}, {"b64": True}, {"zip": "DEF"},
                      {"enc": "A128GCM"}, {"typ": "at+jwt"}, {"typ": 7}, {"kid": "x"}, {"kid": 7}, {"kid": ""}]:
        yield f"header with {parameter}", "plain", by_hand(json.dumps({"alg": "HS256"} | parameter))
    for kid, secret in [("old", SECRET), ("K-new", OLD), ("k-new", SECRET), ("\u212a-new", SECRET), ("", SECRET), (None, SECRET),
                        (7, SECRET), ("../../dev/null", "")]:
        header = {"alg": "HS256"} | ({} if kid is None else {"kid": kid})
        yield f"kid {kid!r} with {secret[:7]}", "several", by_hand(json.dumps(header), secret=secret)
    for secret in ["", SECRET[:-1], SECRET + "\n", OLD, SECRET.upper()]:
        yield f"signed by {secret!r:.50}", "plain", by_hand(secret=secret)
    texts = {
        "empty": "", "dots": "..", "one part": head, "two parts": f"{head}.{body}", "four parts": f"{good}.{tail}", "dot in front": f".{good}",
        "dot behind": f"{good}.", "unsigned": f"{head}.{body}.", "padded": f"{good}=", "padded to four": f"{good}{'=' * (-len(tail) % 4)}",
        "space in front": f" {good}", "line feed behind": f"{good}\n", "plus": f"{head}.{body}.+{tail[1:]}",
        "swapped": f"{body}.{head}.{tail}", "in quotes": f'"{good}"', "NUL behind": f"{good}\0", "a character more": f"{good}A",
        "header padded and signed": sign(f'{encode("{" + chr(34) + "alg" + chr(34) + ":" + chr(34) + "HS256" + chr(34) + "}")}=.{body}'),
        "payload in the clear": sign(f"{head}.{payload}"), "payload empty": sign(f"{head}."),
        "loose bits": good[:-1] + loose(good[-1]), "header of spaces": by_hand("  "), "payload twice": by_hand(payload=payload * 2),
        "exp twice": by_hand(payload=payload[:-1] + f', "exp": {NOW + 60}}}'), "alg twice": by_hand('{"alg":"none","alg":"HS256"}'),
        "member twice, deep": by_hand(payload=payload[:-1] + ', "x": {"a": 1, "a": 2}}'),
        "half a pair": by_hand(payload=payload[:-1] + ', "x": "\\ud800"}'), "byte order mark": by_hand(payload="\ufeff" + payload),
        "white space around": by_hand(' {"alg":"HS256"}\n', f"\r\n{payload}\t"), "comma": by_hand(payload=payload[:-1] + ",}"),
        "array": by_hand(payload=f"[{payload}]"), "not UTF-8": by_hand(payload=payload[:-1].encode() + b', "x": "\xff"}'),
        "exp with exponent": by_hand(payload=payload.replace(f'"exp": {NOW + 3600}', '"exp": 1.8e9')),
        "escaped names": by_hand('{"\\u0061lg":"HS\\u003256"}', payload.replace('"exp"', '"e\\u0078p"')),
        "past 4 KiB": by_hand(payload=json.dumps(claims(x="x" * 3_000))),
        "deeply nested": by_hand(payload=payload[:-1] + ', "x": ' + "[" * 200 + "]" * 200 + "}"),
    }
    for name, token in texts.items():
        yield name, "plain", token


def loose(character):
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(character) + 1]


def mutations(rng):
    """Single changes to a good token."""
    good = by_hand()
    for number in range(60):
        place = rng.randrange(len(good))
        character = rng.choice("AZaz09-_.=+/ ")
        kept = good[place + rng.randrange(2):]
        if good[:place] + character + kept != good:
            yield f"mutation {number}", "plain", good[:place] + character + kept


#: What PyJWT takes and we refuse, by the name of the case, and why.
STRICTER = {
    "a fraction, or a text, or a truth value: two readers may round or read it differently": [
        f"exp = {NOW + 60.0!r}", f"exp = {str(NOW + 60)!r}", f"nbf = {NOW + 0.5!r}", f"nbf = {str(NOW)!r}",
        "nbf = True", f"iat = {NOW - 0.5!r}", f"iat = {str(NOW)!r}", "iat = False", "exp with exponent", "exp = 1e+300",
    ],
    "before 1970": ["nbf = -1", "iat = -1"],
    "past ten years: a mistake, such as milliseconds": [
        f"exp = {1 << 62}", f"exp = {1 << 63}", f"exp = {1 << 70}", f"exp = {NOW * 1000}"],
    "no subject that a log line can show": ["sub = ''", f"sub = {'x' * 256!r:.40}", r"sub = 'a\nb'", r"sub = '\x00'"],
    "scope must be a string (RFC 8693 section 4.2)": [
        "scope = 7", "scope = ['admin']", "scope = {'admin': True}", "scope = True"],
    "an aud where we have no name must be refused (RFC 7519 section 4.1.3), an empty one too": ["aud = []", "aud = ''"],
    "iss must be a string (RFC 7519 section 4.1.1)": ["iss = 7", "iss = ['anyone']"],
    "a parameter that names a key elsewhere or changes how a token is read": [
        f"header with {parameter}" for parameter in [
            {"jwk": {"kty": "oct", "k": "AAAA"}}, {"jku": "https://evil.example"}, {"x5u": "https://evil.example"}, {"x5c": ["MIIB"]},
            {"x5t": "AAAA"}, {"b64": True}, {"zip": "DEF"}, {"enc": "A128GCM"}]],
    "a token of another kind (RFC 8725 section 3.11)": ["header with {'typ': 'at+jwt'}", "header with {'typ': 7}"],
    "padding: two texts of one token": ["padded", "padded to four"],
    "a member twice: two readers may see two tokens": ["exp twice", "alg twice", "member twice, deep"],
    "not Unicode": ["half a pair"],
    "no JSON (RFC 8259 section 8.1)": ["byte order mark"],
    "longer than 4 KiB": ["past 4 KiB"],
    "nested too deep": ["deeply nested"],
}
REASONS = {name: reason for reason, names in STRICTER.items() for name in names}


def corpus():
    rng = random.Random(7)
    cases = []
    for source in [ordinary(rng), claim_forms(), attacks(), mutations(rng)]:
        for name, verifier, token in source:
            case = {"name": name, "verifier": verifier, "token": token, "pyjwt": is_taken(verifier, token)}
            if case["pyjwt"] and name in REASONS:
                case["stricter"] = REASONS[name]
            cases.append(case)
    unused = REASONS.keys() - {case["name"] for case in cases if "stricter" in case}
    assert not unused, f"PyJWT refuses these by itself: {unused}"
    return {"now": NOW, "pyjwt": jwt.__version__, "verifiers": VERIFIERS, "cases": cases}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    jwt.api_jwt.datetime = FixedClock
    json.dump(corpus(), sys.stdout, indent=0, ensure_ascii=True)
    print()
