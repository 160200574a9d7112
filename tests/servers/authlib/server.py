"""An issuer made of Authlib, with its JWT bearer grant (RFC 7523 §2.1) and its JWT access tokens (RFC 9068).

Reads from stdin one line of JSON: {"users": [{"userId", "keyId", "publicPem", "name"}]}.
Prints `ready PORT` and serves on 127.0.0.1 until stdin ends.
"""

import json
import logging
import os
import socket
import sys
import threading

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector, current_token
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc7523 import JWTBearerGrant
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator, JWTBearerTokenValidator
from authlib.oidc.core import UserInfo
from flask import Flask, jsonify
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

SCOPES = ["openid", "profile", "deploy"]


class ServiceUser(ClientMixin):
    """A service user is the client that asks and the user that the token is about, in one."""

    def __init__(self, description):
        self.user_id = description["userId"]
        self.name = description["name"]
        parameters = {"kid": description["keyId"], "alg": "RS256", "use": "sig"}
        self.keys = KeySet([RSAKey.import_key(description["publicPem"], parameters)])

    def get_client_id(self):
        return self.user_id

    get_user_id = get_client_id

    def check_grant_type(self, grant_type):
        return grant_type == JWTBearerGrant.GRANT_TYPE

    def get_allowed_scope(self, scope):
        return " ".join(word for word in (scope or "").split() if word in SCOPES)


def issuer_app(issuer, users):
    """Makes the application; all that is said to a client is Authlib's, but for the two documents."""
    app = Flask("issuer")
    signing_keys = KeySet([RSAKey.generate_key(2048, {"kid": "authlib-1", "alg": "RS256", "use": "sig"})])

    class Grant(JWTBearerGrant):
        # Authlib leaves these two unchecked by itself; RFC 7523 §3 requires `sub` and allows asking for `iat`.
        CLAIMS_OPTIONS = {**JWTBearerGrant.CLAIMS_OPTIONS, "sub": {"essential": True}, "iat": {"essential": True}}

        def resolve_issuer_client(self, issuer):
            return users.get(issuer)

        def resolve_client_public_key(self, client):
            return client.keys

        def authenticate_user(self, subject):
            return users.get(subject)

        def has_granted_permission(self, client, user):
            return client is user

        def get_audiences(self):
            return [issuer, f"{issuer}/token"]

    class Tokens(JWTBearerTokenGenerator):
        def get_jwks(self):
            return signing_keys

        def get_audiences(self, client, user, scope):
            return [issuer]

    class Validator(JWTBearerTokenValidator):
        def get_jwks(self):
            return signing_keys

    server = AuthorizationServer(app, query_client=users.get, save_token=lambda token, request: None)
    server.register_token_generator("default", Tokens(issuer=issuer))
    server.register_grant(Grant)
    require_oauth = ResourceProtector()
    require_oauth.register_token_validator(Validator(issuer=issuer, resource_server=issuer))

    @app.get("/.well-known/openid-configuration")
    def discovery():
        # `response_types_supported` has to be there, though no flow here has a response.
        metadata = AuthorizationServerMetadata(
            issuer=issuer,
            token_endpoint=f"{issuer}/token",
            jwks_uri=f"{issuer}/jwks",
            response_types_supported=["none"],
            grant_types_supported=[JWTBearerGrant.GRANT_TYPE],
            scopes_supported=SCOPES,
        )
        return jsonify(dict(metadata, userinfo_endpoint=f"{issuer}/userinfo"))

    @app.get("/jwks")
    def jwks():
        return jsonify(signing_keys.as_dict(private=False))

    @app.post("/token")
    def token():
        return server.create_token_response()

    @app.get("/userinfo")
    @require_oauth("openid")
    def userinfo():
        user = users[current_token["sub"]]
        return jsonify(UserInfo(sub=user.user_id, name=user.name).filter(current_token["scope"]))

    return app


def main():
    users = [ServiceUser(description) for description in json.loads(sys.stdin.readline())["users"]]
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # Authlib's own switch for plain http, which is loopback here
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    app = issuer_app(f"http://127.0.0.1:{port}", {user.user_id: user for user in users})
    server = make_server("127.0.0.1", port, app, threaded=True, fd=listener.fileno())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"ready {port}", flush=True)
    sys.stdin.read()


main()
