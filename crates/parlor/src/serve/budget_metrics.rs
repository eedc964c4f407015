//! The budgets in `/metrics`: how much there is of each, how much is taken, and how often there was none.

use std::fmt;

use parlor_core::limits::budget::Usage;
use parlor_core::limits::{Budgets, Scarce};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// Asks the budgets how they are used.
#[derive(Debug)]
pub(super) struct BudgetMetrics(pub(super) Budgets);

/// A series, and what it says of a budget that holds so much and is used like that.
type Series<T> = (&'static str, &'static str, fn(u64, &Usage) -> T);

const GAUGES: [Series<u64>; 3] = [
    ("total", "How much there is", |total, _| total),
    ("held", "How much is taken", |_, usage| usage.held),
    ("waiting", "How many wait for some", |_, usage| usage.waiting),
];

const COUNTERS: [Series<u64>; 3] = [
    ("refused_share", "Refusals because somebody's share was used up", |_, usage| usage.refused_share),
    ("refused_total", "Refusals because nothing was left", |_, usage| usage.refused_total),
    ("gave_way", "What was taken from those who held it the longest without using it", |_, usage| {
        usage.gave_way
    }),
];

impl Collector for BudgetMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let budgets: Vec<(Scarce, u64, Usage)> =
            self.0.all().map(|(scarce, budget)| (scarce, budget.cap().total, budget.usage())).collect();
        for (name, help, value) in GAUGES {
            let metric = |total, usage: &Usage| {
                ConstGauge::new(i64::try_from(value(total, usage)).unwrap_or(i64::MAX))
            };
            family(&mut encoder, (name, help), &budgets, metric)?;
        }
        for (name, help, value) in COUNTERS {
            family(&mut encoder, (name, help), &budgets, |total, usage| {
                ConstCounter::new(value(total, usage))
            })?;
        }
        Ok(())
    }
}

fn family<M: EncodeMetric>(
    encoder: &mut DescriptorEncoder<'_>,
    (name, help): (&str, &str),
    budgets: &[(Scarce, u64, Usage)],
    metric: impl Fn(u64, &Usage) -> M,
) -> fmt::Result {
    let Some((_, total, usage)) = budgets.first() else { return Ok(()) };
    let kind = metric(*total, usage).metric_type();
    let name = format!("parlor_budget_{name}");
    let mut family = encoder.encode_descriptor(&name, help, None, kind)?;
    for (scarce, total, usage) in budgets {
        metric(*total, usage).encode(family.encode_family(&[("of", scarce.as_str())])?)?;
    }
    Ok(())
}
