-- What an account owner does besides signing in: locks, devices, recovery codes, links for another device.

-- When an operator locked the account; null when it is open.
ALTER TABLE accounts ADD COLUMN locked_at INTEGER;

-- The device of the last sign-in, in a few coarse words.
ALTER TABLE credentials ADD COLUMN last_used_on TEXT;
-- A restore key belongs to one install of one app, and is no passkey; both are null for passkeys.
ALTER TABLE credentials ADD COLUMN install BLOB CHECK (length(install) BETWEEN 1 AND 64);
ALTER TABLE credentials ADD COLUMN app_origin TEXT CHECK ((app_origin IS NULL) = (install IS NULL));

CREATE UNIQUE INDEX restore_keys ON credentials (account, app_origin, install) WHERE install IS NOT NULL;

CREATE TABLE new_sessions (
    -- The SHA-256 of the token.
    token BLOB NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    account BLOB NOT NULL REFERENCES accounts (id),
    -- No reference: the credential may be deleted while the session is open.
    credential_id BLOB NOT NULL,
    method TEXT NOT NULL,
    device TEXT NOT NULL,
    -- The install of an app whose restore key goes with this session.
    app_origin TEXT CHECK ((app_origin IS NULL) = (install IS NULL)),
    install BLOB,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO new_sessions (token, account, credential_id, method, device, created_at, last_used_at)
SELECT token, account, credential_id, 'passkey', '', created_at, last_used_at FROM sessions;

DROP TABLE sessions;
ALTER TABLE new_sessions RENAME TO sessions;

CREATE INDEX sessions_by_creation ON sessions (created_at);
CREATE INDEX sessions_by_use ON sessions (last_used_at);
CREATE INDEX sessions_of_account ON sessions (account, created_at);

CREATE TABLE recovery_codes (
    account BLOB NOT NULL REFERENCES accounts (id),
    -- The SHA-256 of the code.
    code BLOB NOT NULL CHECK (length(code) = 32),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrolment_links (
    -- The SHA-256 of the link's token.
    token BLOB NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    account BLOB NOT NULL REFERENCES accounts (id),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX enrolment_links_by_expiry ON enrolment_links (expires_at);
CREATE INDEX enrolment_links_of_account ON enrolment_links (account);

-- Secrets that last as long as the database does, each made once.
CREATE TABLE secrets (
    name TEXT NOT NULL PRIMARY KEY,
    secret BLOB NOT NULL CHECK (length(secret) = 32)
) STRICT, WITHOUT ROWID;

ALTER TABLE audit_events ADD COLUMN device TEXT;
