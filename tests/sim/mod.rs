//! A simulated AWS: worlds as data, in memory for the tests of the codes, and as servers on the
//! loopback interface for the tests of the live edge and for the lab.

#![allow(dead_code, unused_imports, reason = "each test binary, and the lab, includes this and uses its own part")]

pub mod account;
pub mod aws;
mod cbor;
mod certificates;
mod content;
pub mod loopback;
pub mod memory;
pub mod names;
pub mod packet;
pub mod page;
pub mod secrets;
pub mod service;
pub mod world;

pub use account::Account;
pub use loopback::Loopback;
pub use memory::MemoryEdge;
pub use page::Page;
pub use secrets::CANARIES;
pub use world::World;
