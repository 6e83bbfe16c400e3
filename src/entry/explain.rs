//! `ecr-probe explain`: a code's page, or what ECS's own words mean.

use std::fs::File;
use std::io::IsTerminal;
use std::path::Path;
use std::rc::Rc;

use super::batch::{Answered, Batch};
use super::input::{self, Each, Item};
use super::{Exit, Failure, code, forms, lookup, print, runtime, say, signals, stopped};
use crate::config::{CheckArguments, ExplainArguments, Output, Settings, UsageError, Wanted, options, shown};
use crate::edge::{Live, address_ranges};
use crate::ranges::Cidr;
use crate::reason::{ApiFailure, Context, Explanation, Record, Verdict, explain_record, messages, records};
use crate::render;

/// How many explanations a document holds at the most: they are kept until its end.
const IN_A_DOCUMENT: usize = 1000;

/// `ecr-probe explain`
pub fn explain(arguments: &ExplainArguments) -> Result<Exit, Failure> {
    if arguments.task.is_some() || arguments.cluster.is_some() {
        return of_ecs(arguments);
    }
    let what = arguments.what.join(" ");
    let what = what.trim();
    if let Some(told) = code::told(what, || arguments.common.form.settled(&lookup)) {
        return told;
    }
    let is_terminal = std::io::stdin().is_terminal();
    match what {
        "" if is_terminal => Err(Failure::Usage(UsageError(
            "nothing to explain: give a code, the words that ECS printed, or - and pipe them in (see ecr-probe explain --help)"
                .to_owned(),
        ))),
        "" | "-" => {
            let teller = Teller::new(arguments)?;
            if is_terminal {
                say("reading stdin: paste the message, and end it with Ctrl-D on a line of its own");
            }
            let answers = Rc::clone(&teller.answers);
            teller.tell(|each| input::read(Answered::new(std::io::stdin().lock(), answers), each))
        }
        // A pipe, too: `explain <(docker logs x)`.
        path if Path::new(path).exists() && !Path::new(path).is_dir() => {
            let teller = Teller::new(arguments)?;
            let of_file = |why| match why {
                Failure::Stdin(why) => Failure::Usage(UsageError(format!("{path}: {why}"))),
                other => other,
            };
            let file = File::open(path).map_err(|why| of_file(Failure::Stdin(why)))?;
            let answers = Rc::clone(&teller.answers);
            teller.tell(|each| input::read(Answered::new(file, answers), each).map_err(of_file))
        }
        path if is_path(path) => {
            let why = if Path::new(path).is_dir() { "is a directory" } else { "does not exist" };
            Err(Failure::Usage(UsageError(format!(
                "the file {} {why}; give a file, a code, or the words that were printed, in quotes",
                shown(path)
            ))))
        }
        text => {
            let teller = Teller::new(arguments)?;
            teller.tell(|each| input::of_text(text, each))
        }
    }
}

/// Whether a word is meant as the path of a file: no message and no name of an image looks so.
fn is_path(word: &str) -> bool {
    const BEGINNINGS: [&str; 4] = ["/", "./", "../", "~/"];
    const ENDS: [&str; 6] = [".log", ".txt", ".json", ".jsonl", ".out", ".err"];
    let looks_so = BEGINNINGS.iter().any(|it| word.starts_with(it)) || ENDS.iter().any(|it| word.ends_with(it));
    looks_so && !word.contains([' ', '\n', ':'])
}

/// The task or tasks that ECS itself tells of; those of a cluster by their cause, since one cause stops many.
fn of_ecs(arguments: &ExplainArguments) -> Result<Exit, Failure> {
    let check = CheckArguments { common: arguments.common.clone(), ..CheckArguments::default() };
    let mut settings = Settings::for_check(&check, &lookup)?;
    let runtime = runtime()?;
    // As in audit: what no option and no variable names, the profile may.
    if settings.region.is_none() && settings.environment.region.is_none() {
        settings.environment.region = runtime.block_on(Live::profile_region());
    }
    let wanted = Wanted::new(arguments.task.as_deref(), arguments.cluster.as_deref(), &settings)?;
    let teller = Teller::new(arguments)?;
    let fetched = runtime.block_on(async {
        tokio::select! {
            fetched = stopped::fetch(&settings, &wanted, stopped::LONGEST) => fetched.map_err(Failure::from),
            why = signals::stop() => Err(Failure::Stopped { why, before: "ECS had told all" }),
        }
    })?;
    if let Some(why) = &fetched.incomplete {
        say(why);
    }
    // Between the list and the question ECS may forget a task, which then is no recent one.
    let is_known = |record: &Record| !record.failure.as_ref().is_some_and(ApiFailure::is_missing);
    let found: Vec<Record> = fetched.replies.iter().flat_map(records).filter(is_known).collect();
    match (teller.output, arguments.task.is_none()) {
        (Output::Text(_) | Output::Html | Output::Markdown | Output::Junit, true) => {
            let explanations: Vec<Explanation> = found.iter().map(|it| explain_record(it, &teller.context)).collect();
            if explanations.is_empty() && matches!(teller.output, Output::Text(_)) {
                print("no task of the cluster has stopped in the last hour\n")?;
            } else {
                print(&forms::explanations(&explanations, true, teller.output))?;
            }
            let unknown = explanations.iter().any(|it| it.verdict == Verdict::Unrecognised);
            Ok(if unknown { Exit::Inconclusive } else { Exit::Healthy })
        }
        _ => teller.tell(|each| found.into_iter().map(Item::Record).try_for_each(each)),
    }
}

/// Explains records one by one, in the form asked for.
struct Teller {
    context: Context,
    output: Output,
    /// As JSON, a line each.
    answers: Rc<Batch>,
}

impl Teller {
    fn new(arguments: &ExplainArguments) -> Result<Self, UsageError> {
        let cidr = |text: &String| Cidr::parse(text).map_err(|why| UsageError(format!("--vpc-cidr {text:?}: {why}")));
        let file = options::IP_RANGES.given(arguments.common.ip_ranges.clone(), &lookup)?;
        let ranges = address_ranges(file.as_deref())?;
        let output = arguments.common.form.settled(&lookup)?;
        let vpc = arguments.vpc_cidr.iter().map(cidr).collect::<Result<_, _>>()?;
        Ok(Teller { context: Context { ranges, vpc }, output, answers: Rc::new(Batch::new(print)) })
    }

    /// Tells of each record that `source` hands out. One that is not recognised, or too large, makes it inconclusive.
    fn tell(self, source: impl FnOnce(Each<'_>) -> Result<(), Failure>) -> Result<Exit, Failure> {
        let mut telling = Telling { teller: self, exit: Exit::Healthy, kept: Vec::new(), left_out: 0, is_first: true };
        let read = source(&mut |item| telling.take(item));
        // What came before the input broke off is told all the same.
        telling.finish(read.is_ok())?;
        read.map(|()| telling.exit)
    }
}

/// What has come so far.
struct Telling {
    teller: Teller,
    exit: Exit,
    kept: Vec<Explanation>,
    left_out: usize,
    is_first: bool,
}

impl Telling {
    fn take(&mut self, item: Item) -> Result<(), Failure> {
        // What is said on stderr is of what comes next.
        if !matches!(item, Item::Record(_) | Item::Text(_)) {
            self.teller.answers.flush()?;
        }
        match item {
            Item::Record(record) => self.record(&record),
            Item::Text(text) => messages(&text, &self.teller.context)
                .into_iter()
                .try_for_each(|text| self.record(&Record { text: text.to_owned(), ..Record::default() })),
            Item::Foreign(why) => {
                // Of many like it the first tells.
                if self.exit != Exit::Usage {
                    say(&why);
                }
                self.exit = Exit::Usage;
                Ok(())
            }
            Item::TooLarge(why) => {
                say(&why);
                self.exit = self.exit.worse(Exit::Inconclusive);
                Ok(())
            }
            Item::EmptyList => {
                say("nothing to explain: the input lists no tasks, services or events");
                Ok(())
            }
        }
    }

    fn record(&mut self, record: &Record) -> Result<(), Failure> {
        let explanation = explain_record(record, &self.teller.context);
        if explanation.verdict == Verdict::Unrecognised {
            self.exit = self.exit.worse(Exit::Inconclusive);
        }
        match self.teller.output {
            // A line a record, as it comes.
            Output::Json => self.teller.answers.add(&(render::json(&explanation) + "\n")),
            Output::Text(_) => {
                self.kept.push(explanation);
                if self.kept.len() == IN_A_DOCUMENT { self.texts() } else { Ok(()) }
            }
            Output::Html | Output::Markdown | Output::Junit => {
                if self.kept.len() < IN_A_DOCUMENT {
                    self.kept.push(explanation);
                } else {
                    self.left_out += 1;
                }
                Ok(())
            }
        }
    }

    /// Those of one cause stand together.
    fn texts(&mut self) -> Result<(), Failure> {
        let kept = std::mem::take(&mut self.kept);
        if kept.is_empty() {
            return Ok(());
        }
        let before = if std::mem::take(&mut self.is_first) { "" } else { "\n" };
        print(&format!("{before}{}", forms::explanations(&kept, render::has_equal_causes(&kept), self.teller.output)))
    }

    fn finish(&mut self, is_whole: bool) -> Result<(), Failure> {
        self.teller.answers.flush()?;
        self.texts_or_document(is_whole)?;
        if self.left_out > 0 {
            say(&format!(
                "{} more were read and are not in it: a document holds {IN_A_DOCUMENT} explanations, and --output json has no end",
                self.left_out
            ));
        }
        Ok(())
    }

    fn texts_or_document(&mut self, is_whole: bool) -> Result<(), Failure> {
        match self.teller.output {
            Output::Text(_) => self.texts(),
            // Of nothing but what another command is for there is no document.
            output if output.is_whole() && is_whole && (self.exit != Exit::Usage || !self.kept.is_empty()) => {
                print(&forms::explanations(&self.kept, false, output))
            }
            _ => Ok(()),
        }
    }
}
