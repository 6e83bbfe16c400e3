//! One name server on this machine, and what is made of its answers.

use tokio::net::TcpListener;

use super::*;

/// What is made of a server whose answers over UDP are cut, and which does `over_tcp` then.
fn asked(over_tcp: impl AsyncFn(TcpListener)) -> ResolveOutcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (tcp, server, udp) = loop {
            let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let server = tcp.local_addr().unwrap();
            // Another test may have the port for UDP.
            if let Ok(udp) = UdpSocket::bind(server).await {
                break (tcp, server, udp);
            }
        };
        let cutting = async {
            let mut buffer = [0; 512];
            loop {
                let (length, client) = udp.recv_from(&mut buffer).await.unwrap();
                // An answer, and a cut one: QR and TC (RFC 1035 section 4.1.1).
                buffer[2] |= 0x82;
                udp.send_to(&buffer[..length], client).await.unwrap();
            }
        };
        let ranges = Ranges::embedded();
        tokio::select! {
            outcome = resolve("host.example", server, Duration::from_millis(300), &ranges, &[]) => outcome,
            ((), ()) = async { tokio::join!(cutting, over_tcp(tcp)) } => unreachable!("it serves for ever"),
        }
    })
}

#[test]
fn a_server_without_tcp_is_not_a_silent_one() {
    let outcomes = [
        asked(async |_silent| std::future::pending().await),
        asked(async |listener| {
            drop(listener);
            std::future::pending::<()>().await;
        }),
        asked(async |listener| while listener.accept().await.is_ok() {}),
    ];
    for (outcome, what) in outcomes.into_iter().zip(["does not answer", "is closed", "does not work"]) {
        let ResolveOutcome::Truncated { reason } = &outcome else { panic!("{outcome:?}") };
        assert!(reason.starts_with(&format!("TCP port 53 {what}")), "{reason}");
    }
}

/// What is made of a server that answers each question over UDP as `reply` says, or not at all.
fn asked_of(reply: impl Fn(&Message) -> Option<Message>) -> ResolveOutcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server = udp.local_addr().unwrap();
        let serving = async {
            let mut buffer = [0; 512];
            loop {
                let (length, client) = udp.recv_from(&mut buffer).await.unwrap();
                let question = Message::from_vec(&buffer[..length]).unwrap();
                if let Some(reply) = reply(&question) {
                    udp.send_to(&reply.to_vec().unwrap(), client).await.unwrap();
                }
            }
        };
        let ranges = Ranges::embedded();
        tokio::select! {
            outcome = resolve("host.example", server, Duration::from_millis(300), &ranges, &[]) => outcome,
            () = serving => unreachable!("it serves for ever"),
        }
    })
}

fn reply_to(question: &Message, code: ResponseCode) -> Message {
    let mut reply = Message::response(question.metadata.id, OpCode::Query);
    reply.metadata.response_code = code;
    reply.add_query(question.queries[0].clone());
    reply
}

/// An address for A, and nothing for AAAA.
fn address_for(question: &Message) -> Message {
    use hickory_resolver::proto::rr::{Record, rdata};

    let mut reply = reply_to(question, ResponseCode::NoError);
    let query = &question.queries[0];
    if query.query_type == RecordType::A {
        let address = RData::A(rdata::A(Ipv4Addr::new(10, 0, 1, 20)));
        reply.add_answer(Record::from_rdata(query.name.clone(), 60, address));
    }
    reply
}

#[test]
fn a_server_without_edns_is_asked_without_it() {
    for code in [ResponseCode::FormErr, ResponseCode::NotImp] {
        let outcome = asked_of(|question| {
            Some(if question.edns.is_some() { reply_to(question, code) } else { address_for(question) })
        });
        assert_eq!(outcome.addresses().len(), 1, "{outcome:?}");
        let outcome = asked_of(|question| Some(reply_to(question, code)));
        assert!(matches!(outcome, ResolveOutcome::OtherError { .. }), "{outcome:?}");
    }
}

fn is_aaaa(question: &Message) -> bool {
    question.queries[0].query_type == RecordType::AAAA
}

#[test]
fn the_failure_of_one_type_of_records_is_kept() {
    let unanswered = |reply: fn(&Message) -> Option<Message>| match asked_of(reply) {
        ResolveOutcome::Answered(answer) => answer.unanswered.map(|it| (it.record, *it.why)),
        other => panic!("{other:?}"),
    };
    assert_eq!(unanswered(|question| Some(address_for(question))), None);
    let silent = unanswered(|question| (!is_aaaa(question)).then(|| address_for(question)));
    assert_eq!(silent, Some((model::RecordType::Aaaa, ResolveOutcome::TimedOut)));
    let failing = unanswered(|question| {
        let failed = reply_to(question, ResponseCode::ServFail);
        Some(if is_aaaa(question) { failed } else { address_for(question) })
    });
    assert_eq!(failing, Some((model::RecordType::Aaaa, ResolveOutcome::ServerFailure)));
}
