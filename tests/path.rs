//! Paths through the account's network: each rule of AWS's by itself, stories that people told, properties, and an
//! independent walk of single packets through random networks.

#[path = "path/compared.rs"]
mod compared;
#[path = "path/large.rs"]
mod large;
#[path = "hostile/memory.rs"]
mod memory;
#[path = "path/names.rs"]
mod names;
#[path = "path/network.rs"]
mod network;
#[path = "path/packets.rs"]
mod packets;
#[path = "path/private_dns.rs"]
mod private_dns;
#[path = "path/properties.rs"]
mod properties;
#[path = "path/rules.rs"]
mod rules;
#[path = "path/stories.rs"]
mod stories;
#[path = "path/words.rs"]
mod words;
#[path = "path/worlds.rs"]
mod worlds;
