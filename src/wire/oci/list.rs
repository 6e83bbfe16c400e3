//! Lists of a manifest, read no further than an image needs.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};

/// More layers, or entries of an index, than any real image has.
pub(super) const MANY: usize = 1000;

/// The first [`MANY`] elements. An element written `{}` takes thirty times as much memory as text, and a body of 4 MiB
/// holds a million of them.
pub(super) struct Bounded<T> {
    pub first: Vec<T>,
    /// Of all of them.
    pub count: usize,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Bounded { first: Vec::new(), count: 0 }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Bounded<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Reader(PhantomData))
    }
}

struct Reader<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
    type Value = Bounded<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Bounded<T>, A::Error> {
        let mut list = Bounded::default();
        while list.count < MANY {
            match elements.next_element()? {
                Some(element) => list.first.push(element),
                None => return Ok(list),
            }
            list.count += 1;
        }
        while elements.next_element::<IgnoredAny>()?.is_some() {
            list.count += 1;
        }
        Ok(list)
    }
}
