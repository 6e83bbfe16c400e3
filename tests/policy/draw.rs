//! Random policies and requests, from the words that real ones are made of. The same seed gives the same case.

use std::collections::BTreeMap;

use ecr_probe::policy::{Key, Named, Policies, Request, Role, Seen, Who};
use serde_json::{Value, json};

use crate::words::{ACCOUNT, ACTIONS, KEYS, Kind, Known, LISTED, OTHER, RESOURCES, ROLE, SESSION};

/// SplitMix64: small, and the same everywhere.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).expect("it is below sides")
    }

    pub fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    pub fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.roll(all.len())]
    }

    /// One to three of them, as a string where it is one and as a list.
    fn some(&mut self, all: &[&str]) -> Value {
        if self.one_in(2) {
            return json!(self.of(all));
        }
        let count = 1 + self.roll(3);
        json!((0..count).map(|_| *self.of(all)).collect::<Vec<_>>())
    }
}

/// A case as data, for programs in other languages: `{who, action, resource, owner, keys, policies}`.
#[derive(Debug, Clone)]
pub struct Case {
    pub json: Value,
}

/// How a case is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// Only the policy of an endpoint, with all principals that it can name.
    pub endpoint_only: bool,
    /// Also layers of an organization, and session policies.
    pub all_layers: bool,
    /// Also what PMapper does not have: `NotPrincipal`, principals that are sessions, defaults of variables.
    pub rare: bool,
}

pub fn case(seed: u64, range: Range) -> Case {
    let dice = &mut Dice(seed);
    // What a key's policy lets through is not decided by the endpoint: all but the first.
    let action = *dice.of(if range.endpoint_only { &ACTIONS[1..] } else { &ACTIONS });
    let owner = if dice.one_in(3) { OTHER } else { ACCOUNT };
    let resource = match action {
        "ecr:GetAuthorizationToken" => "*".to_owned(),
        "s3:GetObject" => "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/a/b".to_owned(),
        "kms:Decrypt" => format!("arn:aws:kms:eu-west-1:{owner}:key/k"),
        "secretsmanager:GetSecretValue" => format!("arn:aws:secretsmanager:eu-west-1:{owner}:secret:app-AbCdEf"),
        _ => format!("arn:aws:ecr:eu-west-1:{owner}:repository/{}/app", dice.of(&["team", "red"])),
    };
    let owner = if resource == "*" || range.endpoint_only { ACCOUNT } else { owner };
    let mut keys = BTreeMap::new();
    for known in &KEYS {
        let value = match known.name {
            "aws:PrincipalArn" => json!(ROLE),
            _ if dice.one_in(3) => continue,
            _ if known.kind == Kind::Many && dice.one_in(2) => json!(known.held),
            _ if known.kind == Kind::Many => json!([dice.of(known.held)]),
            _ => json!(dice.of(known.held)),
        };
        keys.insert(known.name, value);
    }
    keys.insert("aws:PrincipalAccount", json!(ACCOUNT));
    let policies = if range.endpoint_only {
        let all = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
        json!({"endpoint": document(dice, Names::Anybody, range), "identity": [all]})
    } else {
        let list = |dice: &mut Dice, most: usize| {
            let count = 1 + dice.roll(most);
            (0..count).map(|_| document(dice, Names::Nobody, range)).collect::<Vec<_>>()
        };
        let mut policies = json!({"identity": list(dice, 2)});
        if dice.one_in(3) {
            policies["boundary"] = document(dice, Names::Nobody, range);
        }
        if range.all_layers {
            if dice.one_in(3) {
                policies["scps"] = json!([list(dice, 2), list(dice, 1)]);
            }
            if resource != "*" && dice.one_in(4) {
                policies["rcps"] = json!([[denial(dice, range)], [denial(dice, range)]]);
            }
            if dice.one_in(4) {
                policies["session"] = document(dice, Names::Nobody, range);
            }
        }
        if resource != "*" && dice.one_in(2) {
            let is_limited = policies.get("boundary").or(policies.get("session")).is_some();
            let names = if is_limited { Names::Limited } else { Names::Anybody };
            policies["resource"] = document(dice, names, range);
        }
        policies
    };
    let json = json!({
        "role": ROLE, "session": SESSION, "account": ACCOUNT, "action": action, "resource": resource,
        "owner": owner, "keys": keys, "policies": policies,
    });
    Case { json }
}

/// Whom the statements of a document name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Nobody,
    Anybody,
    /// The role is within a boundary or a session policy.
    Limited,
}

fn document(dice: &mut Dice, names: Names, range: Range) -> Value {
    let count = 1 + dice.roll(3);
    let statements: Vec<Value> = (0..count).map(|_| statement(dice, names, range)).collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// A resource control policy: it denies, and names everybody.
fn denial(dice: &mut Dice, range: Range) -> Value {
    let mut document = document(dice, Names::Nobody, range);
    for statement in document["Statement"].as_array_mut().expect("a list") {
        statement["Effect"] = json!("Deny");
        statement["Principal"] = json!("*");
        // RCPs have no `NotAction` and no `*` for all actions.
        statement.as_object_mut().expect("an object").remove("NotAction");
        statement["Action"] = json!(dice.of(&["ecr:*", "ecr:Batch*", "s3:GetObject", "secretsmanager:*", "kms:*"]));
        // One that denies more hides all else.
        statement["Condition"]["StringEquals"] = json!({"aws:SourceVpc": dice.of(&["vpc-1", "vpc-2"])});
    }
    document
}

fn statement(dice: &mut Dice, names: Names, range: Range) -> Value {
    let deny = dice.one_in(4);
    let mut statement = json!({"Effect": if deny { "Deny" } else { "Allow" }});
    if names != Names::Nobody {
        // In iam-simulate a session policy limits what names its session; in AWS it does not.
        let session = json!({"AWS": if range.rare && names == Names::Anybody { SESSION } else { ROLE }});
        // Whether a boundary limits a grant to everybody is where iam-simulate is not AWS (README.md).
        let named = || json!({"AWS": ROLE});
        // In its own account PMapper takes `{"AWS": "*"}` for the account.
        let (anybody, everybody) = if names == Names::Limited {
            (named(), named())
        } else {
            (json!("*"), if range.rare { json!({"AWS": "*"}) } else { json!("*") })
        };
        // What an account means in the policy of an interface endpoint is not documented.
        let account = |name: String| if range.endpoint_only { session.clone() } else { json!({"AWS": name}) };
        let principals = [
            anybody.clone(),
            anybody,
            everybody,
            json!({"AWS": ROLE}),
            session.clone(),
            account(ACCOUNT.to_owned()),
            account(format!("arn:aws:iam::{ACCOUNT}:root")),
            json!({"AWS": [OTHER, "arn:aws:iam::111122223333:role/other"]}),
            json!({"AWS": ["arn:aws:iam::111122223333:role/other", ROLE]}),
            json!({"Service": "ecs-tasks.amazonaws.com"}),
        ];
        statement["Principal"] = dice.of(&principals).clone();
        if range.rare && deny && dice.one_in(4) {
            statement.as_object_mut().expect("an object").remove("Principal");
            let all = json!({"AWS": [ACCOUNT, ROLE, SESSION]});
            statement["NotPrincipal"] = if dice.one_in(2) { all } else { json!({"AWS": OTHER}) };
        }
    }
    let action = if dice.one_in(8) { "NotAction" } else { "Action" };
    statement[action] = dice.some(&LISTED);
    let resource = if dice.one_in(8) { "NotResource" } else { "Resource" };
    // The last has a default, which variables have had since 2021 only.
    let known = if range.rare { RESOURCES.len() } else { RESOURCES.len() - 1 };
    statement[resource] = dice.some(&RESOURCES[..known]);
    if dice.one_in(2) {
        let mut conditions = serde_json::Map::new();
        for _ in 0..=dice.roll(2) {
            let known = dice.of(&KEYS);
            let operator = operator(dice, known.kind, range);
            let asked = match operator.as_str() {
                "Null" => dice.some(&["true", "false"]),
                _ if range.rare => dice.some(known.asked),
                name => plain(dice, known, name.contains("Like") || known.kind == Kind::Arn),
            };
            let name = if dice.one_in(4) { known.name.to_lowercase() } else { known.name.to_owned() };
            conditions.insert(operator, json!({name: asked}));
        }
        statement["Condition"] = Value::Object(conditions);
    }
    statement
}

/// A value without variables, and without wildcards where the operator has none: PMapper has no variables in
/// conditions, and wildcards in all text. Of several dates it asks another question.
fn plain(dice: &mut Dice, known: &Known, wild: bool) -> Value {
    let is_plain = |value: &&&str| !value.contains('$') && (wild || !value.contains(['*', '?']));
    let plain: Vec<&str> = known.asked.iter().filter(is_plain).copied().collect();
    json!(dice.of(&plain))
}

fn operator(dice: &mut Dice, kind: Kind, range: Range) -> String {
    const TEXT: [&str; 6] = [
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
    ];
    let of: &[&str] = match kind {
        Kind::Text | Kind::Many => &TEXT,
        Kind::Address => &["IpAddress", "NotIpAddress"],
        Kind::Number => &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        Kind::Date => &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ],
        Kind::Truth => &["Bool"],
        Kind::Arn => &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike", "StringEquals"],
    };
    if kind != Kind::Many && dice.one_in(10) {
        return "Null".to_owned();
    }
    // PMapper takes `StringNotLike` on an absent key for false, has wildcards in `IgnoreCase`, and asks a negated set
    // otherwise.
    let is_theirs = |name: &&&str| {
        !["StringNotLike", "StringNotEqualsIgnoreCase"].contains(name) && (kind != Kind::Many || !name.contains("Not"))
    };
    let of: Vec<&str> = of.iter().filter(|name| range.rare || is_theirs(name)).copied().collect();
    let operator = dice.of(&of);
    let prefix = match kind {
        Kind::Many if dice.one_in(2) => "ForAllValues:",
        Kind::Many => "ForAnyValue:",
        _ if range.rare && kind == Kind::Text && dice.one_in(12) => "ForAllValues:",
        _ => "",
    };
    // Which of ForAnyValue and IfExists wins on an absent key is not documented.
    // PMapper takes `IfExists` after `NumericLessThan` and `IpAddress` for another operator.
    let is_known = range.rare || matches!(kind, Kind::Text | Kind::Truth | Kind::Arn);
    let suffix = if is_known && prefix != "ForAnyValue:" && dice.one_in(5) { "IfExists" } else { "" };
    format!("{prefix}{operator}{suffix}")
}

impl Case {
    /// The request: all its keys are known, and what is not set is absent.
    pub fn request(&self) -> Request {
        let text = |name: &str| self.json[name].as_str().expect("a text").to_owned();
        let role = Role { arn: text("role"), id: None, session: Some("task".to_owned()) };
        let mut request = Request::new(Who::Role(role), text("action"), text("resource"));
        request.owner =
            if text("owner") == ACCOUNT { ecr_probe::policy::Owner::Same } else { ecr_probe::policy::Owner::Other };
        for known in &KEYS {
            request = request.with(known.name, Key::Absent);
        }
        for (name, value) in self.json["keys"].as_object().expect("keys") {
            request = request.with(name, Key::Is(texts(value)));
        }
        request.closed()
    }

    pub fn policies(&self) -> Policies {
        let policies = &self.json["policies"];
        let one = |name: &str| match &policies[name] {
            Value::Null => Seen::Absent,
            document => Seen::Known(named(name, document)),
        };
        let level =
            |documents: &Value| documents.as_array().expect("a list").iter().map(|it| named("doc", it)).collect();
        let levels = |name: &str| match policies[name].as_array() {
            None => Seen::Absent,
            Some(levels) => Seen::Known(levels.iter().map(level).collect()),
        };
        let identity = match &policies["identity"] {
            Value::Null => Seen::Absent,
            documents => Seen::Known(level(documents)),
        };
        Policies {
            identity,
            boundary: one("boundary"),
            session: one("session"),
            resource: one("resource"),
            scps: levels("scps"),
            rcps: levels("rcps"),
            endpoint: one("endpoint"),
        }
    }
}

fn named(name: &str, document: &Value) -> Named {
    let named = Named::read(name, &document.to_string());
    assert!(named.document().is_some(), "{document}");
    named
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(all) => all.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

/// The names of all keys that a case may carry.
pub fn key_names() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|known| known.name)
}

/// What a request may hold under a key: each of the values, and one that no policy names.
pub fn completions(name: &str) -> Vec<Key> {
    let known = KEYS.iter().find(|known| known.name == name).expect("a known key");
    let mut all: Vec<Key> = known.held.iter().map(|value| Key::is(*value)).collect();
    all.push(Key::Absent);
    if known.kind == Kind::Many {
        all.push(Key::Is(known.held.iter().map(|value| (*value).to_owned()).collect()));
    }
    all
}
