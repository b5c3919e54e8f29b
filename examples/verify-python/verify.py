"""Who is calling? Checks Doorkey's tokens in a Python back end, without asking Doorkey:
its public keys are fetched once and kept for five minutes.

For Flask, Django or a script: it needs PyJWT alone, and waits while it fetches. FastAPI has clients/python.

    pip install -r requirements.txt
    DOORKEY_URL=http://localhost:7860 python verify.py TOKEN
"""

import json
import os
import sys

import jwt


class Verifier:
    """One a process: it keeps the keys."""

    def __init__(self, url, *, alg="EdDSA", issuer=None, audience=None):
        """`url` is Doorkey's PUBLIC_URL; the others are its JWT_ALG, JWT_ISSUER and JWT_AUDIENCE."""
        self.keys = jwt.PyJWKClient(f"{url}/api/auth/jwks", lifespan=300, timeout=5)
        # The one algorithm that is expected. Never take it from the token (RFC 8725 §3.1).
        self.algorithms = [alg]
        self.issuer = issuer or url
        self.audience = audience or url

    def claims(self, token):
        """What the token says of its user (`sub` is the id). Raises jwt.PyJWTError when it is not to be trusted."""
        return jwt.decode(
            token,
            self.keys.get_signing_key_from_jwt(token),
            algorithms=self.algorithms,
            issuer=self.issuer,
            audience=self.audience,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )


def main():
    env = os.environ
    verifier = Verifier(
        env.get("DOORKEY_URL", "http://localhost:7860"),
        alg=env.get("JWT_ALG", "EdDSA"),
        issuer=env.get("JWT_ISSUER"),
        audience=env.get("JWT_AUDIENCE"),
    )
    try:
        print(json.dumps(verifier.claims(sys.argv[1]), indent=2))
    except jwt.PyJWTError as error:
        sys.exit(f"not to be trusted: {error}")


if __name__ == "__main__":
    main()
