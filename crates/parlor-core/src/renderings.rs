//! The HTML of messages: made once, away from what serves others where that takes long, and kept. What the HTML is, is
//! [`markdown`](crate::markdown)'s business.
//!
//! It is kept by the text that it was made of, so a message, its event, every page it stands on and a repeat of the same
//! words have one rendering; an edit is another text. Why in memory and not in the database: `docs/adr/0021`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parlor_model::{Message, Refusal};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::limits::{Budget, Budgets, Scarce, Whose};
use crate::markdown;
use crate::settings::Limits;

/// Texts of up to so many bytes are rendered where they are needed: that is done before another thread would have begun.
const SMALL: usize = 2 * 1024;

/// What one rendering costs in memory beside its text and its HTML, in bytes.
const OVERHEAD: u64 = 128;

/// How many renderings are expected, for the size of the table.
const EXPECTED: usize = 16 * 1024;

/// Renderings, and the bounds under which more are made. Cheap to clone.
#[derive(Clone)]
pub struct Renderings(Arc<Kept>);

struct Kept {
    /// The HTML by its text; `None` for a text that is shown as it is.
    by_text: Cache<String, Option<Arc<str>>, Bytes>,
    budget: Arc<Budget>,
    made: AtomicU64,
    found: AtomicU64,
}

/// What the renderings did so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// How many were made.
    pub made: u64,
    /// How often one was there already.
    pub found: u64,
    /// How many bytes the kept ones take.
    pub bytes: u64,
}

impl Default for Renderings {
    fn default() -> Self {
        let limits = Limits::default();
        Self::new(limits.rendering_bytes, &Budgets::new(&limits))
    }
}

#[derive(Clone)]
struct Bytes;

impl Weighter<String, Option<Arc<str>>> for Bytes {
    fn weight(&self, text: &String, html: &Option<Arc<str>>) -> u64 {
        let html = html.as_ref().map_or(0, |html| html.len());
        u64::try_from(text.len() + html).unwrap_or(u64::MAX).saturating_add(OVERHEAD)
    }
}

impl Renderings {
    /// Keeps up to `bytes` of renderings; the budget of them bounds how many are made at the same time.
    pub fn new(bytes: u64, budgets: &Budgets) -> Self {
        Self(Arc::new(Kept {
            by_text: Cache::with_weighter(EXPECTED, bytes, Bytes),
            budget: Arc::clone(budgets.of(Scarce::Renderings)),
            made: AtomicU64::new(0),
            found: AtomicU64::new(0),
        }))
    }

    /// True for a text that is to be prepared before it is needed.
    pub fn is_large(text: &str) -> bool {
        text.len() > SMALL && !markdown::is_plain(text)
    }

    /// The HTML of a message; `None` if it has none beside its text, or was deleted. It is made here and now if it is not
    /// kept: whoever may meet large texts calls [`Renderings::prepare`] before.
    pub fn html(&self, message: &Message) -> Option<Arc<str>> {
        if message.deleted_at.is_some() { None } else { self.of_text(message.body.as_str()) }
    }

    /// Makes sure that the large ones among some texts are rendered, away from the threads that serve others. `whose`
    /// share of what can be rendered at the same time it takes.
    ///
    /// # Errors
    /// A refusal if too many wait to be rendered already.
    pub async fn prepare<'t>(
        &self,
        whose: Whose,
        texts: impl IntoIterator<Item = &'t str>,
    ) -> Result<(), Refusal> {
        let lacks = |text: &&str| Self::is_large(text) && self.0.by_text.get(*text).is_none();
        let lacking: Vec<String> = texts.into_iter().filter(lacks).map(str::to_owned).collect();
        if lacking.is_empty() {
            return Ok(());
        }
        let permit = self.0.budget.wait(whose, 1).await?;
        let this = self.clone();
        let rendering = tokio::task::spawn_blocking(move || {
            for text in lacking {
                this.of_text(&text);
            }
            drop(permit);
        });
        // If it panicked, whoever needs the HTML does too, and tells.
        let _ = rendering.await;
        Ok(())
    }

    /// The same for messages.
    ///
    /// # Errors
    /// As [`Renderings::prepare`].
    pub async fn prepare_all(&self, whose: Whose, messages: &[Message]) -> Result<(), Refusal> {
        let present = messages.iter().filter(|message| message.deleted_at.is_none());
        self.prepare(whose, present.map(|message| message.body.as_str())).await
    }

    /// What was done so far.
    pub fn counts(&self) -> Counts {
        Counts {
            made: self.0.made.load(Ordering::Relaxed),
            found: self.0.found.load(Ordering::Relaxed),
            bytes: self.0.by_text.weight(),
        }
    }

    fn of_text(&self, text: &str) -> Option<Arc<str>> {
        if markdown::is_plain(text) {
            // That costs less to see than to look up.
            return None;
        }
        let mut is_new = false;
        let html = self.0.by_text.get_or_insert_with(text, || {
            is_new = true;
            Ok::<_, std::convert::Infallible>(markdown::render(text).map(Arc::from))
        });
        let counter = if is_new { &self.0.made } else { &self.0.found };
        counter.fetch_add(1, Ordering::Relaxed);
        match html {
            Ok(html) => html,
            Err(never) => match never {},
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use parlor_model::UserId;

    fn renderings(bytes: u64) -> Renderings {
        Renderings::new(bytes, &Budgets::new(&Limits::default()))
    }

    fn large(number: usize) -> String {
        format!("**{number}** {}", "words ".repeat(SMALL / 6))
    }

    #[test]
    fn a_text_is_rendered_once() {
        let renderings = renderings(1 << 20);
        let first = renderings.of_text("**bold**").unwrap();
        assert!(Arc::ptr_eq(&first, &renderings.of_text("**bold**").unwrap()));
        assert_eq!(renderings.of_text("plain"), None, "which is seen, and takes no place");
        assert_eq!(renderings.of_text("#"), None);
        assert_eq!(renderings.of_text("#"), None);
        let Counts { made, found, bytes } = renderings.counts();
        assert_eq!((made, found), (2, 2));
        assert!(bytes > 0);
    }

    #[test]
    fn what_is_kept_is_bounded_in_bytes() {
        let renderings = renderings(1 << 20);
        for number in 0..2_000 {
            renderings.of_text(&large(number));
        }
        assert!(renderings.counts().bytes <= 1 << 20);
        assert_eq!(renderings.counts().made, 2_000);
        assert!(renderings.of_text(&large(0)).is_some(), "what was let go is made anew");
    }

    #[tokio::test]
    async fn large_texts_are_prepared_once_and_small_ones_left() {
        let renderings = renderings(1 << 20);
        let texts = [large(1), large(2), "**small**".to_owned(), large(1)];
        let texts = || texts.iter().map(String::as_str);
        renderings.prepare(Whose::NOBODY, texts()).await.unwrap();
        assert_eq!(renderings.counts().made, 2);
        renderings.prepare(Whose::NOBODY, texts()).await.unwrap();
        texts().for_each(|text| drop(renderings.of_text(text)));
        assert_eq!(renderings.counts().made, 3, "the small one was made where it was needed");
    }

    #[tokio::test]
    async fn one_person_does_not_take_all_there_is() {
        let renderings = renderings(1 << 20);
        let (greedy, other) = ([1, 2].map(|number| UserId::from_bytes([number; 16]))).into();
        let budget = Arc::clone(&renderings.0.budget);
        let whose = |person| Whose::NOBODY.and(person);
        let held = [budget.take(whose(greedy), 1).unwrap(), budget.take(whose(greedy), 1).unwrap()];
        let text = large(1);
        let waits = renderings.prepare(whose(greedy), [text.as_str()]);
        let mut waits = std::pin::pin!(waits);
        assert!((&mut waits).now_or_never().is_none(), "their share is used up");
        renderings.prepare(whose(other), [large(2).as_str()]).await.unwrap();
        drop(held);
        waits.await.unwrap();
        assert_eq!(renderings.counts().made, 2);
    }
}
