//! AWS's errors in each protocol, and what is no answer at all: nothing is ever claimed from them.

use std::time::{Duration, Instant};

use ecr_probe::model::facts::Question;
use serde_json::{Value, json};

use crate::asked::{Asked, KEY, SECRET, TOKEN, outcome};
use crate::questions::every;
use crate::responder::{Answer, Protocol, Request, Responder};

/// A caller that STS knows; everything else as the test has it.
fn known(answer: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static) -> (Responder, Asked) {
    let responder = Responder::start(move |request, count| match request.operation().as_str() {
        "GetCallerIdentity" => Answer::of(200, caller()),
        _ => answer(request, count),
    });
    let asked = Asked::at(&responder.url(), &[]).known();
    (responder, asked)
}

pub fn caller() -> &'static str {
    "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
     <Arn>arn:aws:iam::123456789012:user/me</Arn><UserId>AIDA</UserId><Account>123456789012</Account>\
     </GetCallerIdentityResult></GetCallerIdentityResponse>"
}

/// An error as the service of that protocol writes it.
pub fn error(protocol: Protocol, status: u16, code: &str, message: &str) -> Answer {
    let body = match protocol {
        Protocol::Ec2 => format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>\
             <Message>{message}</Message></Error></Errors><RequestID>b0e1</RequestID></Response>"
        ),
        Protocol::Iam => format!(
            "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>\
             <Code>{code}</Code><Message>{message}</Message></Error><RequestId>b0e1</RequestId></ErrorResponse>"
        ),
        Protocol::Route53 => format!(
            "<?xml version=\"1.0\"?><ErrorResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Error>\
             <Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>b0e1</RequestId>\
             </ErrorResponse>"
        ),
        Protocol::Json => json!({ "__type": format!("com.amazonaws.x#{code}"), "Message": message }).to_string(),
    };
    Answer::of(status, body)
}

/// The denial of each protocol: status and code.
pub fn denial(protocol: Protocol) -> (u16, &'static str) {
    match protocol {
        Protocol::Ec2 => (403, "UnauthorizedOperation"),
        Protocol::Iam | Protocol::Route53 => (403, "AccessDenied"),
        Protocol::Json => (400, "AccessDeniedException"),
    }
}

/// Every fact of every question is hidden, names an action of the question, and has such a reason.
fn all_hidden(asked: &Asked, is_right: impl Fn(&Question, &Value) -> bool) {
    for question in every() {
        let told = asked.ask(&question);
        assert!(!told.facts.is_empty(), "{question:?}");
        for (subject, act) in told.facts {
            let fact = outcome(&act);
            assert_eq!(fact["outcome"]["result"], "hidden", "{question:?} {subject}: {fact}");
            let action = fact["outcome"]["action"].as_str().unwrap();
            assert!(question.actions().contains(&action), "{question:?}: {action}");
            assert!(is_right(&question, &fact["outcome"]["why"]), "{question:?} {subject}: {fact}");
        }
    }
}

#[test]
fn a_denial_is_hidden_with_its_code() {
    let message = "User: arn:aws:iam::123456789012:user/me is not authorized to perform: x:Y because no \
                   identity-based policy allows the x:Y action";
    let (responder, asked) = known(move |request, _| {
        let (status, code) = denial(request.protocol());
        error(request.protocol(), status, code, message)
    });
    all_hidden(&asked, |question, why| {
        let protocol = match question.actions()[0].split(':').next().unwrap() {
            "ec2" => Protocol::Ec2,
            "iam" => Protocol::Iam,
            "route53" => Protocol::Route53,
            _ => Protocol::Json,
        };
        let (status, code) = denial(protocol);
        why["reason"] == "refused" && why["status"] == status && why["code"] == code && why["message"] == message
    });
    // A denial is not tried again.
    assert_eq!(responder.seen().len(), every().len() + 1);
}

#[test]
fn another_accounts_things_are_never_absent() {
    let codes = [
        "NoSuchEntity",
        "RepositoryNotFoundException",
        "ImageNotFoundException",
        "ResourceNotFoundException",
        "NotFoundException",
        "InvalidGroup.NotFound",
        "NatGatewayNotFound",
        "InvalidNetworkInterfaceID.NotFound",
        "InvalidPrefixListID.NotFound",
        "InvalidDhcpOptionID.NotFound",
    ];
    let elsewhere = [
        Question::Role { arn: "arn:aws:iam::210987654321:role/exec".into() },
        Question::AttachedPolicies { role: "arn:aws:iam::210987654321:role/exec".into() },
        Question::InlinePolicy { role: "arn:aws:iam::210987654321:role/exec".into(), name: "a".into() },
        Question::InstanceProfile { arn: "arn:aws:iam::210987654321:instance-profile/a".into() },
        Question::ManagedPolicy { role: "r".into(), arn: "arn:aws:iam::210987654321:policy/a".into(), boundary: false },
        Question::Repository { arn: "arn:aws:ecr:eu-west-1:210987654321:repository/a".into() },
        Question::RepositoryPolicy { arn: "arn:aws:ecr:eu-west-1:210987654321:repository/a".into() },
        Question::Image { repository: "arn:aws:ecr:eu-west-1:210987654321:repository/a".into(), reference: "v".into() },
        Question::CacheRules { account: "210987654321".into(), region: "eu-west-1".into() },
        Question::Secret { id: "arn:aws:secretsmanager:eu-west-1:210987654321:secret:a".into() },
        Question::KmsKey { id: "arn:aws:kms:eu-west-1:210987654321:key/a".into() },
        Question::Parameters {
            region: "eu-west-1".into(),
            ids: vec!["arn:aws:ssm:eu-west-1:210987654321:parameter/a".into()],
        },
        Question::SecurityGroups { ids: vec!["sg-1".into()] },
        Question::NatGateways { ids: vec!["nat-1".into()] },
        Question::Interfaces { ids: vec!["eni-1".into()] },
        Question::PrefixList { id: "pl-1".into() },
        Question::DhcpOptions { id: "dopt-1".into() },
    ];
    for code in codes {
        let (_responder, asked) = known(move |request, _| error(request.protocol(), 400, code, "not found"));
        for question in &elsewhere {
            for (subject, fact) in asked.facts(question) {
                assert_eq!(fact["outcome"]["result"], "hidden", "{code} {subject}: {fact}");
            }
        }
    }
    // Nor where the caller's own account is not known.
    let responder = Responder::start(|request, _| error(request.protocol(), 404, "NoSuchEntity", "not found"));
    let asked = Asked::at(&responder.url(), &[]);
    assert_eq!(asked.fact(&Question::Role { arn: crate::questions::ROLE.into() })["outcome"]["result"], "hidden");
}

/// DescribeParameters lists the caller's own alone, in one Region: an empty list says nothing of others.
#[test]
fn a_list_without_a_parameter_says_so_of_its_own_account_and_region() {
    let (responder, asked) = known(|_, _| Answer::of(200, "{\"Parameters\":[]}"));
    for (region, account, result) in [
        ("eu-west-1", "123456789012", "absent"),
        ("us-west-2", "123456789012", "absent"),
        ("eu-west-1", "210987654321", "hidden"),
        ("us-west-2", "210987654321", "hidden"),
    ] {
        let id = format!("arn:aws:ssm:{region}:{account}:parameter/db");
        let fact = asked.fact(&Question::Parameters { region: region.into(), ids: vec![id.clone()] });
        assert_eq!(fact["outcome"]["result"], result, "{id}: {fact}");
        let request = responder.seen().pop().expect("it was asked");
        assert!(request.header("authorization").is_some_and(|it| it.contains(&format!("/{region}/ssm/"))), "{id}");
    }
}

#[test]
fn what_own_account_does_not_have_is_absent() {
    for (code, question) in [
        ("InvalidSubnetID.NotFound", Question::Subnets { ids: vec!["subnet-1".into()] }),
        ("InvalidVpcID.NotFound", Question::Vpc { id: "vpc-1".into() }),
        ("InvalidVpcID.NotFound", Question::VpcDns { vpc: "vpc-1".into() }),
        ("InvalidInstanceID.NotFound", Question::Instances { ids: vec!["i-1".into()] }),
        ("NoSuchEntity", Question::Role { arn: crate::questions::ROLE.into() }),
        (
            "NoSuchEntity",
            Question::ManagedPolicy { role: "r".into(), arn: "arn:aws:iam::aws:policy/a".into(), boundary: true },
        ),
        ("RepositoryNotFoundException", Question::Repository { arn: crate::questions::REPOSITORY.into() }),
        (
            "ImageNotFoundException",
            Question::Image { repository: crate::questions::REPOSITORY.into(), reference: "v".into() },
        ),
        ("ResourceNotFoundException", Question::Secret { id: "db".into() }),
        ("NotFoundException", Question::KmsKey { id: "alias/a".into() }),
        ("ServiceNotFoundException", Question::ListStoppedTasks { cluster: "c".into(), service: "s".into() }),
    ] {
        let (_responder, asked) = known(move |request, _| error(request.protocol(), 400, code, "not found"));
        assert_eq!(asked.fact(&question)["outcome"]["result"], "absent", "{code} {question:?}");
    }
}

#[test]
fn what_is_throttled_is_tried_again() {
    for (status, code) in [
        (503, "RequestLimitExceeded"),
        (400, "ThrottlingException"),
        (400, "Throttling"),
        (429, "TooManyRequestsException"),
    ] {
        let question = Question::Vpc { id: "vpc-1".into() };
        let (responder, asked) =
            known(
                move |request, count| {
                    if count < 4 { error(request.protocol(), status, code, "slow down") } else { vpcs() }
                },
            );
        let told = asked.ask(&question);
        assert_eq!(outcome(&told.facts[0].1)["outcome"]["result"], "known", "{code}");
        assert_eq!((told.calls, responder.seen().len()), (1, 5), "{code}");
    }
    for (status, code) in [(503, "RequestLimitExceeded"), (400, "ThrottlingException")] {
        let question = Question::Vpc { id: "vpc-1".into() };
        let (responder, asked) = known(move |request, _| error(request.protocol(), status, code, "slow down"));
        let why = asked.fact(&question)["outcome"]["why"].clone();
        assert_eq!((why["status"].as_u64(), why["code"].as_str()), (Some(u64::from(status)), Some(code)));
        assert_eq!(responder.seen().len(), 5, "{code}");
    }
}

#[test]
fn what_is_broken_is_tried_once_more() {
    for (broken, expected) in [(1, "known"), (2, "hidden")] {
        let (responder, asked) = known(move |request, count| {
            // The first request asks who the caller is.
            if count <= broken { error(request.protocol(), 500, "InternalFailure", "of the service") } else { vpcs() }
        });
        let fact = asked.fact(&Question::Vpc { id: "vpc-1".into() });
        assert_eq!((&fact["outcome"]["result"], responder.seen().len()), (&serde_json::json!(expected), 3));
    }
}

fn vpcs() -> Answer {
    Answer::of(
        200,
        "<DescribeVpcsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><vpcSet><item><vpcId>vpc-1</vpcId>\
         <cidrBlock>10.0.0.0/16</cidrBlock><ownerId>123456789012</ownerId></item></vpcSet></DescribeVpcsResponse>",
    )
}

#[test]
fn what_cannot_be_read_claims_nothing() {
    for body in [
        "",
        "{}",
        "[]",
        "null",
        "{\"a\":[]}",
        "<html><body>Sign in</body></html>",
        "<!doctype html><html/>",
        "<a><b>",
        "<Response/>",
        "not anything",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
        "\u{0}\u{1}",
    ] {
        let (_responder, asked) = known(move |_, _| Answer::of(200, body));
        all_hidden(&asked, |_, why| why["reason"] == "no-answer" && why["how"]["cause"] == "malformed");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let (responder, asked) = known(|_, _| Answer::Http {
        status: 307,
        headers: "Location: http://127.0.0.1:1/\r\n".into(),
        body: Vec::new(),
    });
    all_hidden(&asked, |_, why| why["reason"] == "refused" && why["status"] == 307 && why["code"] == "");
    assert_eq!(responder.seen().len(), every().len() + 1);
}

#[test]
fn what_breaks_off_is_no_answer() {
    let question = Question::Endpoints { vpc: "vpc-1".into() };
    for (answer, cause) in [
        (Answer::Reset, "reset"),
        (Answer::Raw(Vec::new()), "closed"),
        (Answer::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<a>".to_vec()), "closed"),
        (Answer::Raw(b"SSH-2.0-x\r\n".to_vec()), "malformed"),
        (Answer::of(200, vec![b' '; 9 * 1024 * 1024]), "too-large"),
    ] {
        let said = format!("{answer:.60?}");
        let (_responder, asked) = known(move |_, _| answer.clone());
        let fact = asked.fact(&question);
        assert_eq!(fact["outcome"]["why"]["how"]["cause"], cause, "{said}");
    }
    // One cut is made good.
    let (_responder, asked) = known(|_, count| if count == 1 { Answer::Reset } else { vpcs() });
    assert_eq!(asked.fact(&Question::Vpc { id: "vpc-1".into() })["outcome"]["result"], "known");
}

#[test]
fn silence_ends() {
    let (_responder, asked) = known(|_, _| Answer::Silence);
    let began = Instant::now();
    let fact = asked.fact(&Question::Vpc { id: "vpc-1".into() });
    assert_eq!(fact["outcome"]["why"]["how"]["cause"], "timed-out", "{fact}");
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
}

/// A server that echoes what was sent, in an error or in an answer.
#[test]
fn an_echo_shows_no_secret() {
    let echoes: [fn(&Request) -> Answer; 3] = [
        |request| error(request.protocol(), 403, "AccessDenied", &request.head.replace(['<', '&'], " ")),
        |request| Answer::of(200, format!("{}\n{}", request.head, request.body)),
        |request| match request.protocol() {
            Protocol::Ec2 => Answer::of(
                200,
                format!(
                    "<R><vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId><state>{0}</state><lastError><message>\
                     {0}</message></lastError></item></vpcEndpointSet></R>",
                    request.head.replace(['<', '&'], " ")
                ),
            ),
            _ => Answer::of(
                200,
                json!({ "services": [{ "serviceName": "web", "status": request.head, "events": [
                { "message": format!("unable: {}", request.head) }] }] })
                .to_string(),
            ),
        },
    ];
    for echo in echoes {
        let (responder, asked) = known(move |request, _| echo(request));
        for question in every() {
            let told = format!("{:?}", asked.ask(&question));
            let signatures: Vec<String> = responder.seen().iter().filter_map(signature).collect();
            assert!(!signatures.is_empty());
            for secret in [KEY, SECRET, TOKEN].into_iter().chain(signatures.iter().map(String::as_str)) {
                assert!(!told.contains(secret), "{secret} in {told}");
            }
        }
    }
}

fn signature(request: &Request) -> Option<String> {
    Some(request.header("authorization")?.split_once("Signature=")?.1.to_owned())
}

#[test]
fn plain_http_stays_on_this_machine() {
    let asked = Asked::at("http://192.0.2.1:8080", &[]);
    all_hidden(&asked, |_, why| why["how"]["cause"] == "not-sent");
}
