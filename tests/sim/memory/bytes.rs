//! The bytes of a blob, as the probe takes them in.

use ecr_probe::edge::{Assembly, Edge, Endpoint, Fetched, Flow, Wait};
use ecr_probe::model::outcome::{LayerBytesOutcome, NoAnswer};
use ecr_probe::wire::rejection;

use super::super::service::{Ending, Request};
use super::{MemoryEdge, cost};

impl MemoryEdge {
    pub(super) async fn bytes(&self, endpoint: &Endpoint, mut request: Request, mut blob: Assembly) -> Fetched {
        request.headers.extend(blob.range().map(|range| ("Range".to_owned(), range)));
        let began = self.elapsed_ms();
        let (served, now) = match self.send(endpoint, request, cost::STORE, Wait::Usual).await {
            Ok(answer) => answer,
            Err(why) => {
                // reqwest's own text would hold the URL.
                let why = match why {
                    NoAnswer::Malformed { .. } => NoAnswer::Malformed { reason: "the answer is not HTTP".into() },
                    other => other,
                };
                return Fetched { rest: Some(blob), ..LayerBytesOutcome::NoAnswer(why).into() };
            }
        };
        let first_byte_ms = ((self.elapsed_ms() - began) * 1e3).round() / 1e3;
        let reply = &served.reply;
        let content_range = reply.headers.iter().find(|(name, _)| name == "Content-Range").map(|(_, value)| &**value);
        if let Err(refused) = blob.begin(reply.status, content_range) {
            return refused.into();
        }
        if (300..400).contains(&reply.status) {
            let status = http::StatusCode::from_u16(reply.status).expect("three digits");
            let reason = format!("the layer store redirects again (HTTP {status})");
            return LayerBytesOutcome::BadRedirect { reason }.into();
        }
        if !(200..300).contains(&reply.status) {
            return Fetched { rest: Some(blob), ..LayerBytesOutcome::Rejected(rejection(reply, now)).into() };
        }
        let (length, end) = match served.ending {
            Ending::StallAt(at) => (at, Some(NoAnswer::TimedOut)),
            Ending::ResetAt(at) => (at, Some(NoAnswer::Reset)),
            Ending::CloseAt(at) => (at, Some(NoAnswer::Closed)),
            _ => (reply.body.len(), None),
        };
        let endless = vec![b' '; if served.ending == Ending::Huge { blob.query().size as usize + 1 } else { 0 }];
        let come = if endless.is_empty() { &reply.body[..length.min(reply.body.len())] } else { &endless[..] };

        let per_ms = self.world().layer.bytes_per_second as f64 / 1e3;
        let left_ms = (blob.query().until_ms - self.elapsed_ms()).max(0.0);
        if come.len() as f64 / per_ms > left_ms {
            self.clock.sleep(left_ms).await;
            let received = blob.received() + (left_ms * per_ms) as u64;
            return LayerBytesOutcome::Unfinished { received }.into();
        }
        self.clock.sleep(come.len() as f64 / per_ms).await;
        match (blob.take(come), end) {
            (Err(why), _) => LayerBytesOutcome::NoAnswer(why).into(),
            (Ok(Flow::GoesOn), Some(why)) => {
                if why == NoAnswer::TimedOut {
                    self.time_out().await;
                }
                blob.broken(why, first_byte_ms)
            }
            (Ok(_), _) => blob.ended(first_byte_ms),
        }
    }
}
