//! Looks at a whole database, and says what belongs to a page.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};

use rusqlite::Connection;

use super::{Damage, Integrity, MET, log_scan, read, short};
use crate::sqlite::file::beside;

/// More than this is not told one by one.
const MOST: usize = 20;

impl Integrity {
    /// Compares all pages of the file with their checksums, except those that are read from the log. Nobody may write
    /// meanwhile. Ends early once there is more damage than anybody wants to read.
    pub(in crate::sqlite) fn examine(&self) -> io::Result<Vec<Damage>> {
        let Some(kept) = self.kept.get() else { return Ok(Vec::new()) };
        let in_log = log_scan::scan(&beside(&self.path, "-wal"), kept.page_bytes)?.pages;
        let in_log: HashSet<u32> = in_log.into_iter().collect();
        let mut file = BufReader::with_capacity(1 << 20, File::open(&self.path)?);
        let mut page = vec![0; kept.page_bytes];
        let mut found = Vec::new();
        for index in 0..read(&kept.sums).pages() {
            let offset = (index * kept.page_bytes) as u64;
            let is_whole = file.read_exact(&mut page).is_ok();
            if !is_whole {
                file.seek(SeekFrom::Start(offset))?;
                page.fill(0);
            }
            let place = i64::try_from(offset).unwrap_or(i64::MAX);
            if !self.is_blind && !in_log.contains(&short(index + 1)) {
                found.extend(self.judge_page(place, &page, is_whole));
            }
            if found.len() == MOST {
                break;
            }
        }
        Ok(found)
    }
}

/// What a page belongs to, as far as can be told: the pages of each table and index are walked until one is this, or can't
/// be read because it is this.
pub(in crate::sqlite) fn owner(connection: &Connection, page: u32) -> Option<String> {
    let all = "SELECT name, type, tbl_name FROM sqlite_schema WHERE rootpage > 0
        UNION ALL SELECT 'sqlite_schema', 'table', 'sqlite_schema'";
    let names = connection.prepare(all).and_then(|mut statement| {
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        rows.collect::<Result<Vec<(String, String, String)>, _>>()
    });
    // Without a schema nothing can be read at all.
    let Ok(names) = names else { return Some("the list of all tables".to_owned()) };
    let (name, kind, table) = names.into_iter().find(|(name, ..)| has_page(connection, name, page))?;
    Some(if kind == "index" { format!("the index {name} of {table}") } else { format!("the table {name}") })
}

fn has_page(connection: &Connection, name: &str, page: u32) -> bool {
    MET.set(None);
    let walk = || {
        let mut statement = connection.prepare("SELECT pageno FROM dbstat WHERE name = $1")?;
        let mut rows = statement.query([name])?;
        while let Some(row) = rows.next()? {
            if row.get::<_, u32>(0)? == page {
                return Ok(true);
            }
        }
        Ok::<_, rusqlite::Error>(false)
    };
    walk().unwrap_or_else(|_| super::met().is_some_and(|met| met.page == Some(page)))
}
