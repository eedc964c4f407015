//! The renderings in `/metrics`.

use std::fmt;

use parlor_core::Core;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// Asks core what was rendered.
pub(super) struct RenderingMetrics(pub(super) Core);

impl fmt::Debug for RenderingMetrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RenderingMetrics")
    }
}

impl Collector for RenderingMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let counts = self.0.renderings().counts();
        let (made, found) = (ConstCounter::new(counts.made), ConstCounter::new(counts.found));
        let bytes = ConstGauge::new(i64::try_from(counts.bytes).unwrap_or(i64::MAX));
        for (name, help, metric) in [
            ("parlor_renderings_made", "Messages that were rendered", &made),
            ("parlor_renderings_found", "How often a rendering was there already", &found),
        ] {
            metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)?;
        }
        let (name, help) = ("parlor_renderings_bytes", "What the renderings that are kept take in memory");
        bytes.encode(encoder.encode_descriptor(name, help, None, bytes.metric_type())?)
    }
}
