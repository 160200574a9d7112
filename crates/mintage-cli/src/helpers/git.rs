//! git: the credential helper protocol (gitcredentials(7), git-credential(1)).
//!
//! Since 2.46 git takes a Bearer token if it said `capability[]=authtype`; older ones get the token as a password.
//! With `capability[]=state` a refused token is replaced within the same command: the answer says `continue=1`, so
//! that git asks again after a 401 instead of failing, and our `state[]` then says which token was refused. That
//! second answer says `continue=0`, because git repeats a request only so often.

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::{Input, Reply, Step};
use crate::request::{Outcome, Refused, TokenRequest};
use crate::target::Target;
use crate::token::Token;

/// What git itself puts up with.
const LONGEST_LINE: usize = 65_535;
const STATE: &str = "mintage.h=";
const CAPABILITIES: &str = "version 0\ncapability authtype\ncapability state\n";

pub(super) fn step(input: &Input) -> Step {
    match input.call.operation() {
        Some("capability") => Step::Reply(Reply::text(CAPABILITIES)),
        Some("get") => read(input.stdin).map_or_else(Step::Reply, |asked| get(input, asked)),
        Some("erase") => read(input.stdin).map_or_else(Step::Reply, |asked| erase(input, asked)),
        // `store` confirms what came from here; other operations must be ignored.
        _ => Step::Reply(Reply::default()),
    }
}

/// What git said, as far as it matters here.
#[derive(Default)]
struct Asked {
    protocol: String,
    host: String,
    path: String,
    url: Option<String>,
    username: Option<String>,
    authtype: bool,
    secret: Option<SecretString>,
    schemes: Vec<String>,
    knows_authtype: bool,
    knows_state: bool,
    refused: Option<String>,
}

fn read(stdin: &[u8]) -> Result<Asked, Reply> {
    let mut asked = Asked::default();
    for line in stdin.split(|&byte| byte == b'\n') {
        if line.is_empty() {
            break;
        }
        if line.len() > LONGEST_LINE || line.contains(&0) || line.contains(&b'\r') {
            return Err(Reply::misunderstood("git sent a line that's too long or has control characters in it"));
        }
        let line = Zeroizing::new(String::from_utf8_lossy(line).into_owned());
        let Some((key, value)) = line.split_once('=') else {
            return Err(Reply::misunderstood("git sent a line without `=`"));
        };
        asked.take(key, value);
    }
    Ok(asked)
}

impl Asked {
    fn take(&mut self, key: &str, value: &str) {
        match key {
            "protocol" => value.clone_into(&mut self.protocol),
            "host" => value.clone_into(&mut self.host),
            "path" => value.clone_into(&mut self.path),
            "url" => self.url = Some(value.to_owned()),
            "username" => self.username = Some(value.to_owned()),
            "authtype" => self.authtype = true,
            "password" | "credential" => self.secret = Some(SecretString::from(value)),
            "wwwauth[]" if value.is_empty() => self.schemes.clear(),
            "wwwauth[]" => self.schemes.extend(value.split_whitespace().next().map(str::to_lowercase)),
            "capability[]" => {
                self.knows_authtype |= value == "authtype";
                self.knows_state |= value == "state";
            }
            "state[]" => self.refused = value.strip_prefix(STATE).map(str::to_owned).or_else(|| self.refused.take()),
            _ => {}
        }
    }

    fn target(&self) -> Option<Target> {
        match &self.url {
            Some(url) => Target::parse(url),
            None if self.protocol.is_empty() || self.host.is_empty() => None,
            None => Target::parse(&format!("{}://{}/{}", self.protocol, self.host, self.path)),
        }
    }

    /// Whether the server would take a Bearer token. One that only offers Basic, as git hosts do, takes the token as
    /// a password.
    fn wants_authtype(&self) -> bool {
        self.knows_authtype && (self.schemes.is_empty() || self.schemes.iter().any(|scheme| scheme == "bearer"))
    }
}

fn get(input: &Input, asked: Asked) -> Step {
    let Some(target) = asked.target() else { return Step::Reply(Reply::default()) };
    let mut request = input.request();
    request.target = Some(target);
    request.refused = asked.refused.clone().map(Refused::Handle);
    let username = input.call.username().to_owned();
    Step::ask(request, move |outcome| match outcome {
        Ok(Outcome::Token(token)) => Reply::text(&*write(&asked, &token, &username)),
        Ok(Outcome::NotBound) => Reply::default(),
        // Otherwise git would ask for a name and a password on the terminal.
        Err(failure) => Reply { stdout: Zeroizing::new(b"quit=1\n".to_vec()), ..Reply::failure(&failure) },
    })
}

fn write(asked: &Asked, token: &Token, username: &str) -> Zeroizing<String> {
    let credentials = token.credentials();
    let mut text = Zeroizing::new(String::with_capacity(credentials.len() + 512));
    let mut say = |key: &str, value: &str| {
        for part in [key, "=", value, "\n"] {
            text.push_str(part);
        }
    };
    let bearer = asked.wants_authtype();
    if bearer {
        say("capability[]", "authtype");
    }
    if asked.knows_state {
        say("capability[]", "state");
    }
    if bearer {
        say("authtype", token.scheme());
        say("credential", &credentials);
        say("ephemeral", "1");
    } else {
        say("username", token.user_name(username));
        say("password", secrecy::ExposeSecret::expose_secret(&token.access_token));
    }
    if let Some(end) = token.expires_at {
        say("password_expiry_utc", &end.unix_timestamp().to_string());
    }
    if asked.knows_state {
        say("state[]", &format!("{STATE}{}", token.handle));
        say("continue", if asked.refused.is_some() { "0" } else { "1" });
    }
    text
}

/// A server refused what git sent. Passwords that other helpers or people gave are none of our business.
fn erase(input: &Input, asked: Asked) -> Step {
    let ours = asked.authtype || asked.username.as_deref() == Some(input.call.username());
    let target = asked.target();
    let refused = match (asked.refused, asked.secret) {
        (Some(handle), _) => Refused::Handle(handle),
        (None, Some(secret)) if ours => Refused::Token(secret),
        _ => return Step::Reply(Reply::default()),
    };
    let request = TokenRequest { target, refused: Some(refused), no_input: true, ..input.request() };
    Step::Refused(Box::new(request), Reply::default())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::helpers::Tool;
    use crate::helpers::testing::step;

    const NEW: &str = "capability[]=authtype\ncapability[]=state\nprotocol=https\nhost=git.example:8443\n";

    fn get(stdin: &str) -> Step {
        step(Tool::Git, &["ci-bot", "-e", "staging", "get"], &[], stdin)
    }

    #[test]
    fn new_git_gets_a_bearer_token_and_is_asked_to_come_back_if_it_is_refused() {
        assert_eq!(
            get(NEW).given(),
            "capability[]=authtype\ncapability[]=state\nauthtype=Bearer\ncredential=good\nephemeral=1\n\
             password_expiry_utc=1795968000\nstate[]=mintage.h=h1\ncontinue=1\n"
        );
    }

    #[test]
    fn the_second_question_names_the_refused_token_and_is_the_last() {
        let again = format!("{NEW}state[]=other.x=1\nstate[]=mintage.h=h0\nwwwauth[]=Bearer realm=\"x\"\n");
        let (request, answer) = get(&again).asks();
        assert!(matches!(request.refused, Some(Refused::Handle(handle)) if handle == "h0"));
        let reply = answer(Ok(Outcome::Token(Box::new(crate::testing::token("better")))));
        assert!(reply.text_of().ends_with("state[]=mintage.h=h1\ncontinue=0\n"));
    }

    #[test]
    fn older_git_gets_the_token_as_a_password() {
        let old = "protocol=https\nhost=git.example\n";
        assert_eq!(get(old).given(), "username=oauth2\npassword=good\npassword_expiry_utc=1795968000\n");
        let named = step(Tool::Git, &["ci-bot", "--username", "x-token", "get"], &[], old);
        assert!(named.given().starts_with("username=x-token\n"));
    }

    #[test]
    fn a_server_that_offers_only_basic_gets_a_password_that_heals_all_the_same() {
        assert_eq!(
            get(&format!("{NEW}wwwauth[]=Basic realm=\"GitLab\"\n")).given(),
            "capability[]=state\nusername=oauth2\npassword=good\npassword_expiry_utc=1795968000\n\
             state[]=mintage.h=h1\ncontinue=1\n"
        );
    }

    #[test]
    fn the_request_says_where_the_token_goes() {
        let (request, _) = get(&format!("{NEW}path=team/repo.git\n\nhost=evil.test\n")).asks();
        assert_eq!(request.target.unwrap().to_string(), "https://git.example:8443");
        assert_eq!(request.name.environment.as_deref(), Some("staging"));
        let (request, _) = get("url=https://bob@git.example/x\n").asks();
        assert_eq!(request.target.unwrap().to_string(), "https://git.example");
    }

    #[test]
    fn a_host_that_is_not_bound_is_left_to_others_and_a_denial_ends_it() {
        let none = get(NEW).without();
        assert_eq!((none.text_of().as_str(), none.stderr.as_str(), none.exit), ("", "", 0));
        let denied = get(NEW).denied();
        assert_eq!((denied.text_of().as_str(), denied.exit), ("quit=1\n", 6));
        assert!(denied.stderr.starts_with("error[request-denied]: "));
    }

    #[test]
    fn other_operations_say_nothing() {
        for operation in ["store", "frobnicate"] {
            let reply = step(Tool::Git, &["ci-bot", operation], &[], NEW).replies();
            assert_eq!((reply.text_of().as_str(), reply.exit), ("", 0), "{operation}");
        }
        assert_eq!(step(Tool::Git, &["capability"], &[], "").replies().text_of(), CAPABILITIES);
        assert_eq!(get("").replies().exit, 0);
    }

    #[test]
    fn erase_passes_on_what_was_refused_if_it_came_from_here() {
        let erase = |stdin: &str| step(Tool::Git, &["ci-bot", "erase"], &[], stdin);
        let value = |step| match step {
            Step::Refused(request, _) => match request.refused? {
                Refused::Token(token) => Some(token.expose_secret().to_owned()),
                Refused::Handle(handle) => Some(format!("handle {handle}")),
            },
            _ => None,
        };
        let refused = |stdin: &str| value(erase(stdin));
        assert_eq!(refused("host=x\nauthtype=Bearer\ncredential=old\nephemeral=1\n").as_deref(), Some("old"));
        assert_eq!(refused("host=x\nusername=oauth2\npassword=old\n").as_deref(), Some("old"));
        assert_eq!(refused("host=x\nstate[]=mintage.h=h7\nauthtype=Bearer\n").as_deref(), Some("handle h7"));
        assert_eq!(refused("host=x\nusername=bob\npassword=private\n"), None);
    }

    #[test]
    fn lines_are_as_long_and_as_clean_as_git_s_own() {
        let limit = "p".repeat(LONGEST_LINE - "path=".len());
        assert!(matches!(get(&format!("{NEW}path={limit}\n")), Step::Ask(..)));
        for bad in
            [format!("{NEW}path={limit}p\n"), format!("{NEW}path=a\0b\n"), format!("{NEW}path=a\r\n"), "word\n".into()]
        {
            assert_eq!(get(&bad).replies().exit, 1);
        }
    }
}
