//! The origins that may call us with cookies and be redirected to. Asked on every
//! request, so what it compares is prepared once.

use super::{Origin, OriginPattern};

/// The trusted origins of one deployment, in the order of the settings.
#[derive(Clone, Debug, Default)]
pub struct TrustedOrigins(Vec<OriginPattern>);

impl TrustedOrigins {
    /// Trusts what any of `patterns` matches; nothing when there are none.
    pub fn new(patterns: Vec<OriginPattern>) -> Self {
        Self(patterns)
    }

    /// Whether `origin` is trusted.
    pub fn trusts(&self, origin: &Origin) -> bool {
        self.0.iter().any(|pattern| pattern.matches(origin))
    }

    /// Whether an `Origin` header, as it came, names a trusted origin. What is not
    /// a browser's exact serialisation is not trusted.
    pub fn trusts_raw(&self, header: &str) -> bool {
        // The usual case needs no parsing: these are serialisations already.
        if self.exact().any(|origin| origin.as_str() == header) {
            return true;
        }
        let only_exact = self.0.iter().all(|pattern| pattern.exact().is_some());
        !only_exact && Origin::parse(header).is_some_and(|origin| self.trusts(&origin))
    }

    /// The origins named without a wildcard.
    pub fn exact(&self) -> impl Iterator<Item = &Origin> {
        self.0.iter().filter_map(OriginPattern::exact)
    }

    /// All patterns, for messages.
    pub fn patterns(&self) -> &[OriginPattern] {
        &self.0
    }
}
