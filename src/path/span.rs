//! Sets of addresses, as runs.

use std::net::IpAddr;

use ipnet::IpNet;

/// A run of addresses of one family, first and last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    v6: bool,
    first: u128,
    last: u128,
}

impl Span {
    /// The addresses of a CIDR as AWS writes it; `None` where it is none. Bits beyond the prefix do not count.
    pub fn parse(cidr: &str) -> Option<(Self, u8)> {
        let net: IpNet = cidr.parse().ok()?;
        Some((Span::between(net.network(), net.broadcast()), net.prefix_len()))
    }

    /// From one address to another of its family.
    pub fn between(first: IpAddr, last: IpAddr) -> Self {
        Span { v6: first.is_ipv6(), first: bits(first), last: bits(last) }
    }

    /// The addresses of both.
    pub fn and(self, other: Span) -> Option<Span> {
        let (first, last) = (self.first.max(other.first), self.last.min(other.last));
        (self.v6 == other.v6 && first <= last).then_some(Span { v6: self.v6, first, last })
    }

    /// What is left of it without the other: before and behind.
    pub fn without(self, other: Span) -> [Option<Span>; 2] {
        let Some(both) = self.and(other) else { return [Some(self), None] };
        let before = both.first.checked_sub(1).filter(|last| *last >= self.first && both.first > self.first);
        let behind = both.last.checked_add(1).filter(|first| *first <= self.last);
        [before.map(|last| Span { last, ..self }), behind.map(|first| Span { first, ..self })]
    }

    /// Its first and its last address.
    pub fn ends(self) -> (IpAddr, IpAddr) {
        (address(self.v6, self.first), address(self.v6, self.last))
    }

    /// Whether they are of IPv6.
    pub fn is_v6(self) -> bool {
        self.v6
    }

    /// How many addresses, near enough for a share.
    pub fn size(self) -> f64 {
        (self.last - self.first) as f64 + 1.0
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn address(v6: bool, bits: u128) -> IpAddr {
    if v6 { IpAddr::V6(bits.into()) } else { IpAddr::V4(u32::try_from(bits).unwrap_or(u32::MAX).into()) }
}

/// A set of addresses: runs that do not overlap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Addresses(Vec<Span>);

impl Addresses {
    /// All that are in one of the runs.
    pub fn of(spans: impl IntoIterator<Item = Span>) -> Self {
        let mut all: Vec<Span> = spans.into_iter().collect();
        all.sort_unstable();
        all.dedup_by(|next, run| {
            let joined = next.v6 == run.v6 && next.first <= run.last.saturating_add(1);
            if joined {
                run.last = run.last.max(next.last);
            }
            joined
        });
        Addresses(all)
    }

    /// One address.
    pub fn one(address: IpAddr) -> Self {
        Addresses(vec![Span::between(address, address)])
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The runs, the lowest first.
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// How many addresses, near enough for a share.
    pub fn size(&self) -> f64 {
        self.0.iter().map(|span| span.size()).sum()
    }

    /// Those that are in the run too.
    pub fn within(&self, other: Span) -> Self {
        Addresses(self.0.iter().filter_map(|span| span.and(other)).collect())
    }

    /// Takes a run out. Says whether that took any address.
    pub fn take(&mut self, other: Span) -> bool {
        if !self.0.iter().any(|span| span.and(other).is_some()) {
            return false;
        }
        self.0 = self.0.iter().flat_map(|span| span.without(other)).flatten().collect();
        true
    }

    /// Those that are not in the other set.
    pub fn without(&self, other: &Addresses) -> Self {
        let mut left = self.clone();
        for span in &other.0 {
            left.take(*span);
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(cidrs: &[&str]) -> Addresses {
        Addresses::of(cidrs.iter().map(|cidr| Span::parse(cidr).unwrap().0))
    }

    #[test]
    fn two_halves_are_the_whole() {
        assert_eq!(set(&["128.0.0.0/1", "0.0.0.0/1"]), set(&["0.0.0.0/0"]));
        assert_eq!(set(&["::/1", "8000::/1"]), set(&["::/0"]));
        assert!(set(&["0.0.0.0/0"]).without(&set(&["0.0.0.0/1", "128.0.0.0/1"])).is_empty());
    }

    #[test]
    fn families_are_apart() {
        let mut v4 = set(&["0.0.0.0/0"]);
        assert!(!v4.take(Span::parse("::/0").unwrap().0));
        assert_eq!(v4, set(&["0.0.0.0/0"]));
    }

    proptest! {
        #[test]
        fn an_address_is_in_one_part_only(a: u32, la in 0u8..=32, b: u32, lb in 0u8..=32, asked: u32) {
            let text = |bits: u32, length: u8| format!("{}/{length}", IpAddr::V4(bits.into()));
            let (one, two) = (Span::parse(&text(a, la)).unwrap().0, Span::parse(&text(b, lb)).unwrap().0);
            let asked = Span::between(IpAddr::V4(asked.into()), IpAddr::V4(asked.into()));
            let all = Addresses::of([one]);
            let (inside, outside) = (all.within(two), all.without(&Addresses::of([two])));
            let holds = |set: &Addresses| !set.within(asked).is_empty();
            prop_assert_eq!(holds(&inside), one.and(asked).is_some() && two.and(asked).is_some());
            prop_assert_eq!(holds(&outside), one.and(asked).is_some() && two.and(asked).is_none());
            prop_assert!((inside.size() + outside.size() - all.size()).abs() < 1.0);
        }
    }
}
