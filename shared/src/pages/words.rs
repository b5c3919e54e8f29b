//! Every word of the pages, in English.

/// A text that is the same for everybody.
pub(super) type Words = &'static str;

pub(super) const EMAIL: Words = "E-mail address";
pub(super) const PASSWORD: Words = "Password";
pub(super) const NEW_PASSWORD: Words = "New password";
pub(super) const CURRENT_PASSWORD: Words = "Current password";
pub(super) const NAME: Words = "Name";
pub(super) const NAME_HINT: Words = "What we should call you. You may leave it empty.";

pub(super) const SIGN_IN: Words = "Sign in";
pub(super) const REMEMBER: Words = "Stay signed in on this device";
pub(super) const NO_ACCOUNT: Words = "No account yet?";
pub(super) const FORGOTTEN: Words = "Forgot your password?";

pub(super) const SIGN_UP: Words = "Create an account";
pub(super) const HAS_ACCOUNT: Words = "You have an account?";
pub(super) const CLOSED: Words =
    "No new accounts are made here. Whoever runs this service can make one for you.";

pub(super) const FORGOT: Words = "Choose a new password";
pub(super) const FORGOT_LEAD: Words =
    "Tell us your address, and we mail you a link to choose a new password.";
pub(super) const SEND_LINK: Words = "Send the link";
pub(super) const RESET_SENT_TITLE: Words = "Look into your mail";
pub(super) const RESET_SENT: Words = "If there is an account with that address, a mail is on its way. Its link works for an \
     hour. Nothing there? Look among unwanted mail, too, or ask for another.";
pub(super) const ANOTHER_MAIL: Words = "Ask for another mail";
pub(super) const RESET_OFF: Words =
    "No mail can be sent here. Ask whoever runs this service for a new password.";
pub(super) const SET_PASSWORD: Words = "Set the password";
pub(super) const SET_PASSWORD_LEAD: Words =
    "Every device that is signed in now will be signed out.";

pub(super) const DEAD_LINK: Words = "This link does not work any more";
pub(super) const DEAD_LINK_LEAD: Words =
    "It may be too old, or used, and only the newest of several works. Ask for a new one.";

pub(super) const VERIFY: Words = "Confirm your e-mail address";
pub(super) const VERIFY_LEAD: Words =
    "Tell us your address, and we mail you a link that confirms it.";
pub(super) const VERIFY_SENT: Words = "If there is an account with that address that is not confirmed yet, a mail is on its way. \
     Open its link within an hour. Nothing there? Look among unwanted mail, too, or ask for another.";
pub(super) const VERIFY_OFF: Words = "No mail can be sent here.";
pub(super) const SIGNED_UP_LEAD: Words =
    "We have sent you a mail. Open its link within an hour to confirm your address; then sign in.";
pub(super) const VERIFIED: Words = "Your address is confirmed";
pub(super) const VERIFIED_LEAD: Words = "Thank you.";
pub(super) const GO_ON: Words = "Go on";

pub(super) const ACCOUNT: Words = "Your account";
pub(super) const TO_THE_APP: Words = "Back to the app";
pub(super) const SIGN_OUT: Words = "Sign out";
pub(super) const PROFILE: Words = "Profile";
pub(super) const SAVE: Words = "Save";
pub(super) const CHANGE_PASSWORD: Words = "Change password";
pub(super) const CHANGE_PASSWORD_TEXT: Words = "Every other device will be signed out.";
pub(super) const DEVICES: Words = "Where you are signed in";
pub(super) const THIS_DEVICE: Words = "This device";
pub(super) const END_OTHERS: Words = "Sign out everywhere else";
pub(super) const NOT_FRESH: Words =
    "You signed in more than a day ago. To see the list, sign in again.";
pub(super) const SIGN_IN_AGAIN: Words = "Sign in again";
pub(super) const DELETE: Words = "Delete account";
pub(super) const DELETE_FOR_GOOD: Words = "Delete my account for good";
pub(super) const DELETE_TEXT: Words =
    "Your account and all that belongs to it are gone at once. This cannot be undone.";
pub(super) const UNVERIFIED: Words = "Your address is not confirmed yet.";
pub(super) const UNKNOWN_DEVICE: Words = "Unknown device";

pub(super) const TRY_AGAIN: Words = "Try again";
pub(super) const OPEN_APART: Words = "Open it in a window of its own";
pub(super) const REFUSED: Words = "That did not work";
pub(super) const COOKIES: Words = "Your browser kept no cookie";
pub(super) const TO_SIGN_IN: Words = "To the sign-in";

pub(super) const MISSING_EMAIL: Words = "Enter your e-mail address.";
pub(super) const BAD_EMAIL: Words = "This does not look like an e-mail address.";
pub(super) const MISSING_PASSWORD: Words = "Enter your password.";
pub(super) const MISSING_NEW_PASSWORD: Words = "Choose a password.";
pub(super) const BAD_NAME: Words = "This is too long, or has a character that cannot be kept.";
pub(super) const MISSING: Words = "This is needed.";
pub(super) const BAD_NUMBER: Words = "This is not a number.";
pub(super) const BAD_CHOICE: Words = "Choose one of these: ";

/// What a new password must be.
pub(super) fn password_hint(least: u32) -> String {
    format!("At least {least} characters. A few words that nobody would guess are good.")
}

/// Who is signed in.
pub(super) fn signed_in_as(email: &str) -> String {
    format!("You are signed in as {email}.")
}

/// When a session began.
pub(super) fn since(when: &str) -> String {
    format!("Signed in {when}")
}

/// What went well, by the code in a page's address.
pub(super) fn done(code: &str) -> Option<Words> {
    Some(match code {
        "signed-out" => "You are signed out.",
        "reset" => "Your new password is set. Sign in with it.",
        "deleted" => "Your account is deleted.",
        "name" => "Your name is saved.",
        "password" => "Your password is changed, and every other device is signed out.",
        "ended" => "That device is signed out.",
        "ended-others" => "Every other device is signed out.",
        _ => return None,
    })
}

/// The fields beside which a refusal may be told, by its code.
pub(super) fn fields_of(code: &str) -> &'static [&'static str] {
    match code {
        "INVALID_EMAIL_OR_PASSWORD" => &["password"],
        "INVALID_EMAIL" | "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" | "SIGN_UP_NOT_ALLOWED" => {
            &["email"]
        }
        "PASSWORD_TOO_SHORT"
        | "PASSWORD_TOO_LONG"
        | "PASSWORD_TOO_COMMON"
        | "PASSWORD_TOO_PERSONAL" => &["newPassword"],
        "INVALID_PASSWORD" => &["currentPassword", "deletePassword"],
        _ => &[],
    }
}

/// What went wrong, by its code; `least` characters are what a new password must have,
/// `wait` seconds what is to be waited.
pub(super) fn told(code: &str, least: u32, wait: Option<u64>) -> String {
    let text = match code {
        "INVALID_EMAIL_OR_PASSWORD" => "That e-mail address and password do not go together.",
        "EMAIL_NOT_VERIFIED" => {
            "Please confirm your e-mail address first: open the link that we mailed to you, or \
             ask for another one below."
        }
        "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" => {
            "There is an account with this address already. Sign in instead?"
        }
        "INVALID_EMAIL" => BAD_EMAIL,
        "EMAIL_PASSWORD_SIGN_UP_DISABLED" => CLOSED,
        "SIGN_UP_NOT_ALLOWED" => {
            "Not every address can have an account here, and this one cannot. Ask whoever runs \
             this service."
        }
        "PASSWORD_TOO_SHORT" => return format!("Too short: use at least {least} characters."),
        "PASSWORD_TOO_LONG" => "Too long: use at most 128 characters.",
        "PASSWORD_TOO_COMMON" => {
            "This is one of the most used passwords, which are tried first. Choose another."
        }
        "PASSWORD_TOO_PERSONAL" => {
            "This is too close to your name or address, or to the name of this service. Choose \
             another."
        }
        "INVALID_PASSWORD" => "This is not your password.",
        "INVALID_TOKEN" | "TOKEN_EXPIRED" => DEAD_LINK_LEAD,
        "INVALID_USER" => "This link belongs to somebody else than who is signed in here.",
        "RESET_PASSWORD_DISABLED" | "VERIFICATION_EMAIL_NOT_ENABLED" => VERIFY_OFF,
        "TOO_MANY_REQUESTS" => {
            let wait = duration(wait.unwrap_or(60));
            return format!("Too many tries. Wait {wait}, then try again.");
        }
        "SERVICE_BUSY" => "Many people are signing in right now. Try again in a moment.",
        "DATABASE_UNAVAILABLE" | "DATABASE_MIGRATING" | "SCHEMA_OUTDATED" | "TIMEOUT" => {
            "This service is having trouble. Try again in a moment."
        }
        "INVALID_ORIGIN" => {
            "The form was sent from another page than ours. Open ours, and fill it in there."
        }
        "FORM_EXPIRED" => {
            "This page was open for too long. Open it again, and fill it in once more."
        }
        "COOKIES_BLOCKED" => {
            "Without a cookie nobody can stay signed in. Allow cookies for this site, then try \
             again."
        }
        "VALIDATION_ERROR" | "MISSING_FIELD" => "Something that you entered cannot be taken.",
        "INTERNAL_SERVER_ERROR" => "Something went wrong on our side. Try again in a moment.",
        _ => "Please try again.",
    };
    text.to_owned()
}

/// 75 → "1 minute and 15 seconds".
fn duration(seconds: u64) -> String {
    let count = |n: u64, what: &str| match n {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    };
    match (seconds / 60, seconds % 60) {
        (0, seconds) => count(seconds, "second"),
        (minutes, 0) => count(minutes, "minute"),
        (minutes, seconds) => {
            let (minutes, seconds) = (count(minutes, "minute"), count(seconds, "second"));
            format!("{minutes} and {seconds}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_words() {
        for (seconds, text) in [
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "1 minute"),
            (75, "1 minute and 15 seconds"),
            (120, "2 minutes"),
        ] {
            assert_eq!(duration(seconds), text);
        }
    }
}
