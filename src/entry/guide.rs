//! What `ecr-probe` says without a command: which one fits which situation.

/// One line a situation, and below it the command to start with.
pub const GUIDE: &str = "\
no command. Start with the one that fits:
  a service does not start, from anywhere with AWS credentials
      ecr-probe audit --cluster NAME --service NAME
  there is an error message from ECS, Docker or containerd
      ecr-probe explain 'MESSAGE'
  inside the subnet: on the host, or in a task
      ecr-probe check IMAGE
  no image can be pulled there: Lambda functions in the subnets (deploy/lambda.yaml), and then
      ecr-probe sweep --cluster NAME --service NAME
  as a monitor, beside an application
      ecr-probe watch IMAGE
  nothing broken yet: read about a fault, or try the lab in a checkout of the source (cargo run --example lab)
      ecr-probe explain SG-01
all commands and options: ecr-probe --help";

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::config::Arguments;

    #[test]
    fn it_fits_on_a_screen() {
        assert!(GUIDE.lines().count() <= 15, "{} lines", GUIDE.lines().count());
        assert!(GUIDE.lines().all(|line| line.chars().count() <= 110));
    }

    #[test]
    fn every_command_of_it_is_taken() {
        let commands: Vec<&str> = GUIDE.lines().filter_map(|line| line.strip_prefix("      ")).collect();
        assert_eq!(commands.len(), 6);
        for command in commands {
            let words = command.split(' ').map(|word| word.trim_matches('\''));
            Arguments::try_parse_from(words).unwrap_or_else(|error| panic!("{command}: {error}"));
        }
    }
}
