-- Passwords of accounts that have not moved to passkeys yet.
CREATE TABLE passwords (
    account bytea PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    -- A PHC string of Argon2id.
    hash text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    last_used_at bigint
);
