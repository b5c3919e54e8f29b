"""A back end in Python trusts Doorkey's tokens, by PyJWT and the published keys alone, and nothing that only looks
like one. Run by scripts/test against the built server; what is tested is examples/verify-python itself."""

import base64
import hashlib
import hmac
import json
import sys
import unittest
from datetime import datetime, timedelta, timezone
from unittest import mock

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server import ROOT, Server

sys.path.insert(0, str(ROOT / "examples/verify-python"))
from verify import Verifier  # noqa: E402 (it is found only now)

AUDIENCE = "https://api.example.com"


def encode(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(part):
    return json.loads(base64.urlsafe_b64decode(part + "=="))


class Tokens:
    """The cases; each class below is an algorithm."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server(JWT_ALG=cls.alg, JWT_AUDIENCE=AUDIENCE)
        cls.addClassCleanup(cls.server.stop)
        cls.user, cookie = cls.server.sign_up()
        cls.token = cls.server.get("/api/auth/token", cookie)["token"]
        cls.header, cls.payload, cls.signature = cls.token.split(".")

    def setUp(self):
        self.verifier = Verifier(self.server.url, alg=self.alg, audience=AUDIENCE)

    def refused(self, token, why=jwt.PyJWTError, verifier=None):
        with self.assertRaises(why):
            (verifier or self.verifier).claims(token)

    def signed(self, key, **header):
        """The same claims, signed by a key that is not Doorkey's."""
        headers = {**decode(self.header), **header}
        return jwt.encode(decode(self.payload), key, self.alg, headers)

    def test_it_says_who_it_is(self):
        claims = self.verifier.claims(self.token)
        self.assertEqual(decode(self.header)["alg"], self.alg)
        self.assertEqual(claims["exp"] - claims["iat"], 900)
        self.assertEqual((claims["iss"], claims["aud"]), (self.server.url, AUDIENCE))
        self.assertEqual(claims["sub"], self.user["id"])
        self.assertEqual({name: claims[name] for name in self.user}, self.user)

    def test_the_keys_are_fetched_once(self):
        with mock.patch.object(self.verifier.keys, "fetch_data", wraps=self.verifier.keys.fetch_data) as fetch:
            for _ in range(3):
                self.verifier.claims(self.token)
        self.assertEqual(fetch.call_count, 1)

    def test_no_algorithm(self):
        header = encode({**decode(self.header), "alg": "none"})
        for signature in ["", self.signature]:
            self.refused(f"{header}.{self.payload}.{signature}")

    def test_a_mac_by_the_public_key(self):
        key = self.verifier.keys.get_signing_key_from_jwt(self.token).key
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        message = f"{encode({**decode(self.header), 'alg': 'HS256'})}.{self.payload}"
        mac = hmac.new(pem, message.encode(), hashlib.sha256).digest()
        self.refused(f"{message}.{encode(mac)}", jwt.InvalidAlgorithmError)

    def test_another_key(self):
        key = self.stranger()
        own = jwt.get_algorithm_by_name(self.alg).to_jwk(key.public_key(), as_dict=True)
        self.refused(self.signed(key), jwt.InvalidSignatureError)
        self.refused(self.signed(key, kid="another"), jwt.PyJWKClientError)
        self.refused(self.signed(key, jwk=own), jwt.InvalidSignatureError)

    def test_another_payload(self):
        for change in [{"sub": "somebody-else"}, {"emailVerified": True}, {"exp": 9_999_999_999}]:
            payload = encode({**decode(self.payload), **change})
            self.refused(f"{self.header}.{payload}.{self.signature}", jwt.InvalidSignatureError)

    def test_another_signature(self):
        broken = ("A" if self.signature[0] != "A" else "B") + self.signature[1:]
        self.refused(f"{self.header}.{self.payload}.{broken}", jwt.InvalidSignatureError)
        self.refused(f"{self.header}.{self.payload}.", jwt.InvalidSignatureError)

    def test_a_quarter_of_an_hour_later(self):
        for minutes, expired in [(14, False), (16, True)]:
            later = datetime.now(timezone.utc) + timedelta(minutes=minutes)
            with mock.patch("jwt.api_jwt.datetime", mock.Mock(wraps=datetime)) as clock:
                clock.now.return_value = later
                if expired:
                    self.refused(self.token, jwt.ExpiredSignatureError)
                else:
                    self.verifier.claims(self.token)

    def test_for_or_from_somebody_else(self):
        url = self.server.url
        self.refused(self.token, jwt.InvalidAudienceError, Verifier(url, alg=self.alg))
        other = Verifier(url, alg=self.alg, audience=AUDIENCE, issuer="https://evil.example")
        self.refused(self.token, jwt.InvalidIssuerError, other)


class EdDSA(Tokens, unittest.TestCase):
    alg = "EdDSA"
    stranger = staticmethod(ed25519.Ed25519PrivateKey.generate)


class ES256(Tokens, unittest.TestCase):
    alg = "ES256"
    stranger = staticmethod(lambda: ec.generate_private_key(ec.SECP256R1()))


class RS256(Tokens, unittest.TestCase):
    alg = "RS256"
    stranger = staticmethod(lambda: rsa.generate_private_key(65537, 2048))


if __name__ == "__main__":
    unittest.main()
