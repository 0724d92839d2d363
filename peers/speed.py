"""How long py_webauthn and python-fido2 take for each case of `npm run bench`: lines of JSON in a file, lines of JSON out."""

import base64
import json
import platform
import sys
from time import perf_counter_ns

import cryptography
from cryptography.hazmat.backends.openssl import backend
from fido2.attestation import AttestationVerifier
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    RegistrationResponse,
)
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import AttestationFormat

SLICES = 8
SLICE = 60_000_000  # ns


def py_webauthn(case):
    """What a relying party does with the text of a response. What it can know beforehand is made outside."""
    response = case["response"]
    common = {
        "expected_challenge": base64url_to_bytes(case["challenge"]),
        "expected_rp_id": case["rpId"],
        "expected_origin": case["origin"],
    }
    if case["ceremony"] == "registration":
        roots = None
        if case.get("root"):
            der = base64.encodebytes(base64url_to_bytes(case["root"])).decode()
            pem = f"-----BEGIN CERTIFICATE-----\n{der}-----END CERTIFICATE-----\n".encode()
            roots = {AttestationFormat.PACKED: [pem]}
        return lambda: verify_registration_response(
            credential=response, pem_root_certs_bytes_by_fmt=roots, **common
        )
    key = base64url_to_bytes(case["credential"]["publicKey"])
    return lambda: verify_authentication_response(
        credential=response, credential_public_key=key, credential_current_sign_count=0, **common
    )


class Trusting(AttestationVerifier):
    """Believes one root."""

    def __init__(self, root):
        super().__init__()
        self.root = root

    def ca_lookup(self, result, auth_data):
        return self.root


def python_fido2(case):
    """The same."""
    root = case.get("root")
    server = Fido2Server(
        PublicKeyCredentialRpEntity(name="Example", id=case["rpId"]),
        attestation="direct" if root else None,
        verify_origin=lambda origin: origin == case["origin"],
        verify_attestation=Trusting(base64url_to_bytes(root)) if root else None,
    )
    state = {"challenge": case["challenge"], "user_verification": None}
    response = case["response"]
    if case["ceremony"] == "registration":
        return lambda: server.register_complete(state, RegistrationResponse.from_dict(json.loads(response)))
    known = case["credential"]
    key = base64url_to_bytes(known["publicKey"])
    id = base64url_to_bytes(known["id"])
    record = AttestedCredentialData(bytes(16) + len(id).to_bytes(2, "big") + id + key)
    return lambda: server.authenticate_complete(
        state, [record], AuthenticationResponse.from_dict(json.loads(response))
    )


def fastest(work):
    """Nanoseconds of one, in the fastest of several slices."""
    best = float("inf")
    for slice in range(SLICES + 1):  # The first warms up.
        began = perf_counter_ns()
        count = spent = 0
        while spent < SLICE:
            work()
            count += 1
            spent = perf_counter_ns() - began
        if slice > 0:
            best = min(best, spent / count)
    return best


openssl = backend.openssl_version_text().split()[1]
versions = {"Python": platform.python_version(), "cryptography": cryptography.__version__, "OpenSSL in Python": openssl}
print(json.dumps({"versions": versions}), flush=True)
for line in open(sys.argv[1]):
    case = json.loads(line)
    for peer, make in {"py_webauthn": py_webauthn, "python-fido2": python_fido2}.items():
        try:
            answer = {"nanoseconds": fastest(make(case))}
        except Exception as error:
            answer = {"refused": f"{type(error).__name__}: {error}"}
        print(json.dumps({"name": case["name"], "peer": peer, **answer}), flush=True)
