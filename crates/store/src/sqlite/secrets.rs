use rusqlite::{Connection, params};

/// The secret of that name, which is the given one if there was none.
pub(super) fn get_or_add(
    connection: &Connection,
    name: &str,
    new: [u8; 32],
) -> rusqlite::Result<[u8; 32]> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO secrets (name, secret) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING",
    )?;
    statement.execute(params![name, new])?;
    let mut statement = connection.prepare_cached("SELECT secret FROM secrets WHERE name = ?1")?;
    statement.query_row([name], |row| row.get("secret"))
}
