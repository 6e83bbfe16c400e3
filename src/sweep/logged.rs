//! The report in a container's log.

use serde_json::Value;

use crate::model::SCHEMA;

/// How many beginnings are looked at: each may lead through the whole log.
const MOST: usize = 20;

/// The report among the lines of a log, as JSON; of several the last.
///
/// A report is one line. CloudWatch takes events of up to 262,118 bytes, and the log driver cuts a longer line into several
/// (moby, `awslogs`), so that what begins as a report goes on in the next events until its JSON ends.
pub fn report_in(events: &[String]) -> Option<Vec<u8>> {
    let begins = |event: &&String| event.trim_start().starts_with('{') && event.contains(SCHEMA);
    let starts = (0..events.len()).rev().filter(|&nth| events.get(nth).is_some_and(|event| begins(&event)));
    starts
        .take(MOST)
        .filter_map(|nth| whole(events.get(nth..)?))
        .find(|report| report["schema"] == SCHEMA)
        .map(|it| it.to_string().into_bytes())
}

/// The first JSON value of the lines put together.
fn whole(events: &[String]) -> Option<Value> {
    // Most reports are one event: what follows need not be copied.
    if let Some(Ok(report)) = events.first().map(|event| serde_json::from_str(event)) {
        return Some(report);
    }
    let together = events.concat();
    serde_json::Deserializer::from_str(&together).into_iter::<Value>().next()?.ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report(of: &str) -> String {
        json!({ "schema": SCHEMA, "version": of }).to_string()
    }

    fn version(events: &[String]) -> Option<String> {
        let found: Value = serde_json::from_slice(&report_in(events)?).expect("JSON");
        found["version"].as_str().map(str::to_owned)
    }

    #[test]
    fn the_last_report_counts_among_other_lines() {
        let metrics = json!({ "_aws": {} }).to_string();
        let lines = [report("1"), metrics.clone(), "a line".to_owned(), report("2"), metrics];
        assert_eq!(version(&lines).as_deref(), Some("2"));
        assert_eq!(version(&lines[..3]).as_deref(), Some("1"));
        assert_eq!(report_in(&lines[1..3]), None);
        assert_eq!(report_in(&[]), None);
    }

    #[test]
    fn a_report_that_was_cut_is_put_together() {
        let long = report(&"x".repeat(300));
        for size in [1, 40, 100, 299] {
            let (first, rest) = long.split_at(long.find("report/1").expect("it is there") + 12);
            let mut parts = vec![first.to_owned()];
            parts.extend(rest.as_bytes().chunks(size).map(|part| String::from_utf8_lossy(part).into_owned()));
            parts.push(json!({ "_aws": {} }).to_string());
            assert_eq!(version(&parts).map(|it| it.len()), Some(300), "{size}");
        }
        // What never ends is none, and one before it counts.
        let cut = long[..60].to_owned();
        assert_eq!(report_in(std::slice::from_ref(&cut)), None);
        assert_eq!(version(&[report("1"), cut]).as_deref(), Some("1"));
    }
}
