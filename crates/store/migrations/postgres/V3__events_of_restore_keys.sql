-- As the function of four arguments, which a server of the version before goes on calling. This one tells the audit trail of
-- the restore key that goes with the session. The event's id follows from that of the event that it happens with.
CREATE FUNCTION passkeep_end_session(
    ended bytea, heir bytea, heir_app_origin text, heir_install bytea, event bytea, event_at bigint, event_device text
)
RETURNS TABLE (owner bytea, owner_app_origin text, owner_install bytea) LANGUAGE plpgsql AS $$
DECLARE
    gone bytea;
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
            WHERE account = owner AND app_origin = owner_app_origin AND install = owner_install
            RETURNING id INTO gone;
        IF gone IS NOT NULL THEN
            INSERT INTO audit_events (id, at, kind, account, credential_id, device)
                VALUES (substr(sha256(event || gone), 1, 16), event_at, 'restore_key_deleted', owner, gone, event_device);
        END IF;
    END IF;
    RETURN NEXT;
END
$$;
