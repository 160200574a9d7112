//! A **sample**: the figures of one benchmark, and the statistics shown.

/// Figures of one kind, in the order in which they were taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample(pub(crate) Vec<f64>);

impl Sample {
    /// The median.
    pub(crate) fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The smallest, which is the honest figure for a short process on a busy machine.
    pub(crate) fn minimum(&self) -> f64 {
        self.quantile(0.0)
    }

    /// The value that only one in twenty exceeds.
    pub(crate) fn p95(&self) -> f64 {
        self.quantile(0.95)
    }

    pub(crate) fn sum(&self) -> f64 {
        self.0.iter().sum()
    }

    /// The difference between each figure and the ones taken in the same round.
    pub(crate) fn without(&self, others: &[&Self]) -> Self {
        let left = |(round, figure): (usize, &f64)| others.iter().fold(*figure, |left, other| left - other.0[round]);
        Self(self.0.iter().enumerate().map(left).collect())
    }

    fn quantile(&self, at: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        sorted.get((last as f64 * at).round() as usize).copied().unwrap_or(f64::NAN)
    }
}

/// Milliseconds since a moment.
pub(crate) fn milliseconds(since: std::time::Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
