//! Finds the route of a request.

use std::collections::HashSet;

use hyper::Method;

use super::{Route, Verb, special::Special};

/// The table of routes, with an index by path.
pub(in crate::server) struct Router {
    rows: Vec<Route>,
    /// One tree for each verb: `/api/things/new` by `GET` does not hide `DELETE /api/things/{id}`.
    trees: [matchit::Router<usize>; Verb::COUNT],
    cors: HashSet<&'static str>,
    special: Special,
}

/// The route of a request, with the values of the path's parameters.
#[derive(Debug)]
pub(in crate::server) struct FoundRoute<'a> {
    pub(in crate::server) route: &'a Route,
    pub(in crate::server) parameters: Vec<String>,
    /// Whether browser applications of other sites may call the path, by any method.
    pub(in crate::server) is_cors: bool,
}

impl Router {
    /// Panics if two routes match the same request.
    pub(in crate::server) fn new(mut rows: Vec<Route>) -> Self {
        rows.iter_mut().enumerate().for_each(|(number, row)| row.number = number);
        let (mut trees, mut cors) = (<[matchit::Router<usize>; _]>::default(), HashSet::new());
        for (position, row) in rows.iter().enumerate() {
            for verb in row.verbs {
                let inserted = trees[*verb as usize].insert(row.path, position);
                inserted.unwrap_or_else(|error| panic!("{row:?}: {error}"));
            }
            if row.is_cors() {
                assert!(!row.path.contains('{'), "a path for CORS is found as it stands: {row:?}");
                cors.insert(row.path);
            }
        }
        Self { rows, trees, cors, special: Special::new() }
    }

    /// All routes.
    #[cfg(test)]
    pub(in crate::server) fn rows(&self) -> &[Route] {
        &self.rows
    }

    /// Finds the route of a request.
    ///
    /// Slashes at the end of a path are ignored (Pocket ID 2.14). A browser is redirected to the
    /// path without them. A request with a body is answered directly, since a redirect would lose
    /// the body.
    pub(in crate::server) fn find(&self, method: &Method, path: &str) -> FoundRoute<'_> {
        let plain = without_slashes(path);
        let is_cors = self.cors.contains(plain);
        let found = |route, parameters| FoundRoute { route, parameters, is_cors };
        if is_cors && method == Method::OPTIONS {
            return found(&self.special.preflight, Vec::new());
        }
        let matched = Verb::of(method).and_then(|verb| self.trees[verb as usize].at(plain).ok());
        let Some(matched) = matched else {
            let unknown = match plain.split('/').nth(1) {
                Some("api" | ".well-known") => &self.special.unknown_api,
                Some("scim") if self.trees.iter().any(|tree| tree.at(plain).is_ok()) => {
                    &self.special.wrong_method_scim
                }
                Some("scim") => &self.special.unknown_scim,
                _ => &self.special.unknown_page,
            };
            return found(unknown, Vec::new());
        };
        if plain.len() < path.len() && matches!(*method, Method::GET | Method::HEAD) {
            return found(&self.special.trailing_slash, vec![plain.to_owned()]);
        }
        let parameters = matched.params.iter().map(|(_, value)| value.to_owned());
        found(&self.rows[*matched.value], parameters.collect())
    }
}

/// The path without slashes at its end. `/` stays, and so does a path of slashes only.
fn without_slashes(path: &str) -> &str {
    Some(path.trim_end_matches('/')).filter(|plain| !plain.is_empty()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::{
        http::{ApiError, Request, Response},
        route::{delete, get},
    };

    async fn plain(_: Request) -> Result<Response, ApiError> {
        Ok(Response::no_content())
    }

    async fn with_id(_: Request, _id: String) -> Result<Response, ApiError> {
        Ok(Response::no_content())
    }

    #[test]
    fn a_path_of_its_own_goes_before_a_parameter_and_only_for_its_method() {
        let rows = vec![
            get("/api/things/new", plain),
            get("/api/things/{id}", with_id),
            delete("/api/things/{id}", with_id),
        ];
        let router = Router::new(rows);
        let name = |method| router.find(&method, "/api/things/new").route.name();
        assert_eq!(name(Method::GET), "/api/things/new");
        assert_eq!(name(Method::HEAD), "/api/things/new");
        assert_eq!(name(Method::DELETE), "/api/things/{id}");
        assert_eq!(name(Method::PUT), "(unknown endpoint)");
    }

    #[test]
    #[should_panic(expected = "/api/things/{name}")]
    fn two_rows_do_not_answer_to_one_request() {
        Router::new(vec![get("/api/things/{id}", with_id), get("/api/things/{name}", with_id)]);
    }

    #[test]
    #[should_panic(expected = "the parameters of /api/things/{id}")]
    fn a_handler_takes_the_parameters_of_its_path() {
        get("/api/things/{id}", plain);
    }
}
