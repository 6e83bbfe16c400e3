//! The tables of AWS's ranges: read from AWS's file or from the embedded text, sorted, looked up.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::Deserialize;

use super::cidr::{Cidr, CidrError};
use crate::model::{AddressClass, Timestamp};

/// AWS's file has about 2 MiB and 10,000 prefixes.
const LARGEST_FILE: usize = 16 * 1024 * 1024;
const MOST_PREFIXES: usize = 100_000;
/// AWS has some forty. Each prefix is looked up among them.
const MOST_REGIONS: usize = 500;

/// A run of addresses with its Region, as an index into the table's names.
#[derive(Debug, Clone, Copy)]
struct Run<T> {
    first: T,
    last: T,
    region: u16,
}

/// Sorted runs of addresses.
#[derive(Debug, Default)]
struct Runs<T>(Vec<Run<T>>);

impl<T: Copy + Ord> Runs<T> {
    /// The closest run around the address: the last that begins before it and has not ended.
    fn find(&self, address: T) -> Option<&Run<T>> {
        let begun = self.0.partition_point(|run| run.first <= address);
        self.0.get(..begun)?.iter().rev().find(|run| address <= run.last)
    }

    /// Whether a run has an address from `first` to `last`.
    fn has_any(&self, first: T, last: T) -> bool {
        let begun = self.0.partition_point(|run| run.first <= last);
        self.0.get(..begun).is_some_and(|begun| begun.iter().rev().any(|run| run.last >= first))
    }

    /// Sorts, and joins what overlaps within a Region, so that the table is as small as it can be.
    fn settle(&mut self) {
        // Of runs that begin together the longest comes first, and so is the last to be found.
        self.0.sort_unstable_by_key(|run| (run.first, Reverse(run.last), run.region));
        self.0.dedup_by(|next, run| {
            let joined = next.region == run.region && next.first <= run.last;
            if joined {
                run.last = run.last.max(next.last);
            }
            joined
        });
        self.0.shrink_to_fit();
    }
}

/// All that is read from AWS's file.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub created: Option<Timestamp>,
    regions: Vec<Box<str>>,
    s3_v4: Runs<u32>,
    s3_v6: Runs<u128>,
    aws_v4: Runs<u32>,
    aws_v6: Runs<u128>,
    /// A VPC has IPv4 addresses of its own, so only of IPv6 it matters.
    ec2_v6: Runs<u128>,
}

/// Whose a range is, while the table is read.
#[derive(Clone, Copy)]
enum Owner {
    Aws,
    Ec2,
    S3(u16),
}

/// Why a file is no table of AWS's address ranges.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangesError {
    /// More than 16 MiB.
    #[error("the file is larger than 16 MiB")]
    TooLarge,
    /// No JSON, or not of the form of AWS's file.
    #[error("not AWS's ip-ranges.json: {reason}")]
    Unreadable {
        /// What the JSON reader says, cut.
        reason: String,
    },
    /// So many prefixes.
    #[error("the file has {0} prefixes, and at most {MOST_PREFIXES} are read")]
    TooManyPrefixes(usize),
    /// More Regions than AWS has.
    #[error("the file names too many Regions")]
    TooManyRegions,
    /// A prefix that is no address range.
    #[error(transparent)]
    Prefix(#[from] CidrError),
    /// S3's prefixes are what the probe needs most.
    #[error("not AWS's ip-ranges.json: it has no prefix of service S3")]
    WithoutS3,
}

impl Table {
    /// Reads the text form that `scripts/refresh-ranges` documents. A line that cannot be read is passed over:
    /// the tests see to it that there is none.
    pub fn read(text: &str) -> Self {
        let mut lines = text.lines();
        let mut table = Table { created: lines.next().and_then(created), ..Table::default() };
        let mut owner = Owner::Aws;
        for line in lines {
            match line.strip_prefix("s3 ") {
                Some(region) => owner = Owner::S3(table.region(region).unwrap_or_default()),
                None if line == "aws" => owner = Owner::Aws,
                None if line == "ec2" => owner = Owner::Ec2,
                None => ranges(line).flatten().for_each(|range| table.add(range, owner)),
            }
        }
        table.settle();
        table
    }

    /// Reads AWS's `ip-ranges.json`.
    pub fn from_json(bytes: &[u8]) -> Result<Self, RangesError> {
        if bytes.len() > LARGEST_FILE {
            return Err(RangesError::TooLarge);
        }
        let file: File<'_> =
            serde_json::from_slice(bytes).map_err(|error| RangesError::Unreadable { reason: short(&error) })?;
        let count = file.prefixes.len() + file.ipv6_prefixes.len();
        if count > MOST_PREFIXES {
            return Err(RangesError::TooManyPrefixes(count));
        }
        let mut table = Table { created: created(&file.created), ..Table::default() };
        for Prefix { range, region, service } in file.prefixes.iter().chain(&file.ipv6_prefixes) {
            let owner = match service.as_ref() {
                "AMAZON" => Owner::Aws,
                "EC2" => Owner::Ec2,
                "S3" => Owner::S3(table.region(region).ok_or(RangesError::TooManyRegions)?),
                _ => continue,
            };
            table.add(Cidr::parse(range)?, owner);
        }
        if table.s3_v4.0.is_empty() && table.s3_v6.0.is_empty() {
            return Err(RangesError::WithoutS3);
        }
        table.settle();
        Ok(table)
    }

    /// The index of a Region's name; `None` where there are too many.
    fn region(&mut self, name: &str) -> Option<u16> {
        let known = self.regions.iter().position(|known| **known == *name);
        let index = known.unwrap_or(self.regions.len());
        if known.is_none() && index < MOST_REGIONS {
            self.regions.push(name.into());
        }
        u16::try_from(index).ok().filter(|_| index < MOST_REGIONS)
    }

    fn add(&mut self, range: Cidr, owner: Owner) {
        match range.0 {
            IpNet::V4(range) => {
                let (runs, region) = match owner {
                    Owner::Aws => (&mut self.aws_v4, 0),
                    Owner::S3(region) => (&mut self.s3_v4, region),
                    Owner::Ec2 => return,
                };
                runs.0.push(Run { first: range.network().to_bits(), last: range.broadcast().to_bits(), region });
            }
            IpNet::V6(range) => {
                let (runs, region) = match owner {
                    Owner::Aws => (&mut self.aws_v6, 0),
                    Owner::S3(region) => (&mut self.s3_v6, region),
                    Owner::Ec2 => (&mut self.ec2_v6, 0),
                };
                runs.0.push(Run { first: range.network().to_bits(), last: range.broadcast().to_bits(), region });
            }
        }
    }

    fn settle(&mut self) {
        self.s3_v4.settle();
        self.s3_v6.settle();
        self.aws_v4.settle();
        self.aws_v6.settle();
        self.ec2_v6.settle();
        self.regions.shrink_to_fit();
    }

    /// Whether a range has an address from `first` to `last`.
    pub fn has_any(&self, first: IpAddr, last: IpAddr) -> bool {
        match (first, last) {
            (IpAddr::V4(first), IpAddr::V4(last)) => {
                let (first, last) = (first.to_bits(), last.to_bits());
                self.aws_v4.has_any(first, last) || self.s3_v4.has_any(first, last)
            }
            (IpAddr::V6(first), IpAddr::V6(last)) => {
                let (first, last) = (first.to_bits(), last.to_bits());
                [&self.aws_v6, &self.s3_v6, &self.ec2_v6].iter().any(|runs| runs.has_any(first, last))
            }
            _ => false,
        }
    }

    /// Who owns an address, and the Region of S3's.
    pub fn class(&self, address: IpAddr) -> (AddressClass, Option<String>) {
        let (s3, other) = match address {
            IpAddr::V4(address) => {
                let address = address.to_bits();
                let aws = self.aws_v4.find(address).map(|_| AddressClass::Aws);
                (self.s3_v4.find(address).map(|run| run.region), aws)
            }
            IpAddr::V6(address) => {
                let address = address.to_bits();
                let ec2 = self.ec2_v6.find(address).map(|_| AddressClass::AwsOrVpc);
                let aws = || self.aws_v6.find(address).map(|_| AddressClass::Aws);
                (self.s3_v6.find(address).map(|run| run.region), ec2.or_else(aws))
            }
        };
        match s3 {
            Some(region) => {
                let name = self.regions.get(usize::from(region)).filter(|name| ***name != *"GLOBAL");
                (AddressClass::S3, name.map(ToString::to_string))
            }
            None => (other.unwrap_or(AddressClass::Elsewhere), None),
        }
    }
}

/// The ranges of a line: one, or several of IPv6 that begin alike, as `2600:1f18 /33 8000/36`. `Err` has what is none.
fn ranges(line: &str) -> impl Iterator<Item = Result<Cidr, CidrError>> {
    let (head, rest) = line.split_once(' ').unwrap_or(("", line));
    rest.split(' ').map(move |part| {
        if head.is_empty() {
            return Cidr::parse(part);
        }
        let (groups, length) = part.split_once('/').unwrap_or((part, ""));
        // An address has eight groups, two of them in the head: where there are fewer, zeros follow.
        match groups.split(':').filter(|group| !group.is_empty()).count() {
            0 => Cidr::parse(&format!("{head}::/{length}")),
            6 => Cidr::parse(&format!("{head}:{groups}/{length}")),
            _ => Cidr::parse(&format!("{head}:{groups}::/{length}")),
        }
    })
}

/// serde quotes what it finds in a wrong place, however long.
fn short(error: &serde_json::Error) -> String {
    error.to_string().chars().take(200).collect()
}

/// AWS's `createDate`, such as `2026-08-22-15-17-05`, in UTC.
fn created(text: &str) -> Option<Timestamp> {
    let numbers: Vec<u16> = text.split('-').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [year, month, day, hour, minute, second] = numbers.try_into().ok()?;
    let byte = |number: u16| u8::try_from(number).ok();
    let month = time::Month::try_from(byte(month)?).ok()?;
    let date = time::Date::from_calendar_date(i32::from(year), month, byte(day)?).ok()?;
    let time = time::Time::from_hms(byte(hour)?, byte(minute)?, byte(second)?).ok()?;
    Some(Timestamp(time::PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp()))
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(rename = "createDate", borrow)]
    created: Cow<'a, str>,
    #[serde(borrow)]
    prefixes: Vec<Prefix<'a>>,
    #[serde(borrow)]
    ipv6_prefixes: Vec<Prefix<'a>>,
}

#[derive(Deserialize)]
struct Prefix<'a> {
    #[serde(rename = "ip_prefix", alias = "ipv6_prefix", borrow)]
    range: Cow<'a, str>,
    #[serde(borrow)]
    region: Cow<'a, str>,
    #[serde(borrow)]
    service: Cow<'a, str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_text_is_read_to_the_last_line() {
        let text = include_str!("../../data/aws-ranges.txt");
        let is_title = |line: &str| ["aws", "ec2"].contains(&line) || line.starts_with("s3 ");
        let lines = || text.lines().skip(1).filter(|line| !is_title(line));
        let named: Vec<Cidr> = lines().flat_map(ranges).map(|range| range.expect("it is a range")).collect();
        let table = Table::read(text);
        let (of_v4, of_v6) = ([&table.s3_v4, &table.aws_v4], [&table.s3_v6, &table.aws_v6, &table.ec2_v6]);
        let runs =
            of_v4.iter().map(|runs| runs.0.len()).sum::<usize>() + of_v6.iter().map(|runs| runs.0.len()).sum::<usize>();
        assert_eq!(runs, named.len(), "the script joins what it can");
        // The probe runs beside an application.
        let bytes = of_v4.iter().map(|runs| size_of_val(runs.0.as_slice())).sum::<usize>()
            + of_v6.iter().map(|runs| size_of_val(runs.0.as_slice())).sum::<usize>();
        assert!(bytes < 160 * 1024, "{bytes}");
    }

    #[test]
    fn ranges_that_begin_alike_share_a_line() {
        let read = |line: &str| -> Vec<String> {
            ranges(line).map(|range| range.map_or_else(|why| why.to_string(), |it| it.to_string())).collect()
        };
        assert_eq!(
            read("2600:1f18 /33 8000/36 1:2/64 1:2:3:4:5:6/128"),
            ["2600:1f18::/33", "2600:1f18:8000::/36", "2600:1f18:1:2::/64", "2600:1f18:1:2:3:4:5:6/128"]
        );
        assert_eq!(read("198.51.100.0/24"), ["198.51.100.0/24"]);
        assert!(ranges("2600:1f18 x/33").all(|range| range.is_err()));
        assert!(ranges("2600:1f18 1").all(|range| range.is_err()));
    }

    #[test]
    fn a_date_of_aws_is_read() {
        assert_eq!(created("2026-08-22-15-17-05").map(|at| at.to_string()).as_deref(), Some("2026-08-22T15:17:05Z"));
        for text in ["", "2026-08-22", "2026-13-22-15-17-05", "2026-08-22-15-17-65", "2026-08-22-15-17-05-1", "x"] {
            assert_eq!(created(text), None, "{text}");
        }
    }

    #[test]
    fn the_closest_of_nested_runs_is_found() {
        let mut runs = Runs::default();
        for (first, last, region) in
            [(0u32, 99, 1), (10, 19, 2), (10, 14, 3), (40, 60, 1), (200, 210, 2), (205, 220, 2)]
        {
            runs.0.push(Run { first, last, region });
        }
        runs.settle();
        let find = |address| runs.find(address).map(|run| run.region);
        for (address, region) in
            [(0, Some(1)), (12, Some(3)), (16, Some(2)), (30, Some(1)), (50, Some(1)), (100, None), (215, Some(2))]
        {
            assert_eq!(find(address), region, "{address}");
        }
    }
}
