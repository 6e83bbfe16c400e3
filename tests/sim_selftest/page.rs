//! Pages are taken apart, and their worlds can be read.

use std::path::Path;

use super::sim::Page;

const PAGE: &str = "# SG-01 endpoint-sg-blocks-task

The endpoint's security group does not let
the task in.

```toml world
[vpc]
endpoint_sg_allows_task = false
```

```text report
old report
```

```toml fixed
```

The end.
";

#[test]
fn a_page_has_its_parts() {
    let page = Page::parse(PAGE).unwrap();
    assert_eq!((page.code.as_str(), page.name.as_str()), ("SG-01", "endpoint-sg-blocks-task"));
    assert_eq!(page.sentence, "The endpoint's security group does not let the task in.");
    assert_eq!(page.report.as_deref(), Some("old report\n"));
    assert_eq!(page.fixed.as_deref(), Some(""));
    assert!(page.world().unwrap().is_some() && page.fixed_world().unwrap().is_some());
    assert_eq!(page.with_report("new\nreport\n"), PAGE.replace("old report", "new\nreport"));
}

#[test]
fn a_page_without_a_sentence_or_an_end_is_refused() {
    for wrong in ["", "SG-01", "# SG-01", "# SG-01 name\n\n## Why\n", "# A-1 b\n\nText.\n\n```toml world\n[vpc]\n"] {
        assert!(Page::parse(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn every_world_of_the_pages_can_be_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes");
    for page in Page::all(&folder).unwrap_or_else(|error| panic!("{error}")) {
        if let Err(error) = page.world().and_then(|_| page.fixed_world()) {
            panic!("{error}");
        }
    }
}
