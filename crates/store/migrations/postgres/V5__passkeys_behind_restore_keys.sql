-- The passkey behind a restore key: the one that opened the session in which it was made. Null for passkeys, and where a server
-- of the version before has made it.
ALTER TABLE credentials ADD COLUMN passkey bytea;
-- The passkey behind the restore key that opened a session. Null for sessions that were opened otherwise.
ALTER TABLE sessions ADD COLUMN passkey bytea;

UPDATE credentials SET passkey = (
    SELECT credential_id FROM sessions
    WHERE sessions.account = credentials.account AND sessions.app_origin = credentials.app_origin
        AND sessions.install = credentials.install AND method <> 'restore'
    LIMIT 1
) WHERE install IS NOT NULL;
UPDATE sessions SET passkey = (
    SELECT passkey FROM credentials WHERE credentials.id = credential_id
) WHERE method = 'restore';
