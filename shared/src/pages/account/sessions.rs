//! The part of `/account` that lists where its user is signed in.

use super::sections::action;
use crate::domain::session::Session;
use crate::http::Web;
use crate::pages::view::{FormView, Hidden, Item, Look, Section};
use crate::pages::{device, when, words};
use crate::service::AuthError;
use crate::service::authenticate::Authenticated;
use crate::service::sessions;

/// The list, newest first, this session before all. As in the protocol it is for whoever
/// signed in within a day: a session that was stolen tells nothing of the others.
pub(super) async fn section(web: &Web, who: &Authenticated) -> Result<Section, AuthError> {
    if !who.session.is_fresh(web.app.now()) {
        return Ok(stale());
    }
    let mut list = sessions::list(&web.app, who).await?;
    list.sort_by_key(|session| {
        (
            session.id != who.session.id,
            std::cmp::Reverse(session.created_at),
        )
    });
    let others = list.len() > 1;
    Ok(Section {
        heading: Some(words::DEVICES),
        items: list.iter().map(|session| item(who, session)).collect(),
        forms: others.then(end_others).into_iter().collect(),
        ..Section::default()
    })
}

fn stale() -> Section {
    let again = FormView {
        button: words::SIGN_IN_AGAIN,
        ..action("sign-in-again", Look::Quiet)
    };
    Section {
        heading: Some(words::DEVICES),
        text: Some(words::NOT_FRESH.to_owned()),
        forms: vec![again, end_others()],
        ..Section::default()
    }
}

fn item(who: &Authenticated, session: &Session) -> Item {
    let name = device::name(session.user_agent.as_deref());
    let since = words::since(&when::written(session.created_at));
    let is_this = session.id == who.session.id;
    let mut end = FormView {
        button: words::SIGN_OUT,
        about: Some(format!("{name}, {since}")),
        ..action("end", Look::Quiet)
    };
    end.hidden.push(Hidden {
        name: "session",
        value: session.id.to_string(),
    });
    Item {
        name,
        mark: is_this.then_some(words::THIS_DEVICE),
        details: session
            .ip_address
            .clone()
            .into_iter()
            .chain([since])
            .collect(),
        // Its own way out stands at the head of the page.
        form: (!is_this).then_some(end),
    }
}

fn end_others() -> FormView {
    FormView {
        button: words::END_OTHERS,
        ..action("end-others", Look::Quiet)
    }
}
