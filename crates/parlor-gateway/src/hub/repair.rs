//! Fills gaps from the store: what the bus lost, or brings too late. One task a room at a time.

use std::sync::Arc;
use std::time::Duration;

use parlor_core::ChangesPage;
use parlor_model::Seq;

use super::Hub;
use super::feed::{Feed, Outcome, Page};

/// How many changes are read at a time.
const PAGE: usize = 200;
/// How many rooms' heads are read at a time.
const HEADS: usize = 256;
/// How long to wait after the store failed; doubled each time, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Hub {
    /// Repairs a feed, unless somebody is at it already.
    pub(crate) fn repair(self: &Arc<Self>, feed: &Arc<Feed>) {
        if feed.begin_repair() {
            let (hub, feed) = (Arc::clone(self), Arc::clone(feed));
            self.runtime.spawn(async move { hub.repair_now(&feed).await });
        }
    }

    /// Compares every feed with the store.
    pub(super) async fn compare_heads(self: &Arc<Self>) {
        let rooms: Vec<_> = self.feeds().keys().copied().collect();
        for rooms in rooms.chunks(HEADS) {
            self.compare(rooms.to_vec()).await;
        }
    }

    /// Compares some feeds with the store.
    pub(super) async fn compare(self: &Arc<Self>, rooms: Vec<parlor_model::RoomId>) {
        let heads = match self.log.heads(rooms).await {
            Ok(heads) => heads,
            Err(error) => {
                tracing::warn!(%error, "the heads of rooms could not be read; trying again later");
                return;
            }
        };
        for (room, head) in heads {
            let feed = self.feeds().get(&room).map(Arc::clone);
            if let Some(feed) = feed.filter(|feed| feed.note_head(head)) {
                self.repair(&feed);
            }
        }
    }

    async fn repair_now(self: &Arc<Self>, feed: &Arc<Feed>) {
        // Most gaps close by themselves: a change was overtaken by a later one.
        tokio::time::sleep(self.options.repair_after).await;
        let mut pause = FIRST_PAUSE;
        while let Some(from) = feed.repair_from() {
            if !self.is_followed(feed) {
                return feed.abandon_repair();
            }
            match self.log.page(feed.room, from, PAGE).await {
                Ok(page) if page.to > from => {
                    self.metrics.repairs.inc();
                    let outcome = self.fill(feed, from, &page);
                    // That there is still a gap is what this goes on with.
                    self.settle(feed, Outcome { gap: false, ..outcome });
                    pause = FIRST_PAUSE;
                    continue;
                }
                // The store does not have it yet, or not any more: the next look will tell.
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, room = %feed.room, "a gap could not be repaired yet"),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Hands a page to the feed; or leaves the whole gap to the readers if it is too wide to be worth keeping.
    fn fill(&self, feed: &Feed, from: Seq, page: &ChangesPage) -> Outcome {
        if page.head.saturating_sub(from) > self.options.max_behind {
            let outcome = feed.skip_to(page.head);
            self.end_doubt();
            return outcome;
        }
        let rows = page.members.iter().map(|(member, _)| member);
        feed.fill(Page {
            from,
            to: page.to,
            payload: Arc::new(crate::encode::page(feed.room, from, page, self.log.renderings())),
            said: crate::encode::said(from, page),
            joined: rows
                .clone()
                .filter(|member| member.active)
                .map(|member| (member.user, member.changed_seq))
                .collect(),
            left: rows.filter(|member| !member.active).map(|member| member.user).collect(),
        })
    }

    fn is_followed(&self, feed: &Arc<Feed>) -> bool {
        self.feeds().get(&feed.room).is_some_and(|present| Arc::ptr_eq(present, feed))
    }
}
