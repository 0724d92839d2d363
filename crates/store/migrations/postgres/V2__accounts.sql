-- What an account owner does besides signing in: locks, devices, recovery codes, links for another device.

-- When an operator locked the account; null when it is open.
ALTER TABLE accounts ADD COLUMN locked_at bigint;

ALTER TABLE credentials
    -- The device of the last sign-in, in a few coarse words.
    ADD COLUMN last_used_on text,
    -- A restore key belongs to one install of one app, and is no passkey; both are null for passkeys.
    ADD COLUMN app_origin text COLLATE "C",
    ADD COLUMN install bytea CHECK (length(install) BETWEEN 1 AND 64),
    ADD CHECK ((app_origin IS NULL) = (install IS NULL));

CREATE UNIQUE INDEX restore_keys ON credentials (account, app_origin, install) WHERE install IS NOT NULL;

-- The defaults are for servers of the version before, which may go on while this one begins.
ALTER TABLE sessions
    ADD COLUMN method text NOT NULL DEFAULT 'passkey',
    ADD COLUMN device text NOT NULL DEFAULT '',
    -- The install of an app whose restore key goes with this session.
    ADD COLUMN app_origin text COLLATE "C",
    ADD COLUMN install bytea,
    ADD CHECK ((app_origin IS NULL) = (install IS NULL));

CREATE INDEX sessions_of_account ON sessions (account, created_at);

CREATE TABLE recovery_codes (
    account bytea NOT NULL REFERENCES accounts (id),
    -- The SHA-256 of the code.
    code bytea NOT NULL CHECK (length(code) = 32),
    created_at bigint NOT NULL,
    PRIMARY KEY (account, code)
);

CREATE TABLE enrolment_links (
    -- The SHA-256 of the link's token.
    token bytea PRIMARY KEY CHECK (length(token) = 32),
    account bytea NOT NULL REFERENCES accounts (id),
    expires_at bigint NOT NULL
);

CREATE INDEX enrolment_links_by_expiry ON enrolment_links (expires_at);
CREATE INDEX enrolment_links_of_account ON enrolment_links (account);

-- Secrets that last as long as the database does, each made once.
CREATE TABLE secrets (
    name text COLLATE "C" PRIMARY KEY,
    secret bytea NOT NULL CHECK (length(secret) = 32)
);

ALTER TABLE audit_events ADD COLUMN device text;

-- For the purge. New events go to its right end, which costs little. An index of ranges of blocks would cost less, but what
-- it knows of a block gets no narrower when old events have made room in it for new ones, and in the end it leads everywhere.
CREATE INDEX audit_events_by_time ON audit_events (at);

-- Ends a session and returns whose it was and its install. Where another session takes its place, the heir is that one's
-- account, with its install if it has one: what the same account goes on with stays, and otherwise the restore key of the
-- install goes with the session. Each of the two deletions sees what has been committed by the time it begins: a restore key
-- that was being registered for the session, which the first had to wait for, does not escape the second.
CREATE FUNCTION passkeep_end_session(ended bytea, heir bytea, heir_app_origin text, heir_install bytea)
RETURNS TABLE (owner bytea, owner_app_origin text, owner_install bytea) LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM sessions WHERE token = ended
        RETURNING account, app_origin, install INTO owner, owner_app_origin, owner_install;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF owner IS DISTINCT FROM heir
        OR heir_install IS NOT NULL AND (heir_app_origin, heir_install) IS DISTINCT FROM (owner_app_origin, owner_install)
    THEN
        DELETE FROM credentials
            WHERE account = owner AND app_origin = owner_app_origin AND install = owner_install;
    END IF;
    RETURN NEXT;
END
$$;
