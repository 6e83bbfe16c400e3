//! Temporary.
mod sim;
mod support;
use ecr_probe::render::{self, Style};
#[test]
fn show() {
    let Some(folder) = std::env::var_os("WORLDS") else { return };
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    for file in files {
        let toml = std::fs::read_to_string(&file).unwrap();
        println!("##### {}\n{toml}", file.file_name().unwrap().to_string_lossy());
        match sim::World::from_toml(&toml) {
            Ok(world) => println!("{}\n", render::text(&support::check(world), Style::Plain)),
            Err(why) => println!("WRONG {why}"),
        }
    }
}
