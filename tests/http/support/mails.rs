//! The mails that went out, for those who open the links in them.

use doorkey::mail::Mailer;

use super::{Instance, TestDb};

impl Instance {
    /// How many mails went to an address so far.
    pub(crate) async fn mails_to(&self, address: &str) -> usize {
        let mails = self.mails().await;
        mails.iter().filter(|mail| mail["to"] == address).count()
    }

    /// The last link that was mailed to an address, whole.
    pub(crate) async fn whole_link_to(&self, address: &str) -> Option<String> {
        let mails = self.mails().await;
        let mut to = mails.iter().rev().filter(|mail| mail["to"] == address);
        to.find_map(|mail| {
            let mut words = mail["text"].as_str()?.split_whitespace();
            words
                .find(|word| word.contains("/api/auth/"))
                .map(str::to_owned)
        })
    }

    /// Its path and query, as a browser asks for them.
    pub(crate) async fn link_to(&self, address: &str) -> String {
        let link = self.whole_link_to(address).await;
        let link = link.unwrap_or_else(|| panic!("no link to {address}"));
        let at = link.find("/api/auth/").unwrap();
        link[at..].to_owned()
    }
}

impl TestDb {
    /// An instance that can send no mail.
    pub(crate) async fn mailless(&self, settings: &[(&str, &str)]) -> Instance {
        // For the schema.
        self.app(settings).await;
        let mut app = self.unmigrated(settings);
        app.config.mail = None;
        app.config.verification.on_sign_up = false;
        app.mailer = Mailer::new(&app.config);
        app.db.open_gate();
        self.instance(app)
    }
}

/// The token in a link of either form.
pub(crate) fn token_of(link: &str) -> String {
    let after = link
        .split_once("token=")
        .or_else(|| link.split_once("/reset-password/"));
    let rest = after.unwrap_or_else(|| panic!("no token in {link}")).1;
    rest.split(['&', '?', '#']).next().unwrap().to_owned()
}
