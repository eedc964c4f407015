//! HTTP routes, extractors, errors, OpenAPI.
