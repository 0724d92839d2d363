//! Reads PostgreSQL's write-ahead log: how many bytes are records, how many are images of pages, and of which table or index.
//!
//! A page that is changed for the first time since a checkpoint goes into the log as a whole. In a small database that is soon
//! over; in one of a hundred million accounts hardly a page is met twice. What is found here is what the plan is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use passkeep_store::contract::postgres::Cluster;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::Result;
use crate::figures::{each, rounded};

/// What a stretch of the log holds.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Stretch {
    records: u64,
    /// Of all records, without the images in them.
    record_bytes: u64,
    images: u64,
    image_bytes: f64,
    /// By the number of its file.
    relations: BTreeMap<u32, Touched>,
}

/// What happened to a table or an index.
#[derive(Debug, Default, PartialEq)]
struct Touched {
    /// How often a record changed a page.
    touches: u64,
    pages: BTreeSet<u32>,
    images: u64,
    image_bytes: f64,
}

/// A place in the log.
pub(crate) async fn position(client: &Client) -> Result<String> {
    let position = "SELECT pg_current_wal_flush_lsn()::text";
    Ok(client.query_one(position, &[]).await?.get(0))
}

/// Reads the log from one place to another.
pub(crate) async fn read(
    cluster: &Cluster,
    client: &Client,
    from: &str,
    to: &str,
) -> Result<Stretch> {
    if from == to {
        // Which pg_waldump takes for a mistake.
        return Ok(Stretch::default());
    }
    let folder = "SELECT current_setting('data_directory') || '/pg_wal'";
    let folder: String = client.query_one(folder, &[]).await?.get(0);
    let mut command = cluster.program("pg_waldump");
    command.args(["-p", &folder, "-s", from, "-e", to]);
    tokio::task::spawn_blocking(move || {
        let mut process = command.stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take().ok_or("pg_waldump says nothing")?;
        let stretch = Stretch::of(BufReader::new(output))?;
        match process.wait()?.success() {
            true => Ok(stretch),
            false => Err("pg_waldump could not read the log".into()),
        }
    })
    .await?
}

impl Stretch {
    /// What `pg_waldump` says, a line for each record.
    fn of(lines: impl BufRead) -> Result<Self> {
        let mut stretch = Self::default();
        for line in lines.lines() {
            let line = line?;
            stretch.add(&line).ok_or_else(|| line.clone())?;
        }
        Ok(stretch)
    }

    fn add(&mut self, line: &str) -> Option<()> {
        let (_, lengths) = line.split_once("len (rec/tot):")?;
        let (lengths, _) = lengths.split_once(',')?;
        let (record, total) = lengths.split_once('/')?;
        let [record, total] = [record, total].map(|length| length.trim().parse::<u64>().ok());
        let (record, total) = (record?, total?);
        self.records += 1;
        self.record_bytes += record;
        let blocks: Vec<&str> = line.split(", blkref #").skip(1).collect();
        let images = blocks.iter().filter(|block| block.ends_with("FPW")).count();
        // Where there are several images, the line tells their sum.
        let image_bytes = each((total - record) as f64, images);
        self.images += images as u64;
        self.image_bytes += image_bytes * images as f64;
        for block in blocks {
            let (_, place) = block.split_once("rel ")?;
            // Which pages are visible to all, and where there is room, stands in small files of their own.
            let (relation, rest) = place.split_once(" blk ")?;
            if relation.contains(" fork ") {
                continue;
            }
            let relation = relation.rsplit('/').next()?.parse().ok()?;
            let page = rest.split_ascii_whitespace().next()?.parse().ok()?;
            let touched = self.relations.entry(relation).or_default();
            touched.touches += 1;
            touched.pages.insert(page);
            if block.ends_with("FPW") {
                touched.images += 1;
                touched.image_bytes += image_bytes;
            }
        }
        Some(())
    }

    /// Plain numbers for each of so many sign-ins, with the names and sizes of tables and indexes.
    pub(crate) async fn data(&self, client: &Client, sign_ins: usize) -> Result<Value> {
        let named = "SELECT pg_relation_filenode(c.oid)::int8, c.relname::text,
                coalesce(t.relname, c.relname)::text, pg_relation_size(c.oid) / 8192
            FROM pg_class c
            LEFT JOIN pg_index i ON i.indexrelid = c.oid
            LEFT JOIN pg_class t ON t.oid = i.indrelid
            WHERE c.relkind IN ('r', 'i') AND c.relnamespace = 'public'::regnamespace ORDER BY 2";
        let mut relations = Vec::new();
        for row in client.query(named, &[]).await? {
            let file = u32::try_from(row.get::<_, i64>(0))?;
            let Some(touched) = self.relations.get(&file) else {
                continue;
            };
            let (name, table, pages): (String, String, i64) = (row.get(1), row.get(2), row.get(3));
            let images = usize::try_from(touched.images)?;
            relations.push(json!({
                "relation": name,
                "table": table,
                "pages": pages,
                "touches": rounded(each(touched.touches as f64, sign_ins), 3),
                "distinct_pages": touched.pages.len(),
                "images": rounded(each(touched.images as f64, sign_ins), 3),
                "bytes_per_image": rounded(each(touched.image_bytes, images), 0),
            }));
        }
        Ok(json!({
            "sign_ins": sign_ins,
            "records": rounded(each(self.records as f64, sign_ins), 2),
            "record_bytes": rounded(each(self.record_bytes as f64, sign_ins), 0),
            "images": rounded(each(self.images as f64, sign_ins), 2),
            "image_bytes": rounded(each(self.image_bytes, sign_ins), 0),
            "relations": relations,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
rmgr: Heap        len (rec/tot):     54/   150, tx:        726, lsn: 0/01524EA8, prev 0/01524E30, desc: INSERT off 2 flags 0x00, blkref #0: rel 1663/5/16384 blk 0 FPW
rmgr: Heap        len (rec/tot):     61/    61, tx:        726, lsn: 0/01524FC8, prev 0/01524F40, desc: INSERT off 3 flags 0x00, blkref #0: rel 1663/5/16384 blk 0
rmgr: Btree       len (rec/tot):    100/  8100, tx:        726, lsn: 0/01524F40, prev 0/01524EA8, desc: SPLIT_R level 0, firstrightoff 9, blkref #0: rel 1663/5/16389 blk 1 FPW, blkref #1: rel 1663/5/16389 blk 7 FPW
rmgr: Heap2       len (rec/tot):     59/  8200, tx:          0, lsn: 0/01524F40, prev 0/01524EA8, desc: VISIBLE cutoff xid 0 flags 0x03, blkref #0: rel 1663/5/16384 fork vm blk 0 FPW
rmgr: Transaction len (rec/tot):     34/    34, tx:        726, lsn: 0/015251C8, prev 0/01525188, desc: COMMIT 2026-11-29 18:08:07.191353 UTC
";

    #[test]
    fn records_and_images_are_told_apart_and_by_what_they_are_of() {
        let touched = |touches, pages: &[u32], images, image_bytes| Touched {
            touches,
            pages: pages.iter().copied().collect(),
            images,
            image_bytes,
        };
        let expected = Stretch {
            records: 5,
            record_bytes: 54 + 61 + 100 + 59 + 34,
            images: 4,
            image_bytes: 96.0 + 8000.0 + 8141.0,
            relations: BTreeMap::from([
                (16_384, touched(2, &[0], 1, 96.0)),
                (16_389, touched(2, &[1, 7], 2, 8000.0)),
            ]),
        };
        assert_eq!(Stretch::of(LOG.as_bytes()).unwrap(), expected);
    }

    #[test]
    fn a_line_of_another_kind_is_not_passed_over() {
        let error = Stretch::of("rmgr: Heap, nothing else".as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "rmgr: Heap, nothing else");
    }
}
