//! The dialect by example, and what holds for every text.

mod cost;
mod dialect;
mod page;
mod texts;
