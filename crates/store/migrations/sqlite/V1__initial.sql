-- Times are milliseconds since 1970-01-01T00:00:00Z. Tables whose rows are small are kept in the order of their keys
-- (WITHOUT ROWID), which spares a second tree.

CREATE TABLE accounts (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_handle BLOB NOT NULL UNIQUE CHECK (length(user_handle) BETWEEN 1 AND 64),
    user_name TEXT NOT NULL,
    -- The form of the name in which two names are compared.
    user_name_key TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE credentials (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 1023),
    account BLOB NOT NULL REFERENCES accounts (id),
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    sign_count INTEGER NOT NULL,
    uv_initialized INTEGER NOT NULL CHECK (uv_initialized IN (0, 1)),
    backup_eligible INTEGER NOT NULL CHECK (backup_eligible IN (0, 1)),
    backup_state INTEGER NOT NULL CHECK (backup_state IN (0, 1)),
    aaguid BLOB NOT NULL CHECK (length(aaguid) = 16),
    label TEXT NOT NULL,
    rp_id TEXT NOT NULL,
    -- A JSON array of strings.
    transports TEXT NOT NULL,
    public_key BLOB NOT NULL,
    attestation_object BLOB NOT NULL,
    attestation_client_data_json BLOB NOT NULL
) STRICT;

CREATE INDEX credentials_of_account ON credentials (account, created_at);

CREATE TABLE sessions (
    -- The SHA-256 of the token.
    token BLOB NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    account BLOB NOT NULL REFERENCES accounts (id),
    -- No reference: the credential may be deleted while the session is open.
    credential_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_creation ON sessions (created_at);
CREATE INDEX sessions_by_use ON sessions (last_used_at);

CREATE TABLE spent_ceremonies (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- Until when the ceremony could be finished again if it were forgotten here.
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX spent_ceremonies_by_expiry ON spent_ceremonies (expires_at);

CREATE TABLE sealing_keys (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 8),
    secret BLOB NOT NULL CHECK (length(secret) = 32),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_events (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    -- No references: what happened stays on record when the account or the credential is gone.
    account BLOB,
    credential_id BLOB
) STRICT;

CREATE INDEX audit_events_of_account ON audit_events (account, at);
