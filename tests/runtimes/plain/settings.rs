//! Settings that cannot be used.

use crate::support::Program;

const BAD: [(&str, &str); 10] = [
    ("PORT", "port-4711"),
    ("DATABASE_URL", "mysql://ann:pW-4711-pW@db.example.com/x"),
    ("SECRET_KEY", "short-4711"),
    ("FRONTEND_URL", "no origin 4711"),
    ("PUBLIC_URL", "ftp://4711.example.com"),
    ("ARGON2_M_KIB", "4711 lots"),
    ("SESSION_TTL", "4711 moons"),
    ("DB_POOL", "4711"),
    ("RATE_LIMIT", "4711"),
    ("LOG", "inof4711"),
];

#[tokio::test]
async fn every_fault_is_in_one_message_and_no_value_is_repeated() {
    for name in ["doorkey", "signin"] {
        let folder = tempfile::tempdir().unwrap();
        let mut program = Program::start(name, folder.path(), &BAD);
        assert_eq!(program.exit_code().await, Some(2), "{name}");
        let said = program.err.whole().await;
        assert!(said.starts_with("10 settings cannot be used:\n"), "{said}");
        for (setting, _) in BAD {
            assert!(
                said.contains(&format!("\n  {setting} ")),
                "{setting}: {said}"
            );
            let example = format!("for example: {setting}=");
            assert!(said.contains(&example), "{setting}: {said}");
        }
        assert!(!said.contains("4711"), "{said}");
        assert_eq!(program.out.whole().await, "");
        assert!(folder.path().read_dir().unwrap().next().is_none());
    }
}

#[tokio::test]
async fn sec_a1_where_others_can_reach_it_weak_settings_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let env = [("HOST", "0.0.0.0"), ("PORT", "0"), ("ARGON2_M_KIB", "64")];
    let mut program = Program::start("doorkey", folder.path(), &env);
    assert_eq!(program.exit_code().await, Some(2));
    let said = program.err.whole().await;
    for setting in ["SECRET_KEY", "FRONTEND_URL", "ARGON2_M_KIB"] {
        assert!(said.contains(&format!("\n  {setting} is ")), "{said}");
    }
}
