"""An issuer made of Authlib, with its JWT bearer grant (RFC 7523 §2.1), its client credentials grant and its
JWT access tokens (RFC 9068), which it introspects and does not revoke.

Reads from stdin one line of JSON: {"users": [{"userId", "keyId", "publicPem", "name"}], "clients": […]}, the
clients as their metadata (RFC 7591 §2).
Prints `ready PORT` and serves on 127.0.0.1 until stdin ends.
"""

import json
import logging
import os
import secrets
import socket
import sys
import threading

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector, current_token
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion, JWTBearerGrant
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oauth2.rfc9068 import (
    JWTBearerTokenGenerator,
    JWTBearerTokenValidator,
    JWTIntrospectionEndpoint,
    JWTRevocationEndpoint,
)
from authlib.oidc.core import UserInfo
from flask import Flask, jsonify
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

SCOPES = ["openid", "profile", "deploy"]
METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt"]


def allowed(scope):
    return " ".join(word for word in (scope or "").split() if word in SCOPES)


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
        return allowed(scope)


class Client(ClientMixin):
    """A client that proves itself in the one way that it is registered for."""

    def __init__(self, metadata):
        self.client_id = metadata["client_id"]
        self.method = metadata["token_endpoint_auth_method"]
        self.secret = metadata.get("client_secret")
        self.keys = KeySet.import_key_set(metadata["jwks"]) if "jwks" in metadata else None

    def get_client_id(self):
        return self.client_id

    def check_client_secret(self, client_secret):
        return self.secret is not None and secrets.compare_digest(self.secret, client_secret)

    def check_endpoint_auth_method(self, method, endpoint):
        return method == self.method

    def check_grant_type(self, grant_type):
        return grant_type == ClientCredentialsGrant.GRANT_TYPE

    def get_allowed_scope(self, scope):
        return allowed(scope)


def issuer_app(issuer, users, clients):
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

    class ClientCredentials(ClientCredentialsGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    class PrivateKeyJwt(JWTBearerClientAssertion):
        CLIENT_AUTH_METHOD = "private_key_jwt"
        used = set()

        def get_audiences(self):
            return [issuer, f"{issuer}/token"]

        def validate_jti(self, claims, jti):
            fresh = (claims["sub"], jti) not in self.used
            self.used.add((claims["sub"], jti))
            return fresh

        def resolve_client_public_key(self, client):
            return client.keys or KeySet([])

    class Tokens(JWTBearerTokenGenerator):
        def get_jwks(self):
            return signing_keys

        def get_audiences(self, client, user, scope):
            return [issuer]

    class Validator(JWTBearerTokenValidator):
        def get_jwks(self):
            return signing_keys

    class Introspection(JWTIntrospectionEndpoint):
        CLIENT_AUTH_METHODS = METHODS

        def get_jwks(self):
            return signing_keys

        def check_permission(self, token, client, request):
            return True

        def get_username(self, user_id):
            return users[user_id].name if user_id in users else None

    class Revocation(JWTRevocationEndpoint):
        CLIENT_AUTH_METHODS = METHODS

        def get_jwks(self):
            return signing_keys

    server = AuthorizationServer(app, query_client=clients.get, save_token=lambda token, request: None)
    server.register_client_auth_method(PrivateKeyJwt.CLIENT_AUTH_METHOD, PrivateKeyJwt())
    server.register_token_generator("default", Tokens(issuer=issuer))
    server.register_grant(Grant)
    server.register_grant(ClientCredentials)
    server.register_endpoint(Introspection(issuer=issuer))
    server.register_endpoint(Revocation(issuer=issuer))
    require_oauth = ResourceProtector()
    require_oauth.register_token_validator(Validator(issuer=issuer, resource_server=issuer))

    @app.get("/.well-known/openid-configuration")
    def discovery():
        # `response_types_supported` has to be there, though no flow here has a response.
        metadata = AuthorizationServerMetadata(
            issuer=issuer,
            token_endpoint=f"{issuer}/token",
            jwks_uri=f"{issuer}/jwks",
            introspection_endpoint=f"{issuer}/introspect",
            revocation_endpoint=f"{issuer}/revoke",
            response_types_supported=["none"],
            grant_types_supported=[JWTBearerGrant.GRANT_TYPE, ClientCredentialsGrant.GRANT_TYPE],
            token_endpoint_auth_methods_supported=METHODS,
            scopes_supported=SCOPES,
        )
        return jsonify(dict(metadata, userinfo_endpoint=f"{issuer}/userinfo"))

    @app.get("/jwks")
    def jwks():
        return jsonify(signing_keys.as_dict(private=False))

    @app.post("/token")
    def token():
        return server.create_token_response()

    @app.post("/introspect")
    def introspect():
        return server.create_endpoint_response(Introspection.ENDPOINT_NAME)

    @app.post("/revoke")
    def revoke():
        return server.create_endpoint_response(Revocation.ENDPOINT_NAME)

    @app.get("/userinfo")
    @require_oauth("openid")
    def userinfo():
        user = users[current_token["sub"]]
        return jsonify(UserInfo(sub=user.user_id, name=user.name).filter(current_token["scope"]))

    return app


def main():
    known = json.loads(sys.stdin.readline())
    users = {user.user_id: user for user in map(ServiceUser, known["users"])}
    clients = {client.client_id: client for client in map(Client, known["clients"])}
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # Authlib's own switch for plain http, which is loopback here
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    app = issuer_app(f"http://127.0.0.1:{port}", users, clients)
    server = make_server("127.0.0.1", port, app, threaded=True, fd=listener.fileno())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"ready {port}", flush=True)
    sys.stdin.read()


main()
