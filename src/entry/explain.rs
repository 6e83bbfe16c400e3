//! `ecr-probe explain`: a code's page, or what ECS's own words mean.

use std::io::IsTerminal;

use super::input::{self, Each, Item};
use super::{Exit, Failure, forms, lookup, print, runtime, say, signals, stopped};
use crate::config::{CheckArguments, ExplainArguments, Output, Settings, UsageError, Wanted, options};
use crate::diagnose::rules;
use crate::edge::{Live, address_ranges};
use crate::ranges::Cidr;
use crate::reason::{ApiFailure, Context, Explanation, Record, Verdict, explain_record, records};
use crate::render;

/// How many explanations a document holds at the most: they are kept until its end.
const IN_A_DOCUMENT: usize = 1000;

/// `ecr-probe explain`
pub fn explain(arguments: &ExplainArguments) -> Result<Exit, Failure> {
    if arguments.task.is_some() || arguments.recent {
        return of_ecs(arguments);
    }
    let what = arguments.what.join(" ");
    match what.trim() {
        code if is_code(code) => page(code, arguments.common.form.settled(&lookup)?),
        "" if std::io::stdin().is_terminal() => Err(Failure::Usage(UsageError(
            "nothing to explain: give a code, the words that ECS printed, or - and pipe them in (see ecr-probe explain --help)"
                .to_owned(),
        ))),
        "" | "-" => {
            let teller = Teller::new(arguments)?;
            teller.tell(|each| input::read(std::io::stdin().lock(), each))
        }
        text => {
            let teller = Teller::new(arguments)?;
            teller.tell(|each| input::of_text(text, each))
        }
    }
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
    match (teller.output, arguments.recent) {
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
}

impl Teller {
    fn new(arguments: &ExplainArguments) -> Result<Self, UsageError> {
        let cidr = |text: &String| Cidr::parse(text).map_err(|why| UsageError(format!("--vpc-cidr {text:?}: {why}")));
        let file = options::IP_RANGES.given(arguments.common.ip_ranges.clone(), &lookup)?;
        let ranges = address_ranges(file.as_deref())?;
        let output = arguments.common.form.settled(&lookup)?;
        let vpc = arguments.vpc_cidr.iter().map(cidr).collect::<Result<_, _>>()?;
        Ok(Teller { context: Context { ranges, vpc }, output })
    }

    /// Tells of each record that `source` hands out. One that is not recognised, or too large, makes it inconclusive.
    fn tell(&self, source: impl FnOnce(Each<'_>) -> Result<(), Failure>) -> Result<Exit, Failure> {
        let mut exit = Exit::Healthy;
        let mut first = true;
        let (mut kept, mut left_out) = (Vec::new(), 0_usize);
        source(&mut |item| {
            let record = match item {
                Item::Record(record) => record,
                Item::TooLarge(why) => {
                    say(&why);
                    exit = Exit::Inconclusive;
                    return Ok(());
                }
                Item::EmptyList => {
                    say("nothing to explain: the input lists no tasks, services or events");
                    return Ok(());
                }
            };
            let explanation = explain_record(&record, &self.context);
            if explanation.verdict == Verdict::Unrecognised {
                exit = Exit::Inconclusive;
            }
            match self.output {
                Output::Text(depth) if std::mem::take(&mut first) => print(&forms::explanation(&explanation, depth)),
                Output::Text(depth) => print(&format!("\n{}", forms::explanation(&explanation, depth))),
                Output::Json => print(&(render::json(&explanation) + "\n")),
                Output::Html | Output::Markdown | Output::Junit => {
                    if kept.len() < IN_A_DOCUMENT {
                        kept.push(explanation);
                    } else {
                        left_out += 1;
                    }
                    Ok(())
                }
            }
        })?;
        if self.output.is_whole() {
            print(&forms::explanations(&kept, false, self.output))?;
        }
        if left_out > 0 {
            say(&format!(
                "{left_out} more were read and are not in it: a document holds {IN_A_DOCUMENT} explanations, and --output json has no end"
            ));
        }
        Ok(exit)
    }
}

fn page(code: &str, output: Output) -> Result<Exit, Failure> {
    if let Some(rule) = rules::of(code) {
        print(&forms::code(rule, output)?)?;
        return Ok(Exit::Healthy);
    }
    let related: Vec<String> = rules::naming(code).map(|code| code.to_string()).collect();
    let known: Vec<&str> = rules::all().map(|rule| rule.code.id()).collect();
    Err(Failure::Usage(UsageError(if related.is_empty() {
        format!("no page for {code:?}; there are pages for {}", known.join(" "))
    } else {
        format!("{code} has no page of its own; it is spoken of in {}", related.join(", "))
    })))
}

/// `FAMILY-NN`.
fn is_code(text: &str) -> bool {
    text.split_once('-').is_some_and(|(family, number)| {
        !family.is_empty()
            && family.len() <= 6
            && family.chars().all(|c| c.is_ascii_alphabetic())
            && number.len() == 2
            && number.chars().all(|c| c.is_ascii_digit())
    })
}
