"""What py_webauthn says to each case: lines of JSON in, lines of JSON out."""

import json
import sys
from datetime import datetime

from OpenSSL.crypto import X509Store
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers import validate_certificate_chain as chain
from webauthn.helpers import verify_safetynet_timestamp as timestamp
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import AttestationFormat

# The package has functions of the same names as these modules, which hide them.
chain = sys.modules[chain.__module__]
timestamp = sys.modules[timestamp.__module__]


def set_clock(text):
    """Lets the library judge at the case's time; it keeps the place for it open for its own tests."""
    now = datetime.fromisoformat(text.replace("Z", "+00:00"))

    class Clock:
        time = staticmethod(now.timestamp)

    def store():
        made = X509Store()
        made.set_time(now)
        return made

    timestamp.time = Clock
    chain._generate_new_cert_store = store


def roots(document):
    if document.get("accept_attestation") != "trusted":
        return None
    certificates = [text.encode() for text in document["roots"]]
    return {fmt: certificates for fmt in AttestationFormat}


def judge(document):
    set_clock(document["now"])
    common = {
        "credential": document["response"],
        "expected_challenge": base64url_to_bytes(document["challenge"]),
        "expected_rp_id": document["rp_id"],
        "expected_origin": document["origins"],
        "require_user_verification": document.get("user_verification") == "required",
    }
    if document["kind"] == "registration":
        offered = document.get("algorithms")
        known = list(COSEAlgorithmIdentifier)
        verify_registration_response(
            **common,
            require_user_presence=document.get("mediation") != "conditional",
            supported_pub_key_algs=known if offered is None else [alg for alg in known if alg in offered],
            pem_root_certs_bytes_by_fmt=roots(document),
        )
    else:
        credential = document["credential"]
        verify_authentication_response(
            **common,
            credential_public_key=base64url_to_bytes(credential["public_key"]),
            credential_current_sign_count=credential.get("sign_count", 0),
        )


def verdict(document):
    try:
        judge(document)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # Whatever is raised is a refusal: native parts raise no Exception.
        cause = error.__cause__ or error.__context__
        words = [f"{type(each).__name__}: {each}" for each in (error, cause) if each]
        return {"verdict": "refused", "why": " because of ".join(words)}
    return {"verdict": "accepted"}


for line in sys.stdin:
    case = json.loads(line)
    print(json.dumps({"name": case["name"], **verdict(case["document"])}), flush=True)
