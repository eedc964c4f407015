//! Query parameters: each at most once, no unknown ones, and within their bounds.

use std::str::FromStr;

use axum::extract::FromRequestParts;
use http::request::Parts;
use utoipa::IntoParams;

use crate::error::Failure;

/// The largest page.
pub(crate) const MAX_LIMIT: usize = 200;

/// A type that is read from query parameters.
pub(crate) trait FromQuery: Sized {
    /// Takes what it knows from `parameters`; what is left over is an error.
    fn from_query(parameters: &mut Parameters) -> Result<Self, Failure>;
}

/// The query parameters of a request.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: FromQuery> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| Failure::malformed("The query can't be read.", None))?;
        let mut parameters = Parameters(pairs.0);
        let value = T::from_query(&mut parameters)?;
        match parameters.0.first() {
            None => Ok(Self(value)),
            Some((name, _)) => {
                Err(Failure::malformed(format!("There is no query parameter “{name}” here."), Some(name)))
            }
        }
    }
}

/// Query parameters that nobody has taken yet.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Takes a text.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Failure> {
        let mut values = Vec::new();
        self.0.retain_mut(|(candidate, value)| {
            let is_it = candidate == name;
            if is_it {
                values.push(std::mem::take(value));
            }
            !is_it
        });
        if values.len() > 1 {
            return Err(Failure::invalid(name, "it stands there more than once"));
        }
        let value = values.pop();
        // No database text may hold one, and nothing that is asked for does.
        if value.as_ref().is_some_and(|value| value.contains('\0')) {
            return Err(Failure::invalid(name, "it contains a NUL character"));
        }
        Ok(value)
    }

    /// Takes an id: where a page begins.
    pub(crate) fn id<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, Failure> {
        let parse = |text: String| {
            text.parse().map_err(|_| Failure::invalid(name, "it must be the “next” of the page before"))
        };
        self.text(name)?.map(parse).transpose()
    }

    /// Takes a whole number.
    pub(crate) fn number(&mut self, name: &str) -> Result<Option<u64>, Failure> {
        let parse = |text: String| {
            text.parse().map_err(|_| Failure::invalid(name, "it must be a whole number that is not negative"))
        };
        self.text(name)?.map(parse).transpose()
    }

    /// Takes `limit`: how much to answer, 1 to 200.
    pub(crate) fn limit(&mut self, default: usize) -> Result<usize, Failure> {
        let bounds = || Failure::invalid("limit", format_args!("it must be 1 to {MAX_LIMIT}"));
        let Some(text) = self.text("limit")? else {
            return Ok(default);
        };
        let limit: usize = text.parse().map_err(|_| bounds())?;
        if (1..=MAX_LIMIT).contains(&limit) { Ok(limit) } else { Err(bounds()) }
    }
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields document the parameters, which are read by name")]
pub(crate) struct PageParameters {
    /// The `next` of the page before.
    after: Option<String>,
    /// How many to answer.
    #[param(minimum = 1, maximum = 200, default = 200)]
    limit: Option<u32>,
}

/// A page of a list that is short for most.
pub(crate) struct Page<T> {
    /// The last of the page before.
    pub(crate) after: Option<T>,
    /// How many to answer.
    pub(crate) limit: usize,
}

impl<T: FromStr> FromQuery for Page<T> {
    fn from_query(parameters: &mut Parameters) -> Result<Self, Failure> {
        Ok(Self { after: parameters.id("after")?, limit: parameters.limit(MAX_LIMIT)? })
    }
}

impl<T> Page<T> {
    /// Where the next page begins, after these: nowhere if there were fewer than asked for.
    pub(crate) fn next<'a, R, I: ToString>(&self, found: &'a [R], id: impl Fn(&'a R) -> I) -> Option<String> {
        found.last().filter(|_| found.len() == self.limit).map(|last| id(last).to_string())
    }
}
