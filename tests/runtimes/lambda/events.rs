//! Requests as the gateways put them into events, and answers as they take them
//! out again (API Gateway's payload formats 1.0 and 2.0).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::support::{Answer, Request};

/// The address that the gateway saw.
pub(super) const CLIENT: &str = "203.0.113.7";

/// What stands before the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gateway {
    /// An HTTP API with this stage.
    Http(&'static str),
    /// A function's own URL.
    FunctionUrl,
    /// A REST API with this stage.
    Rest(&'static str),
}

impl Gateway {
    /// The event of a request. Function URLs and REST APIs send the body in
    /// base64 here, as each of them may.
    pub(super) fn event(self, request: &Request) -> Value {
        match self {
            Self::Http(stage) => {
                let event = version_2(request, stage);
                with_body(event, request, false)
            }
            Self::FunctionUrl => with_body(version_2(request, "$default"), request, true),
            Self::Rest(stage) => with_body(version_1(request, stage), request, true),
        }
    }

    /// The answer that the gateway makes of what the function returned.
    pub(super) fn answer(self, returned: &Value) -> Answer {
        assert_ne!(returned["isBase64Encoded"], true, "ours are all text");
        let mut headers = Vec::new();
        for (name, value) in entries(&returned["headers"]) {
            headers.push((name, value.as_str().unwrap().to_owned()));
        }
        if let Self::Rest(_) = self {
            for (name, values) in entries(&returned["multiValueHeaders"]) {
                let values = values.as_array().unwrap().iter();
                headers.extend(values.map(|v| (name.clone(), v.as_str().unwrap().to_owned())));
            }
        } else {
            // A second Set-Cookie would be lost in a map of single values.
            assert!(!headers.iter().any(|(name, _)| name == "set-cookie"));
            let cookies = returned["cookies"].as_array().into_iter().flatten();
            headers.extend(cookies.map(|c| ("set-cookie".into(), c.as_str().unwrap().into())));
        }
        Answer {
            status: returned["statusCode"].as_u64().unwrap().try_into().unwrap(),
            headers,
            body: returned["body"].as_str().unwrap_or_default().to_owned(),
        }
    }
}

fn entries(map: &Value) -> impl Iterator<Item = (String, &Value)> {
    let entries = map.as_object().into_iter().flatten();
    entries.map(|(name, value)| (name.to_ascii_lowercase(), value))
}

fn split(request: &Request) -> (&str, &str) {
    request.path.split_once('?').unwrap_or((&request.path, ""))
}

fn with_body(mut event: Value, request: &Request, encoded: bool) -> Value {
    event["isBase64Encoded"] = encoded.into();
    if !request.body.is_empty() {
        event["body"] = if encoded {
            STANDARD.encode(&request.body).into()
        } else {
            request.body.as_str().into()
        };
    }
    event
}

/// Cookies stand in a list of their own, and a named stage before the path.
fn version_2(request: &Request, stage: &str) -> Value {
    let (path, query) = split(request);
    let path = match stage {
        "$default" => path.to_owned(),
        named => format!("/{named}{path}"),
    };
    let mut headers = Map::new();
    let mut cookies = Vec::new();
    for (name, value) in &request.headers {
        if name == "cookie" {
            cookies.extend(value.split("; "));
        } else {
            headers.insert(name.clone(), value.as_str().into());
        }
    }
    headers.insert("host".into(), "auth.example.com".into());
    headers.insert("x-forwarded-for".into(), "198.51.100.66".into());
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "auth.example.com",
            "domainPrefix": "auth",
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": CLIENT,
                "userAgent": "any",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": stage,
            "time": "24/Nov/2026:15:00:00 +0000",
            "timeEpoch": 1_795_532_400_000_u64,
        },
    });
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    event
}

/// The path comes without the stage, and every header twice: alone and in a list.
fn version_1(request: &Request, stage: &str) -> Value {
    let (path, query) = split(request);
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let query: Map<String, Value> = pairs.map(|(n, v)| (n.to_owned(), v.into())).collect();
    let mut headers = Map::new();
    for (name, value) in &request.headers {
        headers.insert(name.clone(), value.as_str().into());
    }
    headers.insert("Host".into(), "auth.example.com".into());
    headers.insert("X-Forwarded-For".into(), "198.51.100.66".into());
    json!({
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": request.method,
        "headers": headers,
        "multiValueHeaders": in_lists(&headers),
        "queryStringParameters": query,
        "multiValueQueryStringParameters": in_lists(&query),
        "pathParameters": {"proxy": path.trim_start_matches('/')},
        "stageVariables": null,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "auth.example.com",
            "httpMethod": request.method,
            "identity": {"sourceIp": CLIENT, "userAgent": "any"},
            "path": format!("/{stage}{path}"),
            "protocol": "HTTP/1.1",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTimeEpoch": 1_795_532_400_000_u64,
            "resourceId": "abc123",
            "resourcePath": "/{proxy+}",
            "stage": stage,
        },
    })
}

fn in_lists(map: &Map<String, Value>) -> Map<String, Value> {
    map.iter()
        .map(|(name, value)| (name.clone(), json!([value])))
        .collect()
}
