//! Lists that come in pages, and calls that take so many ids.

use ecr_probe::model::facts::Question;
use serde_json::json;

use crate::asked::{Asked, outcome};
use crate::questions::ROLE;
use crate::responder::{Answer, Protocol, Request, Responder};

/// The token that a request goes on with.
fn token(request: &Request) -> Option<String> {
    match request.protocol() {
        Protocol::Ec2 => request.parameter("NextToken"),
        Protocol::Iam => request.parameter("Marker"),
        Protocol::Route53 => {
            request.head.split_once("nexttoken=").map(|(_, it)| it.split([' ', '&']).next().unwrap().to_owned())
        }
        Protocol::Json => {
            let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
            let token = body.get("nextToken").or_else(|| body.get("NextToken"));
            token.and_then(|token| token.as_str()).map(str::to_owned)
        }
    }
}

/// Page 1 leads to page 2, page 2 to page 3.
fn page(request: &Request) -> (u32, Option<&'static str>) {
    // A token is escaped in what is sent.
    match token(request).as_deref() {
        None => (1, Some("a+b/==")),
        Some("a%2Bb%2F%3D%3D" | "a+b/==") => (2, Some("second")),
        Some("second") => (3, None),
        other => panic!("{other:?} in {request:?}"),
    }
}

fn answer(request: &Request) -> Answer {
    let (number, next) = page(request);
    let next_token = next.map(|next| format!("<nextToken>{next}</nextToken>")).unwrap_or_default();
    let body = match request.operation().as_str() {
        "DescribeRouteTables" => format!(
            "<R><routeTableSet><item><routeTableId>rtb-{number}</routeTableId></item></routeTableSet>{next_token}</R>"
        ),
        "DescribeVpcEndpoints" => format!(
            "<R>{next_token}<vpcEndpointSet><item><vpcEndpointId>vpce-{number}</vpcEndpointId></item></vpcEndpointSet></R>"
        ),
        "GetManagedPrefixListEntries" => {
            format!("<R><entrySet><item><cidr>10.{number}.0.0/16</cidr></item></entrySet>{next_token}</R>")
        }
        "ListRolePolicies" => format!(
            "<R><ListRolePoliciesResult><IsTruncated>{}</IsTruncated><PolicyNames><member>p{number}</member></PolicyNames>\
             <Marker>{}</Marker></ListRolePoliciesResult></R>",
            next.is_some(),
            next.unwrap_or("of no use")
        ),
        "ListHostedZonesByVPC" => format!(
            "<R><HostedZoneSummaries><HostedZoneSummary><HostedZoneId>Z{number}</HostedZoneId><Name>A.Example.</Name>\
             <Owner><OwningService>vpce.amazonaws.com</OwningService></Owner></HostedZoneSummary></HostedZoneSummaries>{}</R>",
            next.map(|next| format!("<NextToken>{next}</NextToken>")).unwrap_or_default()
        ),
        "ListServices" => json!({ "serviceArns": [format!("arn/{number}")], "nextToken": next }).to_string(),
        "ListResolverRuleAssociations" => json!({ "ResolverRuleAssociations": [
            { "ResolverRuleId": format!("r{number}"), "VPCId": "vpc-1", "Status": "COMPLETE" }], "NextToken": next })
        .to_string(),
        "ListResolverRules" => json!({ "ResolverRules": [{ "Id": format!("r{number}"), "DomainName": "Corp.Example.",
            "RuleType": "FORWARD", "TargetIps": [{ "Ip": "10.0.0.2", "Port": 53 }] }, { "Id": "other" }],
            "NextToken": next })
        .to_string(),
        other => panic!("{other}"),
    };
    Answer::of(200, body)
}

#[test]
fn all_pages_are_read_and_one_call_counts() {
    let responder = Responder::start(|request, _| answer(request));
    let asked = Asked::at(&responder.url(), &[]);
    let vpc = || "vpc-1".to_owned();
    for (question, ids, calls) in [
        (Question::RouteTables { vpc: vpc() }, json!(["rtb-1", "rtb-2", "rtb-3"]), 1),
        (Question::Endpoints { vpc: vpc() }, json!(["vpce-1", "vpce-2", "vpce-3"]), 1),
        (Question::EndpointsElsewhere { services: vec!["s3".into()] }, json!(["vpce-1", "vpce-2", "vpce-3"]), 1),
        (Question::InlinePolicies { role: ROLE.into() }, json!(["p1", "p2", "p3"]), 1),
        (Question::HostedZones { vpc: vpc(), region: "eu-west-1".into() }, json!(["Z1", "Z2", "Z3"]), 1),
        (Question::ListServices { cluster: "c".into() }, json!(["arn/1", "arn/2", "arn/3"]), 1),
        (Question::ResolverRules { vpc: vpc() }, json!(["r1", "r2", "r3"]), 2),
    ] {
        let told = asked.ask(&question);
        assert_eq!(outcome(&told.facts[0].1)["outcome"]["ids"], ids, "{question:?}");
        assert_eq!(told.calls, calls, "{question:?}");
    }
    let list = asked.fact(&Question::PrefixList { id: "pl-1".into() });
    assert_eq!(list["outcome"]["cidrs"], json!(["10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"]));
    let zones = asked.facts(&Question::HostedZones { vpc: vpc(), region: "eu-west-1".into() });
    assert_eq!(zones["Z2"]["outcome"]["name"], "a.example");
    assert_eq!(zones["Z2"]["outcome"]["owner_service"], "vpce.amazonaws.com");
}

#[test]
fn a_list_that_breaks_off_is_no_list() {
    let responder = Responder::start(|request, _| match page(request) {
        (3, _) => Answer::of(403, "<R><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></R>"),
        _ => answer(request),
    });
    let asked = Asked::at(&responder.url(), &[]);
    let fact = asked.fact(&Question::RouteTables { vpc: "vpc-1".into() });
    assert_eq!(fact["outcome"]["why"]["code"], "UnauthorizedOperation", "{fact}");
}

#[test]
fn pages_without_end_end() {
    for (same, most) in [(true, 2), (false, 100)] {
        let responder = Responder::start(move |_, count| {
            let next = if same { "again".to_owned() } else { format!("t{count}") };
            Answer::of(200, format!("<R><routeTableSet/><nextToken>{next}</nextToken></R>"))
        });
        let asked = Asked::at(&responder.url(), &[]);
        let fact = asked.fact(&Question::RouteTables { vpc: "vpc-1".into() });
        assert_eq!(fact["outcome"]["why"]["how"]["cause"], "malformed", "{fact}");
        assert_eq!(responder.seen().len(), most);
    }
}

#[test]
fn records_go_on_where_the_page_ended() {
    let responder = Responder::start(|request, _| {
        let more = "<NextRecordName>b.example.</NextRecordName><NextRecordType>A</NextRecordType>";
        let first = !request.head.contains("name=");
        assert!(first || request.head.contains("name=b.example.&type=A"), "{}", request.head);
        let (name, kind) = if first { ("\\052.a.example.", "A") } else { ("b.example.", "CNAME") };
        Answer::of(
            200,
            format!(
                "<R><ResourceRecordSets><ResourceRecordSet><Name>{name}</Name><Type>{kind}</Type><TTL>60</TTL>\
                 <ResourceRecords><ResourceRecord><Value>10.0.0.1</Value></ResourceRecord></ResourceRecords>\
                 </ResourceRecordSet><ResourceRecordSet><Name>x.example.</Name><Type>A</Type><AliasTarget>\
                 <HostedZoneId>Z9</HostedZoneId><DNSName>Vpce-1.Example.</DNSName></AliasTarget></ResourceRecordSet>\
                 <ResourceRecordSet><Name>x.example.</Name><Type>TXT</Type></ResourceRecordSet></ResourceRecordSets>\
                 <IsTruncated>{first}</IsTruncated>{}<MaxItems>1</MaxItems></R>",
                if first { more } else { "" }
            ),
        )
    });
    let asked = Asked::at(&responder.url(), &[]);
    let fact = asked.fact(&Question::ZoneRecords { zone: "Z1".into(), name: "Example.".into() });
    let alias = json!({ "name": "x.example", "kind": "A", "values": ["vpce-1.example"] });
    let records = json!([
        { "name": "*.a.example", "kind": "A", "values": ["10.0.0.1"] }, alias,
        { "name": "b.example", "kind": "CNAME", "values": ["10.0.0.1"] }, alias,
    ]);
    assert_eq!((&fact["outcome"]["records"], &fact["outcome"]["name"]), (&records, &json!("example")));
}

#[test]
fn many_ids_take_several_calls() {
    let responder = Responder::start(|request, _| {
        let ids = request.body.split('&').filter_map(|pair| pair.strip_prefix("GroupId."));
        let items: String = ids
            .map(|pair| format!("<item><groupId>{}</groupId><ipPermissions/></item>", pair.split_once('=').unwrap().1))
            .collect();
        Answer::of(200, format!("<R><securityGroupInfo>{items}</securityGroupInfo></R>"))
    });
    let asked = Asked::at(&responder.url(), &[]);
    let ids: Vec<String> = (0..250).map(|number| format!("sg-{number}")).collect();
    let told = asked.ask(&Question::SecurityGroups { ids: ids.clone() });
    assert_eq!((told.calls, told.facts.len()), (3, 250));
    let subjects: Vec<String> = told.facts.into_iter().map(|(subject, _)| subject).collect();
    assert_eq!(subjects, ids);
}
