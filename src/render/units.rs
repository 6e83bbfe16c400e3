//! Numbers with units that a person reads at a glance.

/// `0.3 ms`, `12 ms`, `5.0 s`.
pub fn milliseconds(value: f64) -> String {
    match value {
        v if v < 9.95 => format!("{v:.1} ms"),
        v if v < 999.5 => format!("{v:.0} ms"),
        v if v < 99_950.0 => format!("{:.1} s", v / 1e3),
        v => format!("{:.0} s", v / 1e3),
    }
}

/// Powers of ten, as registries and networks count: `512 B`, `8.2 kB`, `500 MB`.
pub fn bytes(value: u64) -> String {
    let mut scaled = value as f64;
    let mut unit = "B";
    for next in ["kB", "MB", "GB", "TB"] {
        if scaled < 999.5 {
            break;
        }
        scaled /= 1e3;
        unit = next;
    }
    match (unit, scaled) {
        ("B", _) => format!("{value} B"),
        (_, s) if s < 99.95 => format!("{s:.1} {unit}"),
        (_, s) => format!("{s:.0} {unit}"),
    }
}

/// `1 layer`, `3 layers`.
pub fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ if one.ends_with(['s', 'h', 'x']) => format!("{number} {one}es"),
        _ => format!("{number} {one}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_round_to_what_matters() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_000), "1.0 kB");
        assert_eq!(bytes(999_600), "1.0 MB");
        assert_eq!(bytes(500_000_000), "500 MB");
        assert_eq!(bytes(u64::MAX), "18446744 TB");
    }

    #[test]
    fn times_round_to_what_matters() {
        assert_eq!(milliseconds(0.31), "0.3 ms");
        assert_eq!(milliseconds(12.4), "12 ms");
        assert_eq!(milliseconds(5000.0), "5.0 s");
        assert_eq!(milliseconds(123_456.0), "123 s");
    }
}
