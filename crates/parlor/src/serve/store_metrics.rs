//! The store's counters in `/metrics`. The store knows nothing of metrics formats: it is asked when somebody looks.

use std::fmt;

use parlor_store::Store;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// Asks the store for its counters.
pub(super) struct StoreMetrics(pub(super) Store);

impl fmt::Debug for StoreMetrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("StoreMetrics")
    }
}

impl Collector for StoreMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let metrics = self.0.metrics();
        let counters = [
            ("commits", "Commits that were synced", metrics.commits),
            ("failed_commits", "Commits that failed", metrics.failed_commits),
            ("grouped_writes", "Writes that were part of a synced commit", metrics.grouped),
            ("appended_messages", "Messages that were appended", metrics.appended),
            ("repeated_messages", "Sends that were answered with an earlier result", metrics.repeated),
            ("reads", "Reads that were answered", metrics.reads),
            ("pages_checked", "Pages that were compared with their checksums", metrics.pages_checked),
            ("pages_damaged", "Pages that were not as they had been written", metrics.pages_damaged),
            ("busy", "Requests that were refused because a queue was full", metrics.busy),
        ];
        for (name, help, value) in counters {
            let counter = ConstCounter::new(value);
            let name = format!("parlor_store_{name}");
            counter.encode(encoder.encode_descriptor(&name, help, None, counter.metric_type())?)?;
        }
        let seconds = ConstCounter::new(metrics.commit_time.as_secs_f64());
        let (name, help) = ("parlor_store_commit_seconds", "The time that commits took");
        seconds.encode(encoder.encode_descriptor(name, help, None, seconds.metric_type())?)?;
        let bytes = i64::try_from(metrics.queued_bytes).unwrap_or(i64::MAX);
        let gauges = [
            ("queued_writes", "Writes that wait", i64::try_from(metrics.queued).unwrap_or(i64::MAX)),
            ("queued_bytes", "Bytes of messages that wait or are being committed", bytes),
            ("not_durable", "1 once nothing is acknowledged any more", i64::from(metrics.not_durable)),
        ];
        for (name, help, value) in gauges {
            let gauge = ConstGauge::new(value);
            let name = format!("parlor_store_{name}");
            gauge.encode(encoder.encode_descriptor(&name, help, None, gauge.metric_type())?)?;
        }
        Ok(())
    }
}
