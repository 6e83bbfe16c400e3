//! Secrets on command lines: `docker login -p …`, `echo … | docker login --password-stdin`, `curl -u AWS:…`,
//! `aws configure set aws_secret_access_key …`.

use memchr::memchr_iter;

use super::word::is_variable;

/// How far behind `echo` the pipe and the login are looked for, in words.
const PIPED: usize = 12;

/// Whether a line may hold such: each stands behind an option, or is of a program that logs in.
pub fn may_hold(line: &str) -> bool {
    let bytes = line.as_bytes();
    let begins = |at: usize| at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
    memchr_iter(b'-', bytes).any(begins) || line.contains("login") || line.contains("configure set")
}

/// The words of a line so far.
#[derive(Default)]
pub struct Arguments {
    /// Whether a program logs in: `-p` means a port or a path to others.
    logs_in: bool,
    /// Whether curl is called.
    is_curl: bool,
    /// Up to which word what is printed goes to such a program.
    printed: usize,
    /// The quote that a secret of several words began with.
    quote: Option<char>,
}

impl Arguments {
    /// From which byte on the word of this number is a secret; `None` where it is none.
    pub fn secret(&mut self, words: &[&str], nth: usize) -> Option<usize> {
        if let Some(quote) = self.quote {
            self.quote = Some(quote).filter(|quote| !words[nth].contains(*quote));
            return Some(0);
        }
        let found = self.first(words, nth)?;
        let is_closed = |quote: char| words[nth][found..].matches(quote).count() != 1;
        let quote = words[nth][found..].chars().next().filter(|it| matches!(it, '"' | '\'') && !is_closed(*it));
        self.quote = quote.filter(|it| words[nth + 1..].iter().take(LONGEST).any(|word| word.ends_with(*it)));
        Some(found)
    }

    fn first(&mut self, words: &[&str], nth: usize) -> Option<usize> {
        let word = words[nth];
        let option = bare(word);
        self.logs_in = self.logs_in || option == "login";
        self.is_curl = self.is_curl || option == "curl";
        let before = nth.checked_sub(1).map(|nth| bare(words[nth])).unwrap_or_default();
        let whole = |is: bool| (is && !is_variable(option) && !option.is_empty()).then_some(0);
        let is_echo = matches!(option, "echo" | "printf");
        if is_echo && nth >= self.printed {
            self.printed = nth + printed(&words[nth..words.len().min(nth + PIPED)]);
        }
        // Most words of a message are no arguments.
        let is_option =
            nth > 1 && words[nth - 2] == "<<" || before.starts_with(['-', '<']) || word.starts_with(['-', '<']);
        match before {
            // `aws configure set profile.x.aws_secret_access_key …`.
            _ if nth > 1 && words[nth - 2] == "set" && is_key(before) => whole(true),
            _ if nth >= self.printed && !is_option => None,
            _ if nth < self.printed && !is_echo => whole(!option.starts_with('-')),
            "-p" => whole(self.logs_in && !option.starts_with('-')),
            _ if is_of_secret(before) => whole(!is_sentence(words, nth) && !option.starts_with('-')),
            "<<<" => whole(self.logs_in),
            // A document for its input: `<<EOF`.
            "<<" => None,
            _ if before.starts_with("<<") || nth > 1 && words[nth - 2] == "<<" => whole(self.logs_in),
            _ if word.starts_with("<<<") && self.logs_in => Some(3).filter(|at| *at < word.len()),
            "-u" | "--user" | "-U" | "--proxy-user" | "--creds" | "--src-creds" | "--dest-creds" => password(word),
            // By crictl.
            "--auth" => whole(!option.starts_with('-')),
            _ if word.starts_with("-p") && self.logs_in => Some(2).filter(|at| !word[*at..].is_empty()),
            _ if word.starts_with("--") && ["creds=", "user="].iter().any(|it| word.contains(it)) => password(word),
            // Of several options that were given as one: `curl -su`.
            _ if self.is_curl && is_short(before) && before.ends_with('u') => password(word),
            _ if word.starts_with("--") && word.contains('=') => of_option(word),
            _ if word.starts_with("-u") && !word.starts_with("--") => password(word),
            _ => None,
        }
    }
}

/// A password has no more words.
const LONGEST: usize = 8;

/// Whether an option has a secret for its value: `--password`, `--session-token`, PowerShell's `-Password`.
fn is_of_secret(option: &str) -> bool {
    const NAMES: [&str; 11] = [
        "passwd",
        "pass",
        "pwd",
        "passphrase",
        "passcode",
        "token",
        "api-key",
        "secret-key",
        "access-key",
        "client-secret",
        "secret-string",
    ];
    let is_long = option.starts_with("--") || option.len() > 2 && option.as_bytes()[1].is_ascii_uppercase();
    if !is_long || !option.starts_with('-') {
        return false;
    }
    let name = option.trim_start_matches('-').to_ascii_lowercase();
    let is_last = |it: &str| name.strip_suffix(it).is_some_and(|rest| rest.is_empty() || rest.ends_with('-'));
    name.ends_with("password") || NAMES.iter().any(|it| is_last(it))
}

/// Where the secret in `--token=…` begins.
fn of_option(word: &str) -> Option<usize> {
    let (option, value) = word.split_once('=')?;
    let is_set = !value.is_empty() && !is_variable(value) && !value.starts_with('<');
    (is_of_secret(option) && is_set).then_some(option.len() + 1)
}

/// Whether options of one letter each were given as one.
fn is_short(option: &str) -> bool {
    option.strip_prefix('-').is_some_and(|it| it.len() > 1 && it.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

fn is_key(name: &str) -> bool {
    ["aws_secret_access_key", "aws_session_token"].contains(&name.rsplit('.').next().unwrap_or_default())
}

/// As an argument is, in a list of JSON too.
fn bare(word: &str) -> &str {
    let is_dressing = |byte: Option<&u8>| byte.is_some_and(|byte| b"\"',[]`".contains(byte));
    let bytes = word.as_bytes();
    let is_bare = !is_dressing(bytes.first()) && !is_dressing(bytes.last());
    if is_bare { word } else { word.trim_matches(['"', '\'', ',', '[', ']', '`']) }
}

/// Behind the colon of `AWS:…`; `1000:1000` is a user and a group.
fn password(word: &str) -> Option<usize> {
    let (user, password) = word.split_once(':')?;
    let is_id = bare(password).bytes().all(|byte| byte.is_ascii_digit());
    let is_address = password.starts_with("//");
    (!is_id && !is_address && !is_variable(password)).then_some(user.len() + 1)
}

/// "Using --password via the CLI is insecure", "flag --password needs an argument", "--token string   the token", "--token, or".
fn is_sentence(words: &[&str], nth: usize) -> bool {
    const GO_ON: [&str; 14] = [
        "string", "must", "flag", "flags", "option", "or", "and", "is", "are", "needs", "requires", "required",
        "argument", "to",
    ];
    let before = nth.checked_sub(2).map(|nth| words[nth]).unwrap_or_default();
    let told = ["using", "use", "flag", "option"].iter().any(|it| it.eq_ignore_ascii_case(before));
    let is_listed = words[nth - 1].ends_with(',') && !words[nth - 1].starts_with(['[', '"', '\'']);
    let is_plain = words[nth].bytes().all(|byte| byte.is_ascii_lowercase());
    told && is_plain || is_listed || GO_ON.contains(&words[nth])
}

/// How many words from `echo` on are printed for a program that logs in; 0 where there is none.
fn printed(words: &[&str]) -> usize {
    let Some(pipe) = words.iter().position(|word| word.ends_with('|')) else { return 0 };
    let logs_in = words[pipe..].iter().any(|word| matches!(*word, "login" | "--password-stdin"));
    if logs_in { pipe + usize::from(words[pipe] != "|") } else { 0 }
}
