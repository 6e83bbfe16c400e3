//! Paths through the account's network: each rule of AWS's by itself, stories that people told, properties, and an
//! independent walk of single packets through random networks.

#[path = "path/compared.rs"]
mod compared;
#[path = "path/network.rs"]
mod network;
#[path = "path/packets.rs"]
mod packets;
#[path = "path/rules.rs"]
mod rules;
#[path = "path/stories.rs"]
mod stories;
#[path = "path/worlds.rs"]
mod worlds;
