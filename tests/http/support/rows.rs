//! What a case puts into its database by hand, and what it reads out of it whole.

use doorkey::domain::email::CanonicalEmail;

use super::TestDb;

impl TestDb {
    /// An account as the first system left it: its address spelt to the letter,
    /// its password that of the account `like`.
    pub(crate) async fn leave_account(&self, email: &str, like: &str) {
        let id = if self.is_postgres() {
            "gen_random_uuid()"
        } else {
            "lower(hex(randomblob(16)))"
        };
        let canonical = CanonicalEmail::of(email);
        let canonical = canonical.as_str();
        self.execute(&format!(
            "INSERT INTO users (id, email, email_canonical, password_hash) \
             SELECT {id}, '{email}', '{canonical}', password_hash FROM users \
             WHERE email = '{like}'"
        ))
        .await;
        let added = format!("SELECT COUNT(*) FROM users WHERE email = '{email}'");
        assert_eq!(self.count(&added).await, 1, "{email} is not there");
    }

    /// The hash that is stored for an account.
    pub(crate) async fn password_hash(&self, email: &str) -> String {
        let sql = format!("SELECT password_hash FROM users WHERE email = '{email}'");
        let mut found = self.texts(&sql).await;
        assert_eq!(found.len(), 1, "{email}");
        found.swap_remove(0)
    }

    /// Puts another hash in its place.
    pub(crate) async fn set_password_hash(&self, email: &str, hash: &str) {
        self.execute(&format!(
            "UPDATE users SET password_hash = '{hash}' WHERE email = '{email}'"
        ))
        .await;
    }

    /// Every column of every table as `table.column`, sorted.
    pub(crate) async fn columns(&self) -> Vec<String> {
        let sql = if self.is_postgres() {
            "SELECT CAST(table_name || '.' || column_name AS text) \
             FROM information_schema.columns WHERE table_schema = 'public'"
        } else {
            "SELECT t.name || '.' || c.name FROM sqlite_master t, pragma_table_info(t.name) c \
             WHERE t.type = 'table'"
        };
        let mut columns = self.texts(sql).await;
        columns.sort();
        columns
    }

    /// Every value of every column as text: what somebody has who stole the
    /// database.
    pub(crate) async fn dump(&self) -> Vec<String> {
        let mut values = Vec::new();
        for name in self.columns().await {
            let (table, column) = name.split_once('.').unwrap();
            let sql = format!("SELECT COALESCE(CAST({column} AS text), '') FROM {table}");
            values.extend(self.texts(&sql).await);
        }
        values
    }
}
