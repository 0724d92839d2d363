-- Times are milliseconds since 1970-01-01T00:00:00Z. Every key is random or a hash, and no table has a sequence, so that
-- nothing is handed out in turn. Text that is compared is compared by its bytes: the order of a locale changes with the
-- operating system, and an index would not notice.

CREATE TABLE accounts (
    id bytea PRIMARY KEY CHECK (length(id) = 16),
    user_handle bytea NOT NULL UNIQUE CHECK (length(user_handle) BETWEEN 1 AND 64),
    user_name text NOT NULL,
    -- The form of the name in which two names are compared.
    user_name_key text COLLATE "C" NOT NULL UNIQUE,
    display_name text NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE credentials (
    id bytea PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 1023),
    account bytea NOT NULL REFERENCES accounts (id),
    created_at bigint NOT NULL,
    last_used_at bigint,
    sign_count bigint NOT NULL CHECK (sign_count BETWEEN 0 AND 4294967295),
    uv_initialized boolean NOT NULL,
    backup_eligible boolean NOT NULL,
    backup_state boolean NOT NULL,
    aaguid bytea NOT NULL CHECK (length(aaguid) = 16),
    label text NOT NULL,
    rp_id text NOT NULL,
    -- A JSON array of strings. Not of a JSON type, which would refuse the NUL that a client may put into one.
    transports text NOT NULL,
    public_key bytea NOT NULL,
    attestation_object bytea NOT NULL,
    attestation_client_data_json bytea NOT NULL
) WITH (fillfactor = 90);

-- Of columns that a sign-in leaves alone, so that its update touches no index.
CREATE INDEX credentials_of_account ON credentials (account, created_at);

CREATE TABLE sessions (
    -- The SHA-256 of the token.
    token bytea PRIMARY KEY CHECK (length(token) = 32),
    account bytea NOT NULL REFERENCES accounts (id),
    -- No reference: the credential may be deleted while the session is open.
    credential_id bytea NOT NULL,
    created_at bigint NOT NULL,
    last_used_at bigint NOT NULL
);

CREATE INDEX sessions_by_creation ON sessions (created_at);
CREATE INDEX sessions_by_use ON sessions (last_used_at);

CREATE TABLE spent_ceremonies (
    id bytea PRIMARY KEY CHECK (length(id) = 16),
    -- Until when the ceremony could be finished again if it were forgotten here.
    expires_at bigint NOT NULL
);

CREATE INDEX spent_ceremonies_by_expiry ON spent_ceremonies (expires_at);

CREATE TABLE sealing_keys (
    id bytea PRIMARY KEY CHECK (length(id) = 8),
    secret bytea NOT NULL CHECK (length(secret) = 32),
    created_at bigint NOT NULL
);

CREATE TABLE audit_events (
    id bytea PRIMARY KEY CHECK (length(id) = 16),
    at bigint NOT NULL,
    -- Which of two events of one millisecond came first: transactions are numbered as they begin to write.
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind text NOT NULL,
    -- No references: what happened stays on record when the account or the credential is gone.
    account bytea,
    credential_id bytea
);

CREATE INDEX audit_events_of_account ON audit_events (account, at, transaction);

-- Undoes the statement it is called in, and says why. So a finish is one statement, which is one trip to the database,
-- and what it has done by the time it is refused is undone with it.
CREATE FUNCTION passkeep_refuse(refusal text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'PK001', MESSAGE = refusal;
END
$$;
