//! What a function says of itself is not believed, and what it says is not printed as it stands.

use serde_json::{Value, json};

use crate::aws::{CANARY, LAMBDA, aws, letter, ok, place, result, sweep};
use crate::responder::Responder;

/// Subnet b's function answers with the healthy report, changed.
fn changed(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Responder {
    aws(move |operation, request| {
        (operation == "Invoke" && letter(request) == 'b').then(|| {
            let mut report = LAMBDA.healthy.clone();
            change(&mut report);
            ok(&report)
        })
    })
}

#[test]
fn a_report_of_another_subnet_is_told() {
    let aws = changed(|report| report["vantage"]["subnet_id"] = json!("subnet-0c"));
    let (swept, told) = result(&aws, &[]);
    let place = place(&told, 'b');
    assert_eq!((swept.exit, &place["obstacle"]["kind"]), (3, &json!("other-subnet")), "{}", swept.all());
    assert_eq!((&place["obstacle"]["reported"], &place["report"]), (&json!("subnet-0c"), &Value::Null));
    // Its own is as good as none.
    let aws = changed(|report| report["vantage"]["subnet_id"] = json!("subnet-0b"));
    assert_eq!(result(&aws, &[]).0.exit, 0);
}

#[test]
fn the_verdict_is_made_here() {
    let aws = aws(|operation, request| {
        (operation == "Invoke" && letter(request) == 'b').then(|| {
            let mut report = LAMBDA.broken.clone();
            report["verdict"] = json!("healthy");
            report["diagnoses"] = json!([]);
            report["unexplained"] = json!([]);
            ok(&report)
        })
    });
    let (swept, told) = result(&aws, &[]);
    assert_eq!((swept.exit, &place(&told, 'b')["verdict"]), (1, &json!("unhealthy")), "{}", swept.all());
}

#[test]
fn another_mode_is_noted_and_an_audit_is_none() {
    let aws = changed(|report| report["vantage"]["mode"] = json!("host"));
    let (swept, told) = result(&aws, &[]);
    let notes = place(&told, 'b')["notes"].to_string();
    assert_eq!(swept.exit, 0, "{}", swept.all());
    assert!(notes.contains("of mode host, and not lambda"), "{notes}");
    let aws = changed(|report| report["vantage"]["mode"] = json!("audit"));
    let (swept, told) = result(&aws, &[]);
    assert_eq!((swept.exit, &place(&told, 'b')["obstacle"]["kind"]), (3, &json!("not-a-report")), "{}", swept.all());
}

#[test]
fn claims_about_the_account_are_left_out() {
    let aws = changed(|report| {
        let fact = json!({
            "id": 9_999, "target": null, "address": null, "subject": "subnet-0b", "image": null, "region": null,
            "began_ms": 0.0, "took_ms": 0.0, "check": "subnet", "outcome": { "result": "absent" },
        });
        report["evidence"].as_array_mut().expect("a list").push(fact);
        report["placement"] = json!({ "subnets": ["subnet-0b"], "service": "other" });
    });
    let (swept, told) = result(&aws, &[]);
    assert_eq!(swept.exit, 0, "{}", swept.all());
    let report = &place(&told, 'b')["report"];
    assert!(report.get("placement").is_none(), "{report:#}");
    let evidence = report["evidence"].as_array().expect("a list");
    assert!(evidence.iter().all(|it| it["check"] != "subnet"));
}

#[test]
fn texts_of_a_function_are_scrubbed() {
    let aws = changed(|report| {
        report["vantage"]["principal_arn"] = json!("\u{1b}[31mred\u{202e} arn:aws:sts::1:x\nhealthy: all is well");
        report["vantage"]["unknown"] = json!([format!("GET https://s3.example/a?X-Amz-Signature={CANARY}&b=1")]);
        report["images"][0]["image"] = json!(format!("image Authorization: Basic {CANARY}{CANARY}"));
    });
    let (swept, _) = result(&aws, &[]);
    for text in [&swept.stdout, &sweep(&aws, &[]).stdout] {
        assert!(
            !text.contains('\u{1b}') && !text.contains('\u{202e}') && !text.contains("\nhealthy: all is"),
            "{text}"
        );
    }
}

#[test]
fn a_function_error_is_cut_and_scrubbed() {
    let body = json!({
        "errorType": "\u{1b}[31mX\n".repeat(200),
        "errorMessage": format!("https://x.example/?X-Amz-Signature={CANARY} {}", "x".repeat(100_000)),
    });
    let aws = aws(move |operation, request| {
        (operation == "Invoke" && letter(request) == 'b').then(|| crate::responder::Answer::Http {
            status: 200,
            headers: "X-Amz-Function-Error: Unhandled\r\n".to_owned(),
            body: body.to_string().into_bytes(),
        })
    });
    let text = sweep(&aws, &[]).stdout;
    assert!(text.len() < 8_000 && !text.contains('\u{1b}'), "{text}");
}
