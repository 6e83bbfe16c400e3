//! Asking one question: its calls with all their pages, and what they come to as facts.

use std::cell::Cell;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::call::{Call, Input};
use super::client::{Client, Failure};
use super::xml;
use crate::aws::Service;
use crate::model::facts::{Fact, Hidden, Listing, Why};
use crate::model::outcome::{NoAnswer, Rejection};
use crate::model::{Act, Check};

/// The most pages of one list. A thousand of EC2's resources have ten.
const PAGES: usize = 100;

/// Facts with their subjects.
pub type Facts = Vec<(String, Act)>;

/// One page of a list.
pub trait Page: DeserializeOwned {
    /// What is listed.
    type Item;

    /// What is on the page, and the token of the next one.
    fn turned(self) -> (Vec<Self::Item>, Option<String>);
}

/// A client while it is asked one question.
#[derive(Debug)]
pub struct Asking<'c> {
    client: &'c Client,
    /// The Region of the placement.
    pub region: &'c str,
    /// The caller's account, where it is known.
    pub own_account: Option<&'c str>,
    calls: Cell<u32>,
}

/// Takes what is on a page of a list, and tells the token of the next page.
type Keep<'k> = dyn FnMut(&Call<'_>, &[u8]) -> Result<Option<String>, NoAnswer> + 'k;

impl<'c> Asking<'c> {
    /// Nothing was asked yet.
    pub fn new(client: &'c Client, region: &'c str, own_account: Option<&'c str>) -> Self {
        Asking { client, region, own_account, calls: Cell::new(0) }
    }

    /// How many requests were sent, without further pages and further tries.
    pub fn calls(&self) -> u32 {
        self.calls.get()
    }

    /// The client, for what is no call of an API.
    pub fn client(&self) -> &'c Client {
        self.client
    }

    /// One call.
    ///
    /// # Errors
    ///
    /// Why nothing is told.
    pub async fn call<T: DeserializeOwned>(
        &self,
        service: Service,
        region: &str,
        operation: &'static str,
        input: Input,
    ) -> Result<T, Hidden> {
        self.calls.set(self.calls.get() + 1);
        self.page(&Call { service, region, operation, input }).await
    }

    async fn page<T: DeserializeOwned>(&self, call: &Call<'_>) -> Result<T, Hidden> {
        let body = self.body(call).await?;
        read(call, &body).map_err(|how| hidden(call, Failure::NoAnswer(how)))
    }

    /// A list with all its pages. `input` makes the input of a page of its token.
    ///
    /// # Errors
    ///
    /// Why not all of it is told: a part of a list proves nothing.
    pub async fn all<P: Page>(
        &self,
        service: Service,
        region: &str,
        operation: &'static str,
        input: impl Fn(Option<&str>) -> Input,
    ) -> Result<Vec<P::Item>, Hidden> {
        let mut all = Vec::new();
        let mut keep = |call: &Call<'_>, body: &[u8]| {
            let (items, next) = read::<P>(call, body)?.turned();
            all.extend(items);
            Ok(next)
        };
        let first = Call { service, region, operation, input: input(None) };
        self.pages(first, &input, &mut keep).await?;
        Ok(all)
    }

    /// Asks for page after page.
    ///
    /// Boxed, as `body` is, and not generic: forty operations wait for it, and each would have a copy of it all.
    fn pages<'a>(
        &'a self,
        mut call: Call<'a>,
        input: &'a dyn Fn(Option<&str>) -> Input,
        keep: &'a mut Keep<'_>,
    ) -> LocalBoxFuture<'a, Result<(), Hidden>> {
        self.calls.set(self.calls.get() + 1);
        async move {
            let mut token: Option<String> = None;
            for _ in 0..PAGES {
                let body = self.body(&call).await?;
                let next = keep(&call, &body).map_err(|how| hidden(&call, Failure::NoAnswer(how)))?;
                match next.filter(|next| !next.is_empty()) {
                    None => return Ok(()),
                    Some(next) if token.as_ref() == Some(&next) => break,
                    Some(next) => token = Some(next),
                }
                call.input = input(token.as_deref());
            }
            let reason = "its pages do not end".to_owned();
            Err(hidden(&call, Failure::NoAnswer(NoAnswer::Malformed { reason })))
        }
        .boxed_local()
    }

    /// The answer to one request.
    fn body<'a>(&'a self, call: &'a Call<'_>) -> LocalBoxFuture<'a, Result<Vec<u8>, Hidden>> {
        async move { self.client.ask(call).await.map_err(|failure| hidden(call, failure)) }.boxed_local()
    }

    /// Whether an account is the caller's; `None` where the caller's is not known.
    pub fn is_own(&self, account: &str) -> Option<bool> {
        self.own_account.map(|own| own == account)
    }
}

fn read<T: DeserializeOwned>(call: &Call<'_>, body: &[u8]) -> Result<T, NoAnswer> {
    let is_object = |body: &[u8]| body.trim_ascii_start().first() == Some(&b'{');
    match call.input {
        // serde would take the members from a JSON array, in order.
        Input::Json(_) | Input::JsonPath(_) | Input::JsonPost(..) if !is_object(body) => {
            Err(NoAnswer::Malformed { reason: "it is not a JSON object".to_owned() })
        }
        Input::Json(_) | Input::JsonPath(_) | Input::JsonPost(..) => serde_json::from_slice(body)
            .and_then(|answer| serde_json::from_value(without_nulls(answer)))
            .map_err(|_| NoAnswer::Malformed { reason: "it is not what the API answers".to_owned() }),
        Input::Parameters(_) | Input::Path(_) => xml::read(body),
    }
}

/// A member that is `null` is one that is not there.
fn without_nulls(answer: Value) -> Value {
    match answer {
        Value::Object(members) => {
            let there = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(there.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Value::Array(elements) => Value::Array(elements.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

/// Why a call told nothing.
pub fn hidden(call: &Call<'_>, failure: Failure) -> Hidden {
    let why = match failure {
        Failure::NoAnswer(how) => Why::NoAnswer { how },
        Failure::Rejected(rejection) => {
            let Rejection { status, code, message, .. } = *rejection;
            Why::Refused { status, code: code.unwrap_or_default(), message }
        }
    };
    Hidden { action: call.action(), why }
}

/// AWS's code for why nothing is told; empty where there is none.
pub fn code(hidden: &Hidden) -> &str {
    match &hidden.why {
        Why::Refused { code, .. } => code,
        _ => "",
    }
}

/// AWS's message for why nothing is told.
pub fn message(hidden: &Hidden) -> &str {
    match &hidden.why {
        Why::Refused { message: Some(message), .. } => message,
        _ => "",
    }
}

/// What is of another account, and was therefore not asked for.
pub fn of_another_account(action: &str, owner: &str) -> Hidden {
    Hidden { action: action.to_owned(), why: Why::OfAnotherAccount { owner: owner.to_owned() } }
}

/// A list of what `owner` has, and each resource on it; or why it is not told.
pub fn listed<T>(
    owner: &str,
    of: Check,
    found: Result<Vec<(String, T)>, Hidden>,
    act: impl Fn(Fact<T>) -> Act,
) -> Facts {
    match found {
        Ok(found) => {
            let ids = found.iter().map(|(id, _)| id.clone()).collect();
            let list = (format!("{owner} {of}"), Act::List(Fact::Known(Listing { ids })));
            let each = found.into_iter().map(|(id, known)| (id, act(Fact::Known(known))));
            std::iter::once(list).chain(each).collect()
        }
        Err(hidden) => vec![(format!("{owner} {of}"), Act::List(Fact::Hidden(hidden)))],
    }
}

/// A list of ids alone.
pub fn ids(subject: String, found: Result<Vec<String>, Hidden>) -> Facts {
    let fact = match found {
        Ok(ids) => Fact::Known(Listing { ids }),
        Err(hidden) => Fact::Hidden(hidden),
    };
    vec![(subject, Act::List(fact))]
}

/// A fact about one subject. Where the service's code is one of `gone`, there is no such thing.
pub fn one<T>(found: Result<T, Hidden>, gone: &[&str]) -> Fact<T> {
    match found {
        Ok(known) => Fact::Known(known),
        Err(hidden) if gone.contains(&code(&hidden)) => Fact::Absent,
        Err(hidden) => Fact::Hidden(hidden),
    }
}
