//! Exchanged tokens and the clients that they came through (RFC 8693 §4.1).

use pocketid::model::SubjectType;
use serde_json::json;

use super::{ORDERS, STOCK, Shop, client, exchange, introspect, text};
use crate::support::op::TestClient;

const PARCELS: &str = "https://parcels.example.com";

/// A client that exchanges what the client of the orders got for the stock.
fn with_parcels(shop: &Shop) -> TestClient {
    let api = shop.op.api(PARCELS, &["read"]);
    let rule = json!([{"subjectApi": STOCK, "target": PARCELS}]);
    let parcels = client(&shop.op, rule, |_| {});
    shop.op.let_use(&parcels, api, SubjectType::User, &["read"]);
    parcels
}

/// A setting counts for older tokens, too, and for those that were got for them.
#[test]
fn an_exchanged_token_ends_when_a_client_that_it_came_through_may_not_have_the_user_any_more() {
    for change in [
        "client update ORDERS --max-session-age 10m",
        "client update PARCELS --max-session-age 10m",
        "client update ORDERS --group family",
        "client delete ORDERS --yes",
    ] {
        let mut shop = Shop::with(json!([{"subjectApi": ORDERS, "target": STOCK}]), |_| {});
        let parcels = with_parcels(&shop);
        shop.op.beside("group create family").expect_success();
        let token = shop.token();
        let first = text(&shop.exchange(&token, &[]).ok().json(), "access_token");
        let target = [("resource", PARCELS)];
        let answer = exchange(&shop.op, &parcels, &first, &target).ok().json();
        let second = text(&answer, "access_token");
        shop.op.advance(601);
        let is_active = || introspect(&shop.op, &parcels, &second)["active"] == true;
        assert!(is_active(), "{change}");

        let line = change.replace("ORDERS", &shop.orders.id).replace("PARCELS", &parcels.id);
        shop.op.beside(&line).expect_success();

        assert!(!is_active(), "{change}");
        let is_about_orders = change.contains("ORDERS");
        if !change.contains("delete") {
            assert_eq!(shop.is_active(&shop.orders, &first), !is_about_orders, "{change}");
        }
        shop.op.userinfo(&token).ok();
    }
}
