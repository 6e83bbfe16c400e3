//! `ecr-probe audit`: what the account's configuration would do to a pull.
