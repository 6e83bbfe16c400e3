//! Tables.

use super::escape::inline;

/// A table with foreign text in its cells; empty where it has no row.
pub fn table<const N: usize>(heads: [&str; N], rows: &[[String; N]]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = row(heads.iter().map(ToString::to_string).collect());
    text.push_str(&row(vec!["---".to_owned(); N]));
    for cells in rows {
        text.push_str(&row(cells.iter().map(|cell| inline(cell)).collect()));
    }
    text + "\n"
}
